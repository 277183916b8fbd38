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
from marketplace.work.rows import insert_columns

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
_QUOTED = json.JSONEncoder(ensure_ascii=False).encode  # of a text
_NAMED = lru_cache(1_000)(_QUOTED)
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
    last, mark = session.execute(_HEAD).one()
    told, marks = [], [mark]
    shared, frame = None, _Frame("", "", "", "", "")
    for number, deed in enumerate(deeds, last + 1):
        own = (deed.actor, at, deed.from_state, deed.organisation_id, deed.subject_kind,
               deed.supplier_id, deed.to_state, deed.verb)  # fmt: skip  # as _SHARED
        if own != shared:  # of a long sheet hardly ever
            shared, frame = own, _frame(own)
        told.append(_text(deed.data or {}))
        marks.append(_chained(frame, told[-1], number, marks[-1], deed.subject_id))
    numbers = range(last + 1, last + 1 + len(deeds))
    columns = dict(zip(Deed._fields, zip(*deeds, strict=True), strict=True))
    columns |= {"number": numbers, "previous_hash": marks[:-1], "hash": marks[1:]}
    del columns["data"]
    insert_columns(session, ENTRIES, columns, same={"at": at}, typed={"data": told})
    session.connection().execute(_MOVED, {"to_number": numbers[-1], "to_hash": marks[-1]})
    return numbers[0], numbers[-1]


def _text(data: dict[str, Any]) -> str:
    """The data as it stands in the table, and the same again when it was read from there."""
    parts = []
    for name in sorted(data):
        value = data[name]
        if type(value) is str:
            parts.append(f"{_NAMED(name)}:{_QUOTED(value)}")
        elif type(value) is int:
            parts.append(f"{_NAMED(name)}:{value}")
        else:
            text = canonical(data)
            is_plain = all(type(one) in _PLAIN for one in data.values())
            return text if is_plain else canonical(json.loads(text))
    return f"{{{','.join(parts)}}}"


class _Frame(NamedTuple):
    """What stands around data, number, hash and subject in the text of a row."""

    before_data: str
    before_number: str
    before_hash: str
    before_subject: str
    end: str


def _hash(row: Mapping[str, Any]) -> str:
    """Of the row as canonical JSON without its own hash, ids and the instant as texts."""
    told = canonical(row["data"])
    frame = _frame(_SHARED_OF(row))
    return _chained(frame, told, row["number"], row["previous_hash"], row["subject_id"])


def _chained(frame: _Frame, data: str, number: int, previous: str, subject: object) -> str:
    a, b, c, d, e = frame  # the names stand in the order of the alphabet
    told = f"{a}{data}{b}{number}{c}{previous}{d}{subject}{e}"
    return hashlib.sha256(told.encode()).hexdigest()


@lru_cache(1_000)
def _frame(shared: tuple[Any, ...]) -> _Frame:
    told = dict(zip(_SHARED, shared, strict=True))
    told["at"] = told["at"].isoformat()

    def part(*names: str) -> str:
        return canonical({name: told[name] for name in names})[1:-1]

    return _Frame(
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
