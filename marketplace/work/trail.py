"""The trail: what was done, chained so that edits, gaps and cut tails are found."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from marketplace.work.models import TrailEntry, TrailHead
from marketplace.work.rows import insert_rows

START = "0" * 64
HEAD = 1
ENTRIES: Table = TrailEntry.__table__  # type: ignore[assignment]  # a mapped class has a Table
_HASHED = (
    "number", "actor", "verb", "subject_kind", "subject_id", "supplier_id",
    "organisation_id", "from_state", "to_state", "data", "previous_hash",
)  # fmt: skip  # a table


@dataclass(frozen=True, slots=True)
class Deed:
    """One trail row before it has its number."""

    actor: str
    verb: str
    subject_kind: str
    subject_id: uuid.UUID
    supplier_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    from_state: str | None = None
    to_state: str | None = None
    data: dict[str, Any] | None = None


_PLAIN = frozenset({str, int, bool, type(None)})  # read back from JSON as they were
_CANONICAL = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
).encode


def canonical(data: object) -> str:
    """JSON that is the same for the same data: sorted, no blanks, plain text."""
    return _CANONICAL(data)


_HEAD = select(TrailHead.number, TrailHead.hash).where(TrailHead.id == HEAD).with_for_update()
_MOVED = (
    update(TrailHead)
    .where(TrailHead.id == HEAD)
    .values(number=bindparam("to_number"), hash=bindparam("to_hash"))
)


def write(session: Session, deeds: Sequence[Deed], at: datetime) -> tuple[int, ...]:
    """Chain the deeds to the head; called last in a unit of work, so that writers queue here
    for the shortest time. Answers the first and the last number; nothing for no deeds."""
    if not deeds:
        return ()
    number, mark = session.execute(_HEAD).one()
    rows: list[dict[str, Any]] = []
    for deed in deeds:
        row: dict[str, Any] = {
            "number": number + 1,
            "at": at,
            "actor": deed.actor,
            "verb": deed.verb,
            "subject_kind": deed.subject_kind,
            "subject_id": deed.subject_id,
            "supplier_id": deed.supplier_id,
            "organisation_id": deed.organisation_id,
            "from_state": deed.from_state,
            "to_state": deed.to_state,
            "data": _as_json(deed.data or {}),
            "previous_hash": mark,
        }
        row["hash"] = _hash(row)
        rows.append(row)
        number, mark = row["number"], row["hash"]
    insert_rows(session, ENTRIES, rows)
    session.connection().execute(_MOVED, {"to_number": number, "to_hash": mark})
    return rows[0]["number"], rows[-1]["number"]


def _as_json(data: dict[str, Any]) -> dict[str, Any]:
    """The data as it reads back from the table."""
    if all(type(value) in _PLAIN for value in data.values()):
        return data
    as_read: dict[str, Any] = json.loads(canonical(data))
    return as_read


def _hash(row: Mapping[str, Any]) -> str:
    told = {name: row[name] for name in _HASHED}
    for name in ("subject_id", "supplier_id", "organisation_id"):
        if told[name] is not None:
            told[name] = str(told[name])
    told["at"] = row["at"].isoformat()
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def faults(session: Session) -> Iterator[str]:
    """Every place where the chain does not hold, in words; nothing when it does."""
    previous, number = START, 0
    asked = select(TrailEntry).order_by(TrailEntry.number).execution_options(yield_per=500)
    for entry in session.scalars(asked):
        number += 1
        if entry.number != number:
            yield f"trail: row {number} is missing, {entry.number} stands in its place"
            number = entry.number
        if entry.previous_hash != previous or entry.hash != _hash(vars(entry)):
            yield f"trail: row {entry.number} was changed"
        previous = entry.hash
    head = session.get(TrailHead, HEAD)
    if (head.number if head else 0) != number:
        yield f"trail: the head says {head.number if head else 0} rows, there are {number}"
    elif head and head.hash != previous:
        yield "trail: the head does not close the chain"
