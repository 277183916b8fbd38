"""What a supplier asks for sending goods, by groups of provinces."""

from __future__ import annotations

from collections.abc import Callable

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing
from marketplace.orders import queries
from marketplace.orders.forms import FreightForm
from marketplace.orders.views.blueprint import pages
from marketplace.regions import queries as regions
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers import service
from marketplace.suppliers.models import Supplier
from marketplace.web import back_to, needs, page, reading, someone, work
from marketplace.web.words import _


@pages.get("/supplier/freight")
@needs(Role.SUPPLIER_STAFF)
def freight() -> ResponseReturnValue:
    return _freight(lambda session: FreightForm.of(_own(session).tariff, _names(session)))


@pages.post("/supplier/freight")
@needs(Role.SUPPLIER_STAFF)
def set_freight() -> ResponseReturnValue:
    form = FreightForm()
    if not form.validate():
        return _freight(lambda _session: form, 422)
    with reading() as session:
        codes = {name: code for code, name in _names(session).items()}
        supplier_id = _own(session).id
    try:
        groups, rest = form.said(codes)
        with work() as w:
            service.set_freight(w, supplier_id, groups, rest)
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _freight(lambda _session: form, fault.status)
    return back_to("orders.freight", _("运费已改；从现在起的订单按新规则算，已经下的订单不变。"))


def _own(session: Session) -> Supplier:
    found = suppliers.own(session, someone())
    if found is None:
        raise Missing
    return found


def _names(session: Session) -> dict[str, str]:
    """Of provinces, by the first two digits of their codes."""
    return {one.code[:2]: one.name for one in regions.provinces(session)}


def _freight(form: Callable[[Session], FreightForm], status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        supplier = _own(session)
        return page(
            "orders/freight.html",
            status,
            form=form(session),
            tariff=supplier.tariff,
            versions=suppliers.tariffs(session, supplier.id),
            lacking=queries.weightless(session, supplier.id),
        )
