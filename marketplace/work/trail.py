"""The trail: what was done, chained so that edits, gaps and cut tails are found."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from marketplace.work.models import TrailEntry, TrailHead
from marketplace.work.rows import insert_rows

START = "0" * 64
HEAD = 1
ENTRIES: Table = TrailEntry.__table__  # type: ignore[assignment]  # a mapped class has a Table
_SHARED = ("actor", "at", "from_state", "organisation_id", "subject_kind", "supplier_id",
           "to_state", "verb")  # fmt: skip  # what many rows have alike


_SHARED_OF = itemgetter(*_SHARED)


class Deed(NamedTuple):
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
    told: list[str] = []
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
            "previous_hash": mark,
        }
        told.append(_text(deed.data or {}))
        row["hash"] = _hash(row, told[-1])
        rows.append(row)
        number, mark = row["number"], row["hash"]
    insert_rows(session, ENTRIES, rows, typed={"data": told})
    session.connection().execute(_MOVED, {"to_number": number, "to_hash": mark})
    return rows[0]["number"], rows[-1]["number"]


def _text(data: dict[str, Any]) -> str:
    """The data as it stands in the table, and the same again when it was read from there."""
    text = canonical(data)
    if all(type(value) in _PLAIN for value in data.values()):
        return text
    return canonical(json.loads(text))


def _hash(row: Mapping[str, Any], data: str = "") -> str:
    """Of the row as canonical JSON without its own hash, ids and the instant as texts; `data` is
    its data as such a text, where it is at hand."""
    a, b, c, d, e = _frame(_SHARED_OF(row))
    told = (a, data or canonical(row["data"]), b, str(row["number"]), c, row["previous_hash"], d,
            str(row["subject_id"]), e)  # fmt: skip  # the names in the order of the alphabet
    return hashlib.sha256("".join(told).encode()).hexdigest()


@lru_cache(1_000)
def _frame(shared: tuple[Any, ...]) -> tuple[str, str, str, str, str]:
    """What stands around data, number, hash and subject: of a long sheet it is made once."""
    told = dict(zip(_SHARED, shared, strict=True))
    told["at"] = told["at"].isoformat()

    def part(*names: str) -> str:
        return canonical({name: told[name] for name in names})[1:-1]

    return (
        f'{{{part("actor", "at")},"data":',
        f',{part("from_state")},"number":',
        f',{part("organisation_id")},"previous_hash":"',
        '","subject_id":"',
        f'",{part("subject_kind", "supplier_id", "to_state", "verb")}}}',
    )


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
