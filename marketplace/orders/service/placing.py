"""Placing a purchase: server's prices, stock held, eligibility frozen; once per key."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marketplace.catalog import queries as catalog
from marketplace.catalog import service as stock
from marketplace.catalog.models import Reservation
from marketplace.catalog.rules import category, terms_of
from marketplace.credit import queries as credits
from marketplace.credit import service as credit
from marketplace.credit.rules import Cover
from marketplace.events import PurchasePlaced
from marketplace.kernel.actor import Role
from marketplace.kernel.base import new_id
from marketplace.kernel.clock import local_day
from marketplace.kernel.codes import random_code
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money, total
from marketplace.kernel.workdays import calendar
from marketplace.orders import queries, rules
from marketplace.orders.models import Address, Delivery, Order, OrderLine, Purchase
from marketplace.orders.queries.basket import Parcel, Wish
from marketplace.orders.service import directing, on_account
from marketplace.orders.service.basket import remove
from marketplace.orders.service.final_sale import final_known
from marketplace.orders.service.limiting import check_person, check_terms
from marketplace.orders.states import OrderState
from marketplace.payments import service as payments
from marketplace.payments.models import Tender
from marketplace.regions import queries as regions
from marketplace.work import Work, insert_things
from marketplace.work.trail import canonical

OWN_MONEY = credits.Wanted()
NOTHING_TOLD: frozenset[uuid.UUID] = frozenset()
Frozen = dict[str, Any]  # where it goes, as it was


@dataclass(frozen=True, slots=True)
class Placement:
    """What a buyer wants; `total` is what the page showed, `no_return` the goods that it named as
    not to be sent back and that were ticked (None: not shown to anybody)."""

    lines: tuple[tuple[uuid.UUID, int], ...]
    address_id: uuid.UUID
    tender: Tender
    source: FundSource
    key: str
    organisation_id: uuid.UUID | None = None
    total: Money | None = None
    pay_with: credits.Wanted = OWN_MONEY
    own: Money | None = None  # what the page showed as left for the buyer's own money
    no_return: frozenset[uuid.UUID] | None = NOTHING_TOLD  # what he said he cannot send back
    on_account: bool = False  # an organisation pays once it has accepted the goods
    title_id: uuid.UUID | None = None  # a person's, to which it is to be invoiced once it is paid
    payer: str = ""  # in whose name the money comes; empty: the buyer's own


def place(w: Work, wanted: Placement) -> Purchase:
    """Hold the stock and promise to pay; the same key and body again give the same purchase.

    Raises Invalid, Forbidden, Missing (address), Refused (no_collection_basis, key_reused,
    price_changed, cover_changed, no_return_unknown, voucher_…, not_for_sale, not_delivered_there,
    not_sent_there, out_of_stock, tender_not_offered, supplier_without_account, orders_closed,
    below_min_quantity, above_max_per_person).
    """
    lines = rules.summed(wanted.lines)
    digest = _digest(wanted, lines)
    earlier = queries.by_key(w.session, w.actor.person_id, rules.check_key(wanted.key))
    if earlier is not None:
        if earlier.request_hash != digest:
            raise Refused("key_reused")
        return earlier
    _may_place(w, wanted)
    address = _address(w, wanted)
    county = regions.county(w.session, address.county_code)
    offers = catalog.offers(w.session, list(lines), w.now, held=True)
    _all_for_sale(w, lines, offers)
    parcels = queries.parcels(offers, lines, address.county_code)
    _all_delivered(county, parcels)
    due = _due(wanted, parcels)
    cover = _cover(w, wanted, parcels) if wanted.pay_with else None
    purchase = _purchase(w, wanted, parcels, deliver_to=_frozen(address, county), digest=digest)
    held = stock.hold_offers(w, offers, lines, purchase.hold_ends_at)
    check_person(w, wanted.organisation_id, offers, lines)
    orders = _orders(w, purchase, parcels)
    evidence = catalog.evidence_of_all(w.session, offers.values(), w.now)
    frozen = {of: (held[of], evidence[of]) for of in lines}
    insert_things(w.session, list(_lines(orders, parcels, offers, frozen)))
    _ask(w, purchase, cover, orders)
    if wanted.organisation_id is None:
        remove(w, lines)
    w.announce(PurchasePlaced(w.now, purchase.id, due))
    return purchase


def _due(wanted: Placement, parcels: tuple[Parcel, ...]) -> Money:
    due = total(parcel.total for parcel in parcels)
    if wanted.total is not None and wanted.total != due:
        seen = str(wanted.total)  # beside the address: another one costs another freight
        raise Refused("price_changed", field="address", seen=seen, now=str(due))
    return due


def _final(wanted: Placement, parcels: tuple[Parcel, ...]) -> tuple[str, ...]:
    """The law lets persons send goods back, not organisations."""
    if wanted.organisation_id is not None:
        return ()
    bought = (wish.listing for parcel in parcels for wish in parcel.wishes)
    return final_known(bought, wanted.no_return)


def _ask(w: Work, purchase: Purchase, cover: Cover | None, orders: list[Order]) -> None:
    """The payment, with what credit and vouchers keep for it; or one for each supplier."""
    if purchase.on_account:
        on_account.ask(w, purchase)
        return
    if purchase.is_direct:
        directing.ask(w, purchase, orders)
        return
    covered = cover.covered if cover else ZERO
    payment = payments.open_payment(
        w, purchase.id, purchase.tender, purchase.total, covered=covered
    )
    if cover and covered:
        credit.hold(w, cover, payment, [order.id for order in orders])


def _digest(wanted: Placement, lines: dict[uuid.UUID, int]) -> str:
    return rules.request_hash(
        {
            "lines": sorted((str(key), quantity) for key, quantity in lines.items()),
            "address": wanted.address_id,
            "tender": wanted.tender.value,
            "source": wanted.source.value,
            "organisation": wanted.organisation_id,
            "total": wanted.total.fen if wanted.total is not None else None,
            "credit": wanted.pay_with.credit,
            "voucher": wanted.pay_with.voucher,
            "on_account": wanted.on_account,
            "no_return": sorted(map(str, wanted.no_return or ())),
            "title": wanted.title_id,
        }
    )


def _cover(w: Work, wanted: Placement, parcels: tuple[Parcel, ...]) -> Cover:
    """What credit and a voucher pay at this very instant; a union buys with neither."""
    if wanted.organisation_id is not None:
        raise Invalid("cover_not_for_unions")
    costs = queries.costs(parcels)
    found = credits.covering(w.session, w.actor.person_id, costs, wanted.pay_with, w.now)
    own = total(cost.total for cost in costs) - found.covered
    if wanted.own is not None and wanted.own != own:
        raise Refused("cover_changed")
    return found


def _may_place(w: Work, wanted: Placement) -> None:
    """Employees buy with their own money; a union's buyer with the union's; nobody, while the
    basis on which we collect for suppliers is not on record, unless nothing comes to us."""
    config, is_direct = w.tools.config, wanted.tender is Tender.DIRECT
    if not (is_direct or config.may_collect):
        raise Refused("no_collection_basis")
    if is_direct != (config.pays_direct and wanted.organisation_id is not None):
        raise Refused("tender_not_offered", field="tender")
    on_account.may_pay_later(w, wanted.organisation_id, is_wanted=wanted.on_account)
    if wanted.organisation_id is None:
        if Role.EMPLOYEE not in w.actor.roles:
            raise Forbidden(verb="place")
        if wanted.source is not FundSource.PERSONAL:
            raise Invalid("source_not_yours", field="source")
        return
    if wanted.organisation_id not in w.actor.organisations(Role.UNION_BUYER):
        raise Missing(organisation_id=wanted.organisation_id)
    if wanted.source is FundSource.PERSONAL:
        raise Invalid("source_not_yours", field="source")


def _address(w: Work, wanted: Placement) -> Address:
    """The buyer's own; a union's plan chose its address before, perhaps by another officer."""
    if wanted.organisation_id is None:
        return queries.own_address(w.session, w.actor, wanted.address_id)
    found = w.session.get(Address, wanted.address_id)
    if found is None:
        raise Missing(address_id=wanted.address_id)
    return found


def _all_for_sale(
    w: Work, lines: dict[uuid.UUID, int], offers: dict[uuid.UUID, catalog.Offer]
) -> None:
    """What may not be seen may not be bought, at this very instant; nor is its name told to one
    who does not have it in the basket: a hidden id may be anybody's draft."""
    for listing_id in lines:
        if listing_id not in offers:
            title = queries.title_in_basket(w.session, w.actor, listing_id)
            if title is None:
                raise stock.NotForSale(listing_id=listing_id)
            raise stock.NotForSale("line_not_for_sale", listing_id=listing_id, title=title)
    check_terms(w, offers, lines)


def _frozen(address: Address, county: regions.County | None) -> dict[str, Any]:
    """Where the parcels go, as it was when it was bought."""
    return {
        "recipient": address.recipient,
        "mobile": address.mobile,
        "county_code": address.county_code,
        "region": county.label if county else address.county_code,
        "street": address.street,
    }


def _all_delivered(place_: regions.County | None, parcels: tuple[Parcel, ...]) -> None:
    """A supplier that does not send to the address is not made to promise it."""
    whole, label = (place_.whole, place_.label) if place_ else ("", "")
    for parcel in parcels:
        if parcel.terms.price.refused:
            told = {"supplier": parcel.supplier.legal_name, "place": label}
            raise Refused("not_sent_there", field="address", **told)
        for wish in parcel.wishes:
            if not rules.is_delivered_to(whole, wish.listing.no_delivery_to):
                told = {"title": wish.listing.name, "place": label}
                raise Refused("not_delivered_there", field="address", **told)


def _purchase(
    w: Work, wanted: Placement, parcels: tuple[Parcel, ...], *, deliver_to: Frozen, digest: str
) -> Purchase:
    final = _final(wanted, parcels)
    purchase = Purchase(
        id=new_id(),
        number=f"P{local_day(w.now):%Y%m%d}-{random_code(rules.NUMBER_LENGTH)}",
        buyer_id=w.actor.person_id,
        organisation_id=wanted.organisation_id,
        source=wanted.source,
        payer=wanted.payer,
        on_account=wanted.on_account,
        tender=wanted.tender,
        total=total(parcel.total for parcel in parcels),
        key=wanted.key,
        request_hash=digest,
        deliver_to=deliver_to,
        invoice_to=queries.frozen_title(w.session, w.actor, wanted.title_id),
        no_return_seen_at=w.now if final else None,
        placed_at=w.now,
        hold_ends_at=_hold_ends(w, wanted),
    )
    insert_things(w.session, [purchase])
    said: dict[str, Any] = {"no_return": list(final)} if final else {}
    said |= {"total": purchase.total.fen, "tender": purchase.tender, "source": purchase.source}
    w.record_named("place", purchase, **said)
    return purchase


def _orders(w: Work, purchase: Purchase, parcels: tuple[Parcel, ...]) -> list[Order]:
    """One per parcel, each with its delivery."""
    deliveries = [Delivery(id=new_id(), supplier_id=parcel.supplier.id) for parcel in parcels]
    orders = [
        _order(purchase, parcel, delivery, number=f"{purchase.number}-{place_}")
        for place_, (parcel, delivery) in enumerate(zip(parcels, deliveries, strict=True), 1)
    ]
    insert_things(w.session, deliveries)
    insert_things(w.session, orders)
    for order, parcel in zip(orders, parcels, strict=True):
        w.record_named("place", order, to_state=OrderState.PLACED, total=parcel.total.fen)
    return orders


def _order(purchase: Purchase, parcel: Parcel, delivery: Delivery, *, number: str) -> Order:
    return Order(
        id=new_id(),
        purchase_id=purchase.id,
        supplier_id=parcel.supplier.id,
        number=number,
        organisation_id=purchase.organisation_id,
        goods=parcel.goods,
        supply=total(wish.listing.supply_price * wish.quantity for wish in parcel.wishes),
        freight=parcel.freight,
        freight_terms=parcel.terms.as_json(),
        delivery_id=delivery.id,
    )


def _lines(
    orders: list[Order],
    parcels: tuple[Parcel, ...],
    offers: dict[uuid.UUID, catalog.Offer],
    frozen: dict[uuid.UUID, tuple[Reservation, catalog.Evidence]],
) -> Iterator[OrderLine]:
    for order, parcel in zip(orders, parcels, strict=True):
        for wish in parcel.wishes:
            of = wish.listing.id
            yield _line(order, wish, offers[of], frozen[of])


def _line(
    order: Order, wish: Wish, offer: catalog.Offer, frozen: tuple[Reservation, catalog.Evidence]
) -> OrderLine:
    """The good as it is sold: names, prices and evidence are never looked up again."""
    listing = wish.listing
    kept, evidence = frozen
    eligibility = evidence.as_json()
    return OrderLine(
        id=new_id(),
        order_id=order.id,
        listing_id=listing.id,
        reservation_id=kept.id,
        sku=listing.sku,
        title=listing.name,
        unit=listing.unit,
        quantity=wish.quantity,
        unit_price=listing.sale_price,
        unit_supply=listing.supply_price,
        amount=wish.amount,
        county_code=listing.county_code,
        county_name=offer.county.name,
        tax_rate=listing.tax_rate,
        dispatch_hours=listing.dispatch_hours,
        terms=terms_of(listing, kept.held_at),
        designations=list(evidence.designations),
        claim_hours=category(listing.category).claim_hours,
        is_returnable=order.organisation_id is None and queries.is_returnable(listing),
        eligibility=eligibility,
        eligibility_hash=hashlib.sha256(canonical(eligibility).encode()).hexdigest(),
    )


def _hold_ends(w: Work, wanted: Placement) -> datetime | None:
    config = w.tools.config
    if wanted.on_account:
        return None
    if wanted.tender is Tender.CARD:
        return w.now + timedelta(minutes=config.card_hold_minutes)
    return calendar().plus(w.now, config.transfer_hold_workdays)
