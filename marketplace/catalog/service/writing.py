"""Drafting and revising goods, one at a time; importing uses the same hands."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, select

from marketplace.catalog import queries, rules
from marketplace.catalog.models import Listing, ListingVillage
from marketplace.catalog.queries import Placed, Placing
from marketplace.catalog.rules import PLAIN, Goods
from marketplace.catalog.states import LISTING, ListingState
from marketplace.events import ListingChanged, ReviewDropped
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing, Refused
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.work import Work, move


def draft(w: Work, supplier_id: uuid.UUID, goods: Goods, stock: int) -> Listing:
    """A new listing of the actor's own supplier; nobody else sees it yet.

    Raises Invalid (what does not hold, with its field), Refused (sku_taken), Missing.
    """
    supplier = own_supplier(w, supplier_id)
    placed = Placing(w.session, w.now).place(goods)
    rules.check_stock(stock)
    _free_sku(w, supplier.id, goods.sku, None)
    listing = begin(w, supplier.id, goods, placed, stock=stock)
    w.record("draft", listing, to_state=listing.state, sku=listing.sku, received=stock)
    return listing


def revise(w: Work, listing_id: uuid.UUID, goods: Goods) -> Listing:
    """Change what is said of a good; it is a draft then, looked at again before it is shown.

    The same words again leave it as it is, unless it was withdrawn. Raises as `draft` does.
    """
    listing, supplier = queries.own_listing(w.session, w.actor, listing_id)
    placed = Placing(w.session, w.now).place(goods)
    _free_sku(w, supplier.id, goods.sku, listing.id)
    same = fingerprint(goods, placed) == listing.fingerprint
    if not same or listing.state is ListingState.WITHDRAWN:
        change(w, listing, goods, placed)
    return listing


def own_supplier(w: Work, supplier_id: uuid.UUID) -> Supplier:
    """For its staff, and for the system (the operator's command line). Raises Missing."""
    supplier = suppliers.visible(w.session, w.actor, supplier_id)
    is_own = supplier.organisation_id in w.actor.organisations(Role.SUPPLIER_STAFF)
    if not is_own and Role.SYSTEM not in w.actor.roles:
        raise Missing(supplier_id=supplier_id)
    return supplier


def begin(w: Work, supplier_id: uuid.UUID, goods: Goods, placed: Placed, *, stock: int) -> Listing:
    """The row of a new listing with its first pieces; the caller writes the trail."""
    listing = Listing(
        id=uuid.uuid4(),
        supplier_id=supplier_id,
        state=ListingState.DRAFT,
        created_at=w.now,
        received=stock,
        available=stock,
        reserved=0,
        sold=0,
    )
    _fill(listing, goods, placed)
    w.session.add(listing)
    _settle_in(w, listing, placed)
    return listing


def change(w: Work, listing: Listing, goods: Goods, placed: Placed) -> None:
    """Write other content into a listing; whatever it was, it is a draft now."""
    before = {"sale_price": listing.sale_price.fen, "supply_price": listing.supply_price.fen}
    if listing.state is ListingState.SUBMITTED:
        w.announce(ReviewDropped(w.now, ReviewKind.LISTING, listing.id))
    _fill(listing, goods, placed)
    w.session.execute(delete(ListingVillage).where(ListingVillage.listing_id == listing.id))
    _settle_in(w, listing, placed)
    move(w, LISTING, listing, "revise", before=before, fingerprint=listing.fingerprint)
    w.announce(ListingChanged(w.now, listing.id))


def fingerprint(goods: Goods, placed: Placed) -> str:
    """Of the content with its words looked up."""
    said = rules.content_of_goods(goods)
    villages = (str(village_id) for village_id in placed.villages)
    return rules.fingerprint(said, placed.category.slug, placed.county.code, villages)


def _fill(listing: Listing, goods: Goods, placed: Placed) -> None:
    for name in PLAIN:
        setattr(listing, name, getattr(goods, name))
    listing.category = placed.category.slug
    listing.county_code = placed.county.code
    listing.picture = rules.picture_for(goods.title, placed.category)
    listing.fingerprint = fingerprint(goods, placed)


def _settle_in(w: Work, listing: Listing, placed: Placed) -> None:
    w.session.add_all(
        ListingVillage(listing_id=listing.id, village_id=village_id)
        for village_id in placed.villages
    )


def _free_sku(w: Work, supplier_id: uuid.UUID, sku: str, own: uuid.UUID | None) -> None:
    taken = select(Listing.id).where(Listing.supplier_id == supplier_id, Listing.sku == sku)
    if own is not None:
        taken = taken.where(Listing.id != own)
    if w.session.scalar(taken):
        raise Refused("sku_taken", field="sku", value=sku)
