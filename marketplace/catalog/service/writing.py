"""Drafting goods, and the hands that write what a listing says."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, select

from marketplace.catalog import rules
from marketplace.catalog.models import Listing, ListingVillage
from marketplace.catalog.queries import Placed, Placing, make_of_listing
from marketplace.catalog.rules import PLAIN, Content, Goods
from marketplace.catalog.service import clock
from marketplace.catalog.service.grouping import join_group
from marketplace.catalog.states import LISTING, ClockStep, ListingState
from marketplace.events import ListingChanged, ReviewDropped
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing, Refused
from marketplace.kernel.money import Money
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.service import profile
from marketplace.work import Work, move


def draft(w: Work, supplier_id: uuid.UUID, goods: Goods, stock: int) -> Listing:
    """A new listing of the actor's own supplier; nobody else sees it yet.

    Raises Invalid (what does not hold, with its field), Refused (sku_taken, and as
    `grouping.join_group`), Missing.
    """
    supplier = own_supplier(w, supplier_id)
    placed = Placing(w.session, w.now).place(goods)
    rules.check_stock(stock)
    free_sku(w, supplier.id, goods.sku, None)
    content = content_of(goods, placed)
    join_group(w, supplier.id, content, goods.sku)
    listing = begin(w, supplier.id, content, stock=stock)
    w.record("draft", listing, to_state=listing.state, sku=listing.sku, received=stock)
    return listing


def own_supplier(w: Work, supplier_id: uuid.UUID) -> Supplier:
    """For its staff, and for the system (the operator's command line). Raises Missing."""
    supplier = suppliers.visible(w.session, w.actor, supplier_id)
    is_own = supplier.organisation_id in w.actor.organisations(Role.SUPPLIER_STAFF)
    if not is_own and Role.SYSTEM not in w.actor.roles:
        raise Missing(supplier_id=supplier_id)
    return supplier


def begin(w: Work, supplier_id: uuid.UUID, content: Content, *, stock: int) -> Listing:
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
    _fill(w, listing, content)
    w.session.add(listing)
    _settle_in(w, listing, content)
    return listing


def change(w: Work, listing: Listing, content: Content) -> None:
    """Write other content into a listing that is not on sale; it is a draft now."""
    before = {"sale_price": listing.sale_price.fen, "supply_price": listing.supply_price.fen}
    if listing.state in (ListingState.SUBMITTED, ListingState.WITHDRAWN):
        clock.begin(w, ClockStep.DRAFT, [clock.timed(listing)])
    if listing.state is ListingState.SUBMITTED:
        w.announce(ReviewDropped(w.now, ReviewKind.LISTING, listing.id))
    put(w, listing, content)
    move(w, LISTING, listing, "revise", before=before, fingerprint=listing.fingerprint)
    w.announce(ListingChanged(w.now, listing.id))


def put(w: Work, listing: Listing, content: Content) -> None:
    """The listing says this now, villages included; the caller writes the trail."""
    _fill(w, listing, content)
    w.session.execute(delete(ListingVillage).where(ListingVillage.listing_id == listing.id))
    _settle_in(w, listing, content)


def content_of(goods: Goods, placed: Placed, photos: Sequence[str] = ()) -> Content:
    """What was typed, with its words looked up, as `rules.fingerprint_of` takes it."""
    return {
        **rules.content_of_goods(goods),
        rules.PHOTOS: list(photos),
        "category": placed.category.slug,
        "county": placed.county.code,
        **dict(zip(rules.MAKE, placed.made, strict=True)),
        "villages": sorted(str(village_id) for village_id in placed.villages),
    }


def stand(w: Work, listing: Listing) -> None:
    """Find the listing's place at the gate anew: its make, its claims or its own papers changed."""
    own = suppliers.has_own(w.session, listing.supplier_id, listing.id)
    make = make_of_listing(listing)
    listing.standing = profile(w, listing.supplier_id, make, listing.id if own else None)


def free_sku(w: Work, supplier_id: uuid.UUID, sku: str, own: uuid.UUID | None) -> None:
    """Raises Refused (sku_taken)."""
    taken = select(Listing.id).where(Listing.supplier_id == supplier_id, Listing.sku == sku)
    if own is not None:
        taken = taken.where(Listing.id != own)
    if w.session.scalar(taken):
        raise Refused("sku_taken", field="sku", value=sku)


def _fill(w: Work, listing: Listing, content: Content) -> None:
    for name in PLAIN:
        setattr(listing, name, content[name])
    for name in rules.DAYS:
        setattr(listing, name, rules.day_of(content[name]))
    listing.supply_price = Money(content["supply_price"])
    listing.sale_price = Money(content["sale_price"])
    listing.category = content["category"]
    listing.county_code = content["county"]
    make = rules.make_in(content, rules.claims_in(content))
    listing.processing, listing.packaging = make.processing, make.packaging
    listing.maker = make.maker
    listing.claims = sorted(make.claims)
    listing.picture = rules.picture_for(listing.title, rules.category(listing.category))
    listing.photos = list(content[rules.PHOTOS])
    listing.fingerprint = rules.fingerprint_of(content)
    per_500g = rules.per_500g(content)
    listing.per_500g = None if per_500g is None else Money(per_500g)
    stand(w, listing)


def _settle_in(w: Work, listing: Listing, content: Content) -> None:
    w.session.add_all(
        ListingVillage(listing_id=listing.id, village_id=uuid.UUID(village_id))
        for village_id in content["villages"]
    )
