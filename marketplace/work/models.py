"""Tables of the mechanisms: the trail with its head, the outbox, forms and sweeps."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.base import Base, Id, LongText, PersonRef, ShortCode


class TrailEntry(Base):
    """One thing that was done: who, what, to whom; chained by hashes, never changed."""

    __tablename__ = "mp_trail"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[PersonRef]
    verb: Mapped[ShortCode]
    subject_kind: Mapped[ShortCode]
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    supplier_id: Mapped[uuid.UUID | None]
    organisation_id: Mapped[uuid.UUID | None]
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str | None] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    # the newest deed of a kind is asked for by every page, see work.kept
    __table_args__ = (Index("ix_mp_trail_newest", "subject_kind", "number"),)


class TrailHead(Base):
    """The end of the chain: one row, moved last in each unit of work."""

    __tablename__ = "mp_trail_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


class Parcel(Base):
    """One thing owed after a commit: a reaction to an event, or a letter; written in the same
    transaction. While `holder` works on it, nobody else does before `leased_until`."""

    __tablename__ = "mp_parcel"

    id: Mapped[Id]
    kind: Mapped[ShortCode]  # the class of what the payload holds: an event or a letter
    handler: Mapped[str] = mapped_column(String(120))  # who gets it, see wiring
    payload: Mapped[LongText]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)  # begun, whether they ended or not
    holder: Mapped[str | None] = mapped_column(String(80))
    leased_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]  # a person decided that it is not owed any more
    fault: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        Index(
            "ix_mp_parcel_open",
            "due_at",
            sqlite_where=text("delivered_at IS NULL AND dropped_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL AND dropped_at IS NULL"),
        ),
    )


class FormKey(Base):
    """A form that made something, as its sender sent it, and where its answer is; see work.once."""

    __tablename__ = "mp_form_key"

    person_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[LongText]
    made_at: Mapped[datetime] = mapped_column(index=True)


class Sweep(Base):
    """When something that is looked after from time to time was last done; see work.sweeps."""

    __tablename__ = "mp_sweep"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    done_at: Mapped[datetime]


APPEND_ONLY: set[str] = set()  # tables whose rows the database itself refuses to change


def append_only(table: str) -> None:
    """Rows of `table` are written once; `work.schema` puts the triggers in place. (SQLite needs
    recursive_triggers for it, otherwise REPLACE would slip through.)"""
    APPEND_ONLY.add(table)


append_only("mp_trail")
