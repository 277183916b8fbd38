"""Keeping the addresses of a person."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from sqlalchemy import update

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid
from marketplace.orders import queries
from marketplace.orders.models import Address
from marketplace.regions import queries as regions
from marketplace.work import Work

BUYERS = frozenset({Role.EMPLOYEE, Role.UNION_BUYER})
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

    Raises Forbidden, Invalid (county_unknown, county_ambiguous, mobile, street_missing …).
    """
    if not w.actor.roles & BUYERS:
        raise Forbidden
    for field, text in (("recipient", given.recipient), ("street", given.street)):
        if not text.strip() or len(text) > 200:
            raise Invalid("address_incomplete", field=field)
    if not _MOBILE.fullmatch(given.mobile):
        raise Invalid("mobile_malformed", field="mobile", value=given.mobile)
    is_first = not queries.addresses(w.session, w.actor)
    address = Address(
        person_id=w.actor.person_id,
        recipient=given.recipient.strip(),
        mobile=given.mobile,
        county_code=regions.the_county(w.session, given.county).code,
        street=given.street.strip(),
        is_default=False,
    )
    w.session.add(address)
    w.record("add", address)
    return make_default(w, address.id) if given.is_default or is_first else address


def make_default(w: Work, address_id: uuid.UUID) -> Address:
    """Offer this address first from now on. Raises Missing."""
    address = queries.own_address(w.session, w.actor, address_id)
    w.session.execute(
        update(Address).where(Address.person_id == w.actor.person_id).values(is_default=False)
    )
    address.is_default = True
    w.record("make_default", address)
    return address
