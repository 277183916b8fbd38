"""The trail: what was done, chained so that edits, gaps and cut tails are found."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.work.models import TrailEntry, TrailHead

START = "0" * 64
HEAD = 1


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


def canonical(data: object) -> str:
    """JSON that is the same for the same data: sorted, no blanks, plain text."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def write(session: Session, deeds: Sequence[Deed], at: datetime) -> None:
    """Chain the deeds to the head; called last in a unit of work."""
    if not deeds:
        return
    head = session.get(TrailHead, HEAD, with_for_update=True)
    if head is None:
        head = TrailHead(id=HEAD, number=0, hash=START)
        session.add(head)
    for deed in deeds:
        entry = TrailEntry(
            number=head.number + 1,
            at=at,
            actor=deed.actor,
            verb=deed.verb,
            subject_kind=deed.subject_kind,
            subject_id=deed.subject_id,
            supplier_id=deed.supplier_id,
            organisation_id=deed.organisation_id,
            from_state=deed.from_state,
            to_state=deed.to_state,
            data=json.loads(canonical(deed.data or {})),
            previous_hash=head.hash,
            hash="",
        )
        entry.hash = _hash(entry)
        session.add(entry)
        head.number, head.hash = entry.number, entry.hash


def _hash(entry: TrailEntry) -> str:
    told = {
        name: getattr(entry, name)
        for name in (
            "number", "actor", "verb", "subject_kind", "subject_id", "supplier_id",
            "organisation_id", "from_state", "to_state", "data", "previous_hash",
        )
    }  # fmt: skip
    told["at"] = entry.at.isoformat()
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def faults(session: Session) -> Iterator[str]:
    """Every place where the chain does not hold, in words; nothing when it does."""
    previous, number = START, 0
    for entry in session.scalars(select(TrailEntry).order_by(TrailEntry.number)):
        number += 1
        if entry.number != number:
            yield f"trail: row {number} is missing, {entry.number} stands in its place"
            number = entry.number
        if entry.previous_hash != previous or entry.hash != _hash(entry):
            yield f"trail: row {entry.number} was changed"
        previous = entry.hash
    head = session.get(TrailHead, HEAD)
    if (head.number if head else 0) != number:
        yield f"trail: the head says {head.number if head else 0} rows, there are {number}"
    elif head and head.hash != previous:
        yield "trail: the head does not close the chain"
