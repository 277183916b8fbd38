"""The basket as it would ship: per supplier, at this instant's prices, stock and papers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalog import queries as catalog
from marketplace.catalog.models import Listing
from marketplace.catalog.rules import presale_day, terms_problem
from marketplace.credit import queries as credit
from marketplace.credit.rules import Cost
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import ZERO, Money, total
from marketplace.orders import rules
from marketplace.orders.models import BasketLine
from marketplace.orders.queries.freight import usual_county, weight_of
from marketplace.orders.queries.limits import taken
from marketplace.regions import queries as regions
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.rules.freight import Load, Terms

FEW = 10  # pieces


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
    terms: Terms

    @property
    def goods(self) -> Money:
        return self.terms.load.goods

    @property
    def freight(self) -> Money:
        return self.terms.fee

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
    problem: str  # "", "out_of_stock", "not_for_sale", or one of the terms of sale
    available: int
    is_refused: bool = False  # it does not travel to the place that was asked for
    taken: int = 0  # bought before, where one person may have so many only
    ships_from: date | None = None  # of a pre-sale

    @property
    def is_scarce(self) -> bool:
        """Enough is left now, and soon there may not be."""
        return not self.problem and self.available < max(FEW, 2 * self.quantity)

    @property
    def is_out(self) -> bool:
        """It cannot be bought now, in no quantity at all."""
        return self.available < 1 or self.problem in ("orders_closed", "not_for_sale")


@dataclass(frozen=True, slots=True)
class BasketParcel:
    """What ships together; `to_free_freight` more and the parcel travels free."""

    supplier: Supplier
    rows: tuple[BasketRow, ...]
    goods: Money
    freight: Money
    terms: Terms
    to_free_freight: Money | None
    is_refused: bool  # the supplier sends nothing to the place that was asked for


@dataclass(frozen=True, slots=True)
class Basket:
    parcels: tuple[BasketParcel, ...]
    gone: tuple[BasketRow, ...]  # may not be bought any more
    total: Money

    @property
    def to_leave_out(self) -> int:
        """How many lines cannot be bought in any quantity at all."""
        return len(self.gone) + sum(row.is_out for row in self._rows)

    @property
    def is_empty(self) -> bool:
        return not self.parcels and not self.gone

    @property
    def is_ready(self) -> bool:
        """Every line can be ordered as it stands."""
        return bool(self.parcels) and not self.gone and not any(row.problem for row in self._rows)

    @property
    def is_refused(self) -> bool:
        """Something does not travel to the place that was asked for; it may to another."""
        refused = any(parcel.is_refused for parcel in self.parcels)
        return refused or any(row.is_refused for row in self._rows)

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
    offers: Mapping[uuid.UUID, catalog.Offer], wanted: Mapping[uuid.UUID, int], county_code: str
) -> tuple[Parcel, ...]:
    """Wanted pieces of visible offers, split by supplier in the order of wanting; with the freight
    to the place with this code, which may be empty."""
    suppliers: dict[uuid.UUID, Supplier] = {}
    split: dict[uuid.UUID, list[Wish]] = {}
    for listing_id, quantity in wanted.items():
        offer = offers[listing_id]
        suppliers[offer.supplier.id] = offer.supplier
        split.setdefault(offer.supplier.id, []).append(Wish(offer.listing, quantity))
    return tuple(
        _parcel(suppliers[key], tuple(wishes), county_code) for key, wishes in split.items()
    )


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


def basket(
    session: Session, actor: Actor, at: datetime, *, county_code: str | None = None
) -> Basket:
    """The actor's basket at that instant, with freight to a place; None: to the usual address."""
    own = (
        select(BasketLine)
        .where(BasketLine.person_id == actor.person_id)
        .options(joinedload(BasketLine.listing))
        .order_by(BasketLine.added_at, BasketLine.id)
    )
    lines = {line.listing_id: line for line in session.scalars(own)}
    offers = catalog.offers(session, list(lines), at)
    wanted = {key: line.quantity for key, line in lines.items() if key in offers}
    to = _destination(session, actor, county_code, offers.values())
    ships = parcels(offers, wanted, to)
    where = _where(session, to, offers.values())
    gone = tuple(
        BasketRow(line.listing, line.quantity, ZERO, None, "not_for_sale", 0)
        for key, line in lines.items()
        if key not in offers
    )
    limited = [key for key, offer in offers.items() if offer.listing.max_per_person]
    told = _Told(at, where, taken(session, actor.person_id, limited))
    shown = tuple(_shown(parcel, lines, told) for parcel in ships)
    return Basket(shown, gone, total(parcel.total for parcel in ships))


def _destination(
    session: Session, actor: Actor, county_code: str | None, offers: Iterable[catalog.Offer]
) -> str:
    """The code of the place; the address book is asked only when it makes a difference."""
    if county_code is not None:
        return county_code
    if any(one.supplier.tariff.is_by_place or one.listing.no_delivery_to for one in offers):
        return usual_county(session, actor)
    return ""


def _where(session: Session, to: str, offers: Iterable[catalog.Offer]) -> str:
    """The place as suppliers name it, if any of the goods does not travel everywhere."""
    if to and any(one.listing.no_delivery_to for one in offers):
        county = regions.county(session, to)
        return county.whole if county else ""
    return ""


def _parcel(supplier: Supplier, wishes: tuple[Wish, ...], county_code: str) -> Parcel:
    weighed = [wish for wish in wishes if not wish.listing.freight_included]
    load = Load(
        goods=total(wish.amount for wish in wishes),
        grams=weight_of((wish.listing, wish.quantity) for wish in weighed),
        all_included=not weighed,
    )
    tariff = supplier.tariff
    return Parcel(supplier, wishes, Terms(tariff.version, load, tariff.at(county_code)))


@dataclass(frozen=True, slots=True)
class _Told:
    """What a line is told by: the instant, the place as suppliers name it, pieces bought before."""

    at: datetime
    where: str
    taken: Mapping[uuid.UUID, int]

    def problem(self, wish: Wish) -> str:
        """What stops a line, the same as placing would say."""
        listing, most = wish.listing, wish.listing.max_per_person
        if found := terms_problem(listing, wish.quantity, self.at):
            return found
        if most and self.taken.get(listing.id, 0) + wish.quantity > most:
            return "above_max_per_person"
        return "out_of_stock" if listing.available < wish.quantity else ""


def _shown(parcel: Parcel, lines: Mapping[uuid.UUID, BasketLine], told: _Told) -> BasketParcel:
    rows = []
    for wish in parcel.wishes:
        line, price = lines[wish.listing.id], wish.listing.sale_price
        rows.append(
            BasketRow(
                listing=wish.listing,
                quantity=wish.quantity,
                amount=wish.amount,
                price_seen=line.price_seen if line.price_seen != price else None,
                problem=told.problem(wish),
                available=wish.listing.available,
                is_refused=not rules.is_delivered_to(told.where, wish.listing.no_delivery_to),
                taken=told.taken.get(wish.listing.id, 0),
                ships_from=presale_day(wish.listing, told.at),
            )
        )
    asked = parcel.terms.price
    return BasketParcel(
        supplier=parcel.supplier,
        rows=tuple(rows),
        goods=parcel.goods,
        freight=parcel.freight,
        terms=parcel.terms,
        to_free_freight=asked.free_from - parcel.goods
        if asked.free_from and parcel.freight
        else None,
        is_refused=asked.refused,
    )
