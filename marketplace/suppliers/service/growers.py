"""Growers for whom a trading firm sells on commission: named, and let go."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select, update

from marketplace.kernel.credit_code import compact
from marketplace.kernel.errors import Invalid, Missing, Refused, WrongState
from marketplace.regions import queries as regions
from marketplace.suppliers import rules
from marketplace.suppliers.models import Grower, Supplier
from marketplace.suppliers.service.standing import reckon
from marketplace.suppliers.service.whose import own_of
from marketplace.suppliers.states import ApplicationStep, GrowerKind, GrowerLink, SupplierKind
from marketplace.work import Work

MOST = 500  # growers of one firm


@dataclass(frozen=True, slots=True)
class NamedGrower:
    """What a trading firm says of one grower; `county` is a name or a division code."""

    name: str
    kind: GrowerKind
    county: str
    link: GrowerLink
    agreement: str
    credit_code: str = ""


def name_grower(w: Work, supplier_id: uuid.UUID, named: NamedGrower) -> Grower:
    """Add somebody for whom the firm sells.

    Raises Invalid, Refused (named already), WrongState (no trading firm, or not now).
    """
    supplier = _trader(w, supplier_id)
    code = compact(named.credit_code) or None
    if code:
        rules.check_growers_code(code, named.kind)
    elif named.kind is not GrowerKind.FARMER:
        raise Invalid("grower_code_missing", field="credit_code")
    county = regions.the_county(w.session, named.county)
    own = select(Grower).where(Grower.supplier_id == supplier.id, Grower.ended_at.is_(None))
    known = w.session.scalars(own).all()
    if any((one.name, one.credit_code) == (named.name, code) for one in known):
        raise Refused("grower_named", field="name")
    if len(known) >= MOST:
        raise Refused("growers_enough", field="name", most=MOST)
    grower = Grower(
        supplier_id=supplier.id,
        name=named.name,
        kind=named.kind,
        credit_code=code,
        county_code=county.code,
        link=named.link,
        agreement=named.agreement,
        added_at=w.now,
        added_by=w.actor.person_id,
    )
    w.session.add(grower)
    w.record("name_grower", grower, name=grower.name, county=grower.county_code)
    reckon(w, supplier.id)
    return grower


def drop_grower(w: Work, grower_id: uuid.UUID) -> Grower:
    """The firm sells for them no more; the row stays for the record. Raises Missing, WrongState."""
    grower = w.session.get(Grower, grower_id)
    if grower is None:
        raise Missing(grower_id=grower_id)
    _trader(w, grower.supplier_id)
    ended = w.session.execute(
        update(Grower)
        .where(Grower.id == grower_id, Grower.ended_at.is_(None))
        .values(ended_at=w.now, ended_by=w.actor.person_id)
        .returning(Grower.id)
    )
    if not ended.first():
        raise Missing(grower_id=grower_id)
    w.record("drop_grower", grower, name=grower.name)
    reckon(w, grower.supplier_id)  # without any, a trading firm sells nothing from now on
    return grower


def _trader(w: Work, supplier_id: uuid.UUID) -> Supplier:
    supplier = own_of(w, supplier_id)
    is_open = rules.is_open(ApplicationStep.GROWERS, supplier.state)
    if supplier.kind is not SupplierKind.TRADER or not is_open:
        raise WrongState(verb="name_grower", state=supplier.state)
    return supplier
