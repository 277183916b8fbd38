"""Organisations, people, memberships and sign-ins."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts.states import CodePurpose, RosterState
from marketplace.kernel.actor import Role
from marketplace.kernel.base import Base, Id, LongText, PersonRef, ShortCode, ShortText, Versioned


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
    code: Mapped[str | None] = mapped_column(String(40), unique=True)  # the employer's own number
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
    language: Mapped[str | None] = mapped_column(String(8))  # of letters; None: never chosen
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


class Roster(Versioned, Base):
    """Sheets of organisations and people that wait for the manager who saw what they change.

    The sheets hold private numbers: they are forgotten as soon as that is decided.
    """

    __tablename__ = "mp_roster"

    id: Mapped[Id]
    state: Mapped[RosterState]
    organisations: Mapped[bytes | None] = mapped_column(LargeBinary)
    people: Mapped[bytes | None] = mapped_column(LargeBinary)
    file_names: Mapped[ShortText]
    sha256: Mapped[str] = mapped_column(String(64))  # of both files
    whole_of: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_organisation.id"))
    counts: Mapped[dict[str, Any]]
    made_by: Mapped[PersonRef]
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class SignIn(Base):
    """One signed-in browser; only the hash of its secret is kept, so that a stolen table opens
    nothing. Ends on sign-out, after idling, at the absolute limit, and when its owner ends it."""

    __tablename__ = "mp_sign_in"

    id: Mapped[Id]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_person.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(String(64), default="")  # the network it came from
    browser: Mapped[str] = mapped_column(String(40), default="")  # "Chrome · Windows"
    half: Mapped[bool] = mapped_column(default=False)  # opens nothing until the second factor
    second_at: Mapped[datetime | None]  # when the second factor was passed
    renew: Mapped[bool] = mapped_column(default=False)  # a right was added: a new secret is due


class SecondFactor(Base):
    """The authenticator app of one person. `secret` is encrypted by a key outside the database."""

    __tablename__ = "mp_second_factor"

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_person.id"), unique=True)
    secret: Mapped[LongText]
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # by its first right code; before that it guards nothing
    last_counter: Mapped[int] = mapped_column(BigInteger, default=0)  # each code works once


class RecoveryCode(Base):
    """One code on paper that stands in for a lost phone, once."""

    __tablename__ = "mp_recovery_code"

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class OneTimeCode(Base):
    """One code by SMS or one link by mail: works once, for minutes, and only together with the
    ticket of the browser that asked, so that this table alone opens nothing.

    Asked for a number that nobody has, it is kept all the same, for nobody."""

    __tablename__ = "mp_one_time_code"

    id: Mapped[Id]
    purpose: Mapped[CodePurpose]
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_person.id"))
    mobile: Mapped[str | None] = mapped_column(String(11))  # the number that the code proves
    secret_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class InvitationBatch(Base):
    """Invitations that were printed together: one role in one organisation; or the one that was
    sent to a colleague, which opens to that number alone."""

    __tablename__ = "mp_invitation_batch"

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_organisation.id"))
    role: Mapped[Role]
    mobile: Mapped[str | None] = mapped_column(String(11))  # None: whoever holds the paper
    made_by: Mapped[PersonRef]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Invitation(Base):
    """One printed code: whoever holds it becomes a member in the role of its batch, once."""

    __tablename__ = "mp_invitation"

    id: Mapped[Id]
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_invitation_batch.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None]
    used_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_person.id"))


class Tally(Base):
    """How often something was tried since `since`; forgotten when its window is over.

    Of the subject only a hash is kept: people type passwords into the field for the number."""

    __tablename__ = "mp_tally"

    id: Mapped[Id]
    limit: Mapped[ShortCode]
    subject: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]

    __table_args__ = (UniqueConstraint("limit", "subject"),)


class Notice(Base):
    """One thing that an organisation was told in the marketplace; its words are `notice.<code>`."""

    __tablename__ = "mp_notice"

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_organisation.id"))
    code: Mapped[str] = mapped_column(String(80))
    data: Mapped[dict[str, Any]]  # fills the places of the words; `note` is the reason, if any
    endpoint: Mapped[str] = mapped_column(String(80))  # where its thing is: "suppliers.show"
    places: Mapped[dict[str, Any]]  # of the address
    at: Mapped[datetime]
    sms_owed: Mapped[bool] = mapped_column(default=False)  # until the end of its unit of work
    mail_owed: Mapped[bool] = mapped_column(default=True)  # until the next round of letters

    __table_args__ = (
        Index("ix_mp_notice_of", "organisation_id", "at"),
        Index(
            "ix_mp_notice_to_mail",
            "at",
            sqlite_where=text("mail_owed"),
            postgresql_where=text("mail_owed"),
        ),
    )


class NoticesSeen(Base):
    """Until when a person has seen the notices."""

    __tablename__ = "mp_notices_seen"

    person_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
