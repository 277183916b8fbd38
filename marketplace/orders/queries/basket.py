"""The basket as it would ship: per supplier, at this instant's prices, stock and papers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalog import queries as catalog
from marketplace.catalog.models import Listing
from marketplace.credit import queries as credit
from marketplace.credit.rules import Cost
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import ZERO, Money, total
from marketplace.orders import rules
from marketplace.orders.models import BasketLine
from marketplace.suppliers.models import Supplier


@dataclass(frozen=True, slots=True)
class Wish:
    """So many pieces of one listing, at the server's price."""

    listing: Listing
    quantity: int

    @property
    def amount(self) -> Money:
        return self.listing.sale_price * self.quantity


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one supplier would send together; `freight` is part of what the buyer pays."""

    supplier: Supplier
    wishes: tuple[Wish, ...]
    goods: Money
    freight: Money

    @property
    def total(self) -> Money:
        return self.goods + self.freight


@dataclass(frozen=True, slots=True)
class BasketRow:
    """One line with what has changed since it was put in; `problem` blocks, `price_seen` warns."""

    listing: Listing
    quantity: int
    amount: Money
    price_seen: Money | None  # only when the price is another one now
    problem: str  # "", "out_of_stock" or "not_for_sale"
    available: int


@dataclass(frozen=True, slots=True)
class BasketParcel:
    """What ships together; `to_free_freight` more and the parcel travels free."""

    supplier: Supplier
    rows: tuple[BasketRow, ...]
    goods: Money
    freight: Money
    to_free_freight: Money | None


@dataclass(frozen=True, slots=True)
class Basket:
    parcels: tuple[BasketParcel, ...]
    gone: tuple[BasketRow, ...]  # may not be bought any more
    total: Money

    @property
    def is_empty(self) -> bool:
        return not self.parcels and not self.gone

    @property
    def is_ready(self) -> bool:
        """Every line can be ordered as it stands."""
        return bool(self.parcels) and not self.gone and not any(row.problem for row in self._rows)

    @property
    def lines(self) -> tuple[tuple[uuid.UUID, int], ...]:
        return tuple((row.listing.id, row.quantity) for row in self._rows)

    @property
    def _rows(self) -> tuple[BasketRow, ...]:
        return tuple(row for parcel in self.parcels for row in parcel.rows)


@dataclass(frozen=True, slots=True)
class Paying:
    """Credit before, what of the total credit and a voucher pay; own money pays the rest."""

    before: Money
    credit: Money
    voucher: Money
    total: Money

    @property
    def own(self) -> Money:
        return self.total - self.credit - self.voucher

    @property
    def after(self) -> Money:
        return self.before - self.credit


def basket_count(session: Session, person_id: str) -> int:
    """How many different goods lie in the person's basket."""
    own = select(func.count()).select_from(BasketLine).where(BasketLine.person_id == person_id)
    return session.scalar(own) or 0


def title_in_basket(session: Session, actor: Actor, listing_id: uuid.UUID) -> str | None:
    """The name of a good that the actor once put in; None of any other."""
    return session.scalar(
        select(Listing.name)
        .join(BasketLine, BasketLine.listing_id == Listing.id)
        .where(BasketLine.person_id == actor.person_id, BasketLine.listing_id == listing_id)
    )


def parcels(
    offers: Mapping[uuid.UUID, catalog.Offer], wanted: Mapping[uuid.UUID, int]
) -> tuple[Parcel, ...]:
    """Wanted pieces of visible offers, split by supplier in the order of wanting."""
    suppliers: dict[uuid.UUID, Supplier] = {}
    split: dict[uuid.UUID, list[Wish]] = {}
    for listing_id, quantity in wanted.items():
        offer = offers[listing_id]
        suppliers[offer.supplier.id] = offer.supplier
        split.setdefault(offer.supplier.id, []).append(Wish(offer.listing, quantity))
    return tuple(_parcel(suppliers[key], tuple(wishes)) for key, wishes in split.items())


def costs(parcels: Iterable[Parcel | BasketParcel]) -> tuple[Cost, ...]:
    """What each order costs, for what pays besides own money. Whatever may be bought at all is of
    the zone (catalog.visible asks for its list); freight is not."""
    return tuple(Cost(one.goods + one.freight, one.goods, one.goods) for one in parcels)


def paying(
    session: Session, actor: Actor, filled: Basket, wanted: credit.Wanted, at: datetime
) -> Paying:
    """What would pay for the basket at that instant. Raises Refused voucher_…"""
    found = costs(filled.parcels)
    cover = credit.covering(session, actor.person_id, found, wanted, at)
    before = total(one.most for one in credit.usable(session, actor.person_id, at))
    return Paying(before, cover.paid_by("credit"), cover.paid_by("voucher"), filled.total)


def basket(session: Session, actor: Actor, at: datetime) -> Basket:
    """The actor's basket at that instant."""
    own = (
        select(BasketLine)
        .where(BasketLine.person_id == actor.person_id)
        .options(joinedload(BasketLine.listing))
        .order_by(BasketLine.added_at, BasketLine.id)
    )
    lines = {line.listing_id: line for line in session.scalars(own)}
    offers = catalog.offers(session, list(lines), at)
    ships = parcels(offers, {key: line.quantity for key, line in lines.items() if key in offers})
    gone = tuple(
        BasketRow(line.listing, line.quantity, ZERO, None, "not_for_sale", 0)
        for key, line in lines.items()
        if key not in offers
    )
    shown = tuple(_shown(parcel, lines) for parcel in ships)
    return Basket(shown, gone, total(parcel.total for parcel in ships))


def _parcel(supplier: Supplier, wishes: tuple[Wish, ...]) -> Parcel:
    goods = total(wish.amount for wish in wishes)
    freight = rules.freight(
        goods,
        fee=supplier.freight_fee,
        free_from=supplier.free_freight_from,
        all_included=all(wish.listing.freight_included for wish in wishes),
    )
    return Parcel(supplier, wishes, goods, freight)


def _shown(parcel: Parcel, lines: Mapping[uuid.UUID, BasketLine]) -> BasketParcel:
    rows = []
    for wish in parcel.wishes:
        line, price = lines[wish.listing.id], wish.listing.sale_price
        rows.append(
            BasketRow(
                listing=wish.listing,
                quantity=wish.quantity,
                amount=wish.amount,
                price_seen=line.price_seen if line.price_seen != price else None,
                problem="out_of_stock" if wish.listing.available < wish.quantity else "",
                available=wish.listing.available,
            )
        )
    free_from = parcel.supplier.free_freight_from
    lacking = free_from - parcel.goods if free_from is not None and parcel.freight else None
    return BasketParcel(parcel.supplier, tuple(rows), parcel.goods, parcel.freight, lacking)
