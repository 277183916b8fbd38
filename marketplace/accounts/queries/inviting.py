"""Invitations: which are open, and what became of those that were printed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from marketplace.accounts import rules
from marketplace.accounts.models import Invitation, InvitationBatch, Organisation, OrganisationKind
from marketplace.kernel.actor import Role

_KINDS = OrganisationKind
_FIRST = (_KINDS.GROUP, _KINDS.UNION, _KINDS.OPERATOR, _KINDS.SUPPLIER)


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """What an unused invitation leads to."""

    invitation_id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    role: Role
    mobile: str | None  # to whom it was sent; None: to whoever holds it


@dataclass(frozen=True, slots=True)
class BatchRow:
    """Invitations that were printed together, and how many of them were used."""

    batch: InvitationBatch
    organisation: str
    pieces: int
    used: int


def open_invitation(session: Session, code: str, at: datetime) -> OpenInvitation | None:
    """The invitation with this code, unless it is used, withdrawn or too old."""
    found = session.execute(
        select(
            Invitation.id,
            Organisation.id,
            Organisation.name,
            InvitationBatch.role,
            InvitationBatch.mobile,
        )
        .join(InvitationBatch, Invitation.batch_id == InvitationBatch.id)
        .join(Organisation, InvitationBatch.organisation_id == Organisation.id)
        .where(
            Invitation.code_hash == rules.digest(rules.typed(code)),
            Invitation.used_at.is_(None),
            InvitationBatch.withdrawn_at.is_(None),
            InvitationBatch.expires_at > at,
        )
    ).first()
    return OpenInvitation(*found) if found else None


def batches(session: Session) -> list[BatchRow]:
    """Everything that was printed, newest first."""
    found = session.execute(
        select(
            InvitationBatch,
            Organisation.name,
            func.count(Invitation.id),
            func.count(Invitation.used_at),
        )
        .join(Organisation, InvitationBatch.organisation_id == Organisation.id)
        .join(Invitation, Invitation.batch_id == InvitationBatch.id)
        .group_by(InvitationBatch.id, Organisation.name)
        .order_by(InvitationBatch.made_at.desc(), InvitationBatch.id)
        .limit(200)
    )
    return [BatchRow(*row) for row in found]


def places_to_invite(session: Session) -> list[tuple[uuid.UUID, str, OrganisationKind]]:
    """Every organisation: employers first, suppliers last, each by its name."""
    kinds = case({kind.value: n for n, kind in enumerate(_FIRST)}, value=Organisation.kind)
    found = session.execute(
        select(Organisation.id, Organisation.name, Organisation.kind).order_by(
            kinds, Organisation.name, Organisation.id
        )
    )
    return [(id_, name, kind) for id_, name, kind in found]
