"""Keeping the addresses of a person."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import update

from marketplace.events import AddressForgotten
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid
from marketplace.orders import queries, rules
from marketplace.orders.models import Address, Purchase
from marketplace.regions import queries as regions
from marketplace.work import Work

BUYERS = frozenset({Role.EMPLOYEE, Role.UNION_BUYER})
SHORTEST_STREET = 2  # signs; below it a carrier finds nobody
MOST_FORGOTTEN = 100  # in one unit of work; the next one goes on
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


@dataclass(frozen=True, slots=True)
class NewAddress:
    """Where goods go; `county` is a name or a division code."""

    recipient: str
    mobile: str
    county: str
    street: str
    is_default: bool = False


def add_address(w: Work, given: NewAddress) -> Address:
    """Keep an address of the actor; the first one becomes the usual one.

    Raises Forbidden, Invalid (address_incomplete, street_unclear, mobile_malformed,
    county_unknown, county_ambiguous, county_too_wide).
    """
    if not w.actor.roles & BUYERS:
        raise Forbidden
    for field, text in (("recipient", given.recipient), ("street", given.street)):
        if not text.strip() or len(text) > 200:
            raise Invalid("address_incomplete", field=field)
    street = given.street.strip()
    if len(street) < SHORTEST_STREET or not any(sign.isalpha() for sign in street):
        raise Invalid("street_unclear", field="street", value=street)
    if not _MOBILE.fullmatch(given.mobile):
        raise Invalid("mobile_malformed", field="mobile", value=given.mobile)
    is_first = not queries.addresses(w.session, w.actor)
    address = Address(
        person_id=w.actor.person_id,
        recipient=given.recipient.strip(),
        mobile=given.mobile,
        county_code=regions.the_destination(w.session, given.county).code,
        street=street,
        is_default=False,
        consent=rules.CONSENT,
        consented_at=w.now,
    )
    w.session.add(address)
    w.record("add", address, consent=address.consent)
    return make_default(w, address.id) if given.is_default or is_first else address


def change_address(w: Work, address_id: uuid.UUID, given: NewAddress) -> Address:
    """Keep a new one in its place. Raises as add_address, and Missing."""
    old = queries.own_address(w.session, w.actor, address_id)
    made = add_address(w, replace(given, is_default=given.is_default or old.is_default))
    remove_address(w, old.id)
    return made


def remove_address(w: Work, address_id: uuid.UUID) -> None:
    """Offer it no more; the usual one leaves its place to the next. Raises Missing."""
    address = queries.own_address(w.session, w.actor, address_id)
    address.removed_at = w.now
    w.record("remove", address)
    others = queries.addresses(w.session, w.actor)
    if address.is_default and others:
        make_default(w, others[0].id)


def forget_addresses(w: Work) -> int:
    """Take out who got what, and removed addresses, when they were kept long enough; answers how
    many, 0 once nothing is left. By the system; counties stay for the figures."""
    until = w.now - timedelta(days=w.tools.config.address_days)
    done = queries.done_before(w.session, until, most=MOST_FORGOTTEN)
    for purchase_id in done:
        purchase = w.session.get_one(Purchase, purchase_id)
        purchase.deliver_to = rules.forgotten(purchase.deliver_to)
        purchase.forgotten_at = w.now
        w.record("forget_address", purchase)
        w.announce(AddressForgotten(w.now, purchase_id))
    removed = queries.removed_before(w.session, until, most=MOST_FORGOTTEN)
    for address in removed:
        address.recipient = address.mobile = address.street = ""
        address.forgotten_at = w.now
        w.record("forget", address)
    return len(done) + len(removed)


def make_default(w: Work, address_id: uuid.UUID) -> Address:
    """Offer this address first from now on. Raises Missing."""
    address = queries.own_address(w.session, w.actor, address_id)
    w.session.execute(
        update(Address).where(Address.person_id == w.actor.person_id).values(is_default=False)
    )
    address.is_default = True
    w.record("make_default", address)
    return address
