"""What is printed beside the shelf: one picking list over all orders, one packing slip for each."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from marketplace.adapters.printing import Column, Printed, as_pdf
from marketplace.kernel.actor import Role
from marketplace.orders import queries, service
from marketplace.orders.views.blueprint import pages
from marketplace.web import download, needs, now, reading, someone, work
from marketplace.web.pages import day, moment
from marketplace.web.words import _

PDF = "application/pdf"


@pages.get("/supplier/packing/picking.pdf")
@needs(Role.SUPPLIER_STAFF)
def picking_list() -> ResponseReturnValue:
    """Goods summed over the orders, without addresses."""
    with reading() as session:
        found = queries.packing(session, someone(), now(), masked=True)
    columns = (
        Column(_("货号"), 3), Column(_("品名"), 8), Column(_("件数"), 2, figures=True),
        Column(_("单位"), 2), Column(_("订单数"), 2, figures=True),
    )  # fmt: skip
    rows = [
        (one.sku, one.title, str(one.pieces), one.unit, str(one.orders))
        for one in queries.picked(found.orders)
    ]
    title = f"{_('拣货单')} {day(now())}"
    lead = _("%(supplier)s，%(n)s 个订单", supplier=found.supplier.legal_name, n=len(found.orders))
    made = as_pdf(title, [Printed(title, lead, columns, rows)])
    return download(made, f"{_('拣货单')}.pdf", PDF)


@pages.get("/supplier/packing/slips.pdf")
@needs(Role.SUPPLIER_STAFF)
def packing_slips() -> ResponseReturnValue:
    """With whole addresses; that somebody took them stands in the trail."""
    with work() as w:
        found = service.export_to_pack(w, most=queries.MOST_SLIPS)
    made = as_pdf(_("发货单"), [_slip(found, one) for one in found.orders] or [_nothing()])
    return download(made, f"{_('发货单')}.pdf", PDF)


def _slip(found: queries.Packing, one: queries.ToPack) -> Printed:
    to, sender = one.to, found.supplier
    columns = (
        Column(_("货号"), 3), Column(_("品名"), 8), Column(_("件数"), 2, figures=True),
        Column(_("单位"), 2), Column(_("批号"), 4),
    )  # fmt: skip
    rows = [
        (line.line.sku, line.line.title, str(line.left), line.line.unit, line.number)
        for line in one.lines
    ]
    label = (
        f"{to.recipient} {to.mobile}",
        f"{to.region} {to.street}",
        _("寄件：%(name)s %(mobile)s", name=sender.legal_name, mobile=sender.contact_mobile),
        one.order.number,
    )
    at = moment(one.order.paid_at)
    paid = _("付款 %(at)s", at=at) if at else _("验收后付款")
    return Printed(f"{_('发货单')} {one.order.number}", paid, columns, rows, label)


def _nothing() -> Printed:
    return Printed(_("没有要发的订单"), "", (Column("", 1),), ())
