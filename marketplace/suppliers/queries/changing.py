"""Changes of who a supplier is: what waits, and old beside new."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.suppliers import rules
from marketplace.suppliers.models import EntityChange, Supplier
from marketplace.suppliers.queries.sight import visible
from marketplace.suppliers.states import EntityChangeState, SupplierKind


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact before and after; equal where it stays."""

    field: str
    before: SupplierKind | str
    after: SupplierKind | str

    @property
    def differs(self) -> bool:
        return self.before != self.after


def changes(session: Session, supplier_id: uuid.UUID) -> Sequence[EntityChange]:
    """All that were ever proposed, newest first."""
    asked = select(EntityChange).where(EntityChange.supplier_id == supplier_id)
    return session.scalars(asked.order_by(EntityChange.proposed_at.desc(), EntityChange.id)).all()


def open_change(session: Session, supplier_id: uuid.UUID) -> EntityChange | None:
    """The one that waits."""
    return session.scalar(
        select(EntityChange).where(
            EntityChange.supplier_id == supplier_id,
            EntityChange.state == EntityChangeState.PROPOSED,
        )
    )


def change(session: Session, actor: Actor, change_id: uuid.UUID) -> tuple[Supplier, EntityChange]:
    """One change with its supplier, for those who may see it. Raises Missing."""
    found = session.get(EntityChange, change_id)
    if found is None:
        raise Missing(change_id=change_id)
    return visible(session, actor, found.supplier_id), found


def differences(found: EntityChange) -> tuple[Difference, ...]:
    """The four facts, old beside new."""
    before = {**found.before, "kind": SupplierKind(found.before["kind"])}
    return tuple(Difference(name, before[name], getattr(found, name)) for name in rules.LEGAL)
