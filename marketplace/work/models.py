"""Tables of the mechanisms: the trail with its head, and the outbox."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, Index, String, event
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


class TrailHead(Base):
    """The end of the chain: one row, moved last in each unit of work."""

    __tablename__ = "mp_trail_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


class Parcel(Base):
    """One reaction owed to one event, written in the event's transaction, delivered after it."""

    __tablename__ = "mp_parcel"

    id: Mapped[Id]
    event: Mapped[ShortCode]
    reaction: Mapped[str] = mapped_column(String(120))
    payload: Mapped[LongText]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None]
    fault: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (Index("ix_mp_parcel_open", "delivered_at", "due_at"),)


def append_only(table: str) -> None:
    """Let the database itself refuse changes to rows of `table` (SQLite; needs
    recursive_triggers, otherwise REPLACE would slip through)."""
    for verb in ("UPDATE", "DELETE"):
        ddl = DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy leaves DDL untyped
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        ).execute_if(dialect="sqlite")
        event.listen(Base.metadata.tables[table], "after_create", ddl)


append_only("mp_trail")
