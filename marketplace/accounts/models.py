"""Organisations, people, memberships and sign-ins."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.actor import Role
from marketplace.kernel.base import Base, Id, ShortText


class OrganisationKind(StrEnum):
    GROUP = "group"  # the employer, its branches and departments
    UNION = "union"
    SUPPLIER = "supplier"
    OPERATOR = "operator"  # runs the marketplace: reviewers, managers


class Organisation(Base):
    """One node of the tree; `path` is "/root id/…/own id/" so that a subtree is one prefix."""

    __tablename__ = "mp_organisation"

    id: Mapped[Id]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_organisation.id"))
    path: Mapped[str] = mapped_column(String(800), index=True)
    kind: Mapped[OrganisationKind]
    name: Mapped[ShortText]
    credit_code: Mapped[str | None] = mapped_column(String(18))
    created_at: Mapped[datetime]

    @property
    def organisation_id(self) -> uuid.UUID:
        """The trail asks every subject whose it is."""
        return self.id


class Person(Base):
    """Somebody who signs in by mobile number or employee number; e-mail is optional."""

    __tablename__ = "mp_person"

    id: Mapped[Id]
    name: Mapped[ShortText]
    mobile: Mapped[str | None] = mapped_column(String(11), unique=True)
    employee_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    email: Mapped[str | None] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    left_at: Mapped[datetime | None]  # from this instant on nothing is open to them
    created_at: Mapped[datetime]


class Membership(Base):
    """A person holds a role in an organisation, from `since` until `until` (None: still)."""

    __tablename__ = "mp_membership"

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_person.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_organisation.id"), index=True)
    role: Mapped[Role]
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_mp_membership_open",
            "person_id", "organisation_id", "role",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )  # fmt: skip


class SignIn(Base):
    """One signed-in browser; only the hash of its secret is kept, so that a stolen table opens
    nothing. Ends on sign-out, after idling, and at the absolute limit."""

    __tablename__ = "mp_sign_in"

    id: Mapped[Id]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_person.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FailedTry(Base):
    """One password that was tried and not (yet) found right; forgotten after some minutes.

    Of the login only a hash is kept: people type passwords into the wrong field."""

    __tablename__ = "mp_failed_try"

    id: Mapped[Id]
    account: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_mp_failed_try_place", "place", "account", "at"),)
