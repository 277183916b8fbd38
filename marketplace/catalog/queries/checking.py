"""The checklist of a listing: what must hold before it may be seen, and what holds now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing
from marketplace.kernel.actor import Actor
from marketplace.regions import queries as regions
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.states import SupplierState


@dataclass(frozen=True, slots=True)
class Check:
    """One condition. `words` is its key in the catalogues; `paper` or `lists` is what meets it."""

    words: str
    holds: bool
    paper: Paper | None = None
    lists: tuple[regions.DesignationFact, ...] = ()


def checks(
    session: Session, actor: Actor, listing: Listing, supplier: Supplier, *, at: datetime
) -> tuple[Check, ...]:
    """Supplier, what it must show for goods of this make one by one, and the origin, at the
    instant: as the gate asks it. Raises Missing."""
    suppliers.visible(session, actor, supplier.id)
    items = suppliers.checklist_of(session, supplier, at, listing.standing)
    lists = regions.designations_of(session, listing.county_code, at)
    return (
        Check("check.supplier", supplier.state is SupplierState.APPROVED),
        *(
            Check(f"requirement.{item.requirement.slug}", item.is_met, paper=item.paper)
            for item in items
        ),
        Check("check.origin", any(fact.qualifies for fact in lists), lists=lists),
    )
