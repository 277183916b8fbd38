"""Order, acceptance and invoice side by side: of one order, of one purchase."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog_import import Cell, write_csv
from catalog_import.templates import plain_workbook
from marketplace.invoices import queries
from marketplace.invoices.forms import AskForm
from marketplace.invoices.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.money import total
from marketplace.orders import queries as orders
from marketplace.web import download, needs, now, page, reading, signed_in, someone
from marketplace.web.labels import state_label
from marketplace.web.pages import day, money
from marketplace.web.words import _

BUYING = (
    Role.EMPLOYEE,
    Role.UNION_BUYER,
    Role.UNION_APPROVER,
    Role.UNION_TREASURER,
    Role.MANAGER,
    Role.AUDITOR,
)
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/orders/<uuid:order_id>")
@signed_in
def order(order_id: uuid.UUID) -> ResponseReturnValue:
    actor = someone()
    form = AskForm()
    with reading() as session:
        way = queries.ways_of_order(session, actor, order_id, now())
        roles = orders.roles_for(actor, way.order)
        known = orders.titles(session, actor)
    form.offer(known)
    return page(
        "invoices/order.html",
        way=way,
        order=way.order,
        form=form,
        titles=known,
        is_suppliers=Role.SUPPLIER_STAFF in roles,
        is_own=way.order.organisation_id is None,
        can_ask=bool(roles & queries.BUYERS) and bool(way.due) and not way.requests,
    )


@pages.get("/purchases/<uuid:purchase_id>")
@needs(*BUYING)
def purchase(purchase_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        number, found = _ways(session, purchase_id)
    sums = [
        (_("已付"), money(total(way.paid for way in found))),
        (_("已退"), money(total(way.refunded for way in found))),
        (_("应开"), money(total(way.due for way in found))),
        (_("已开"), money(total(way.invoiced for way in found))),
    ]
    return page(
        "invoices/purchase.html",
        ways=found,
        number_of=number,
        purchase_id=purchase_id,
        sums=sums,
    )


@pages.get("/purchases/<uuid:purchase_id>/sheet.csv")
@needs(*BUYING)
def sheet(purchase_id: uuid.UUID) -> ResponseReturnValue:
    number, headings, rows = _cells(purchase_id)
    return download(write_csv(headings, rows), f"{_('三单核对')}-{number}.csv", CSV)


@pages.get("/purchases/<uuid:purchase_id>/sheet.xlsx")
@needs(*BUYING)
def book(purchase_id: uuid.UUID) -> ResponseReturnValue:
    number, headings, rows = _cells(purchase_id)
    made = plain_workbook(_("三单核对"), headings, rows)
    return download(made, f"{_('三单核对')}-{number}.xlsx", XLSX)


def _ways(session: Session, purchase_id: uuid.UUID) -> tuple[str, tuple[queries.Ways, ...]]:
    found = queries.ways_of_purchase(session, someone(), purchase_id, now())
    return found[0].order.purchase.number if found else "", found


def _cells(purchase_id: uuid.UUID) -> tuple[str, list[str], list[tuple[Cell, ...]]]:
    """Number of the purchase, headings, one row for each order."""
    with reading() as session:
        number, found = _ways(session, purchase_id)
    headings = [
        _("订单编号"), _("供应商"), _("商品（元）"), _("运费（元）"), _("已付（元）"),
        _("已退（元）"), _("验收日期"), _("已开票（元）"), _("发票号码"), _("差异"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            way.order.number, way.order.supplier.legal_name, way.order.goods.decimal,
            way.order.freight.decimal, way.paid.decimal, way.refunded.decimal,
            day(way.delivery.received_at), way.invoiced.decimal,
            " ".join(one.number for one in way.counted),
            "、".join(state_label(one) for one in way.differences),
        )
        for way in found
    ]  # fmt: skip
    return number, headings, rows
