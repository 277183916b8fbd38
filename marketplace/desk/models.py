"""What lies on the desk."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.desk.states import Audience
from marketplace.kernel.base import Base, Id, LongText, PersonRef, ShortCode, ShortText
from marketplace.kernel.reviews import ReviewKind
from marketplace.work.models import append_only

_OPEN = text("closed_at IS NULL")


def _of_open(name: str, *columns: str, unique: bool = False) -> Index:
    """Closed tasks are history: an index of the inbox does not hold them."""
    return Index(name, *columns, unique=unique, sqlite_where=_OPEN, postgresql_where=_OPEN)


class ReviewTask(Base):
    """One decision that waits for a reviewer, or once did; opened and closed with what it is about.

    While `claimed_until` has not come, it is the work of `claimed_by` alone.
    """

    __tablename__ = "mp_review_task"

    id: Mapped[Id]
    kind: Mapped[ReviewKind]
    subject_id: Mapped[uuid.UUID]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"))
    county_code: Mapped[str] = mapped_column(String(6))
    title: Mapped[ShortText]
    not_by: Mapped[str] = mapped_column(String(64))  # handed it in, or is the first of two persons
    priority: Mapped[int]  # a smaller one is earlier, see green_channel.toml
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    promised_days: Mapped[int | None]  # working days from `opened_at` to `due_at`
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_name: Mapped[str | None] = mapped_column(String(200))
    claimed_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(64))  # None: taken back
    outcome: Mapped[str | None] = mapped_column(String(40))  # the state of the thing since then

    __table_args__ = (
        _of_open("ix_mp_review_task_once", "kind", "subject_id", unique=True),
        _of_open("ix_mp_review_task_inbox", "priority", "opened_at", "id"),
        _of_open("ix_mp_review_task_kind", "kind", "priority", "opened_at", "id"),
        _of_open("ix_mp_review_task_supplier", "supplier_id", "priority", "opened_at", "id"),
        _of_open("ix_mp_review_task_county", "county_code"),
        _of_open("ix_mp_review_task_mine", "claimed_by", "priority", "opened_at", "id"),
        _of_open("ix_mp_review_task_due", "due_at", "id"),
        Index("ix_mp_review_task_of", "subject_id", "opened_at"),
    )


class ReviewNote(Base):
    """What a reviewer wrote about something, with a decision or between them; never changed."""

    __tablename__ = "mp_review_note"

    id: Mapped[Id]
    kind: Mapped[ReviewKind]
    subject_id: Mapped[uuid.UUID]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    audience: Mapped[Audience]
    verb: Mapped[ShortCode] = mapped_column(default="")  # of the decision; empty: a remark
    text: Mapped[LongText]
    at: Mapped[datetime]
    by: Mapped[PersonRef]
    by_name: Mapped[ShortText]

    __table_args__ = (Index("ix_mp_review_note_of", "subject_id", "at"),)


append_only("mp_review_note")
