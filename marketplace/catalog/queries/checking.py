"""The checklist of a listing: what must hold before it may be seen, and what holds now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing
from marketplace.catalog.states import ListingState
from marketplace.kernel.actor import Actor
from marketplace.regions import queries as regions
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.states import SupplierState


class GoodsTodo(StrEnum):
    """What has to be done about the good itself before it can be bought."""

    SUBMIT = "goods_submit"
    CORRECT = "goods_correct"  # it was returned, with a reason
    WAIT = "goods_wait"  # a reviewer has it: nothing to do
    WITHDRAWN = "goods_withdrawn"
    ORIGIN = "goods_origin"  # its county stands on no list that opens the zone
    STOCK = "goods_stock"


_BY_STATE = {
    ListingState.DRAFT: GoodsTodo.SUBMIT,
    ListingState.RETURNED: GoodsTodo.CORRECT,
    ListingState.SUBMITTED: GoodsTodo.WAIT,
    ListingState.WITHDRAWN: GoodsTodo.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One condition. `words` is its key in the catalogues; `paper` or `lists` is what meets it."""

    words: str
    holds: bool
    paper: Paper | None = None
    lists: tuple[regions.DesignationFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold before a good may be seen, what holds, and what to do about the rest: about
    the good itself, and about what its supplier must show for goods of this make."""

    checks: tuple[Check, ...]
    readiness: suppliers.Readiness
    todos: tuple[GoodsTodo, ...]


def conditions(
    session: Session, actor: Actor, listing: Listing, supplier: Supplier, *, at: datetime
) -> Conditions:
    """As the gate asks it at that instant. Raises Missing."""
    suppliers.visible(session, actor, supplier.id)
    ready = suppliers.readiness(session, supplier, at, listing.standing)
    lists = regions.designations_of(session, listing.county_code, at)
    is_in_zone = any(fact.qualifies for fact in lists)
    found = (
        Check("check.supplier", supplier.state is SupplierState.APPROVED),
        *(
            Check(f"requirement.{item.requirement.slug}", item.is_met, paper=item.paper)
            for item in ready.items
            if not item.requirement.optional
        ),
        Check("check.origin", is_in_zone, lists=lists),
    )
    return Conditions(found, ready, tuple(_todos(listing, is_in_zone=is_in_zone)))


def _todos(listing: Listing, *, is_in_zone: bool) -> Iterator[GoodsTodo]:
    if listing.state in _BY_STATE:
        yield _BY_STATE[listing.state]
    if not is_in_zone:
        yield GoodsTodo.ORIGIN
    if not listing.available:
        yield GoodsTodo.STOCK
