"""Whom a person's invoices name."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.orders.models import InvoiceTitle


def titles(session: Session, actor: Actor) -> tuple[InvoiceTitle, ...]:
    """The person's own, the usual one first."""
    asked = select(InvoiceTitle).where(InvoiceTitle.person_id == actor.person_id)
    return tuple(session.scalars(asked.order_by(InvoiceTitle.is_default.desc(), InvoiceTitle.name)))


def title(session: Session, actor: Actor, title_id: uuid.UUID) -> InvoiceTitle:
    """One of the person's own. Raises Missing."""
    found = session.get(InvoiceTitle, title_id)
    if found is None or found.person_id != actor.person_id:
        raise Missing(title_id=title_id)
    return found


def frozen_title(
    session: Session, actor: Actor, title_id: uuid.UUID | None
) -> dict[str, Any] | None:
    """One of the person's own as a purchase keeps it; None when none was chosen. Raises Missing."""
    if title_id is None:
        return None
    own = title(session, actor, title_id)
    return {"kind": own.kind.value, "name": own.name, "code": own.tax_number}
