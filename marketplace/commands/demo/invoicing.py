"""What is invoiced: a union's suppliers in every way, people who ask, red ones after refunds."""

from __future__ import annotations

import uuid
from functools import partial
from xml.etree.ElementTree import Element, SubElement, tostring

from sqlalchemy import select

from marketplace.commands.demo.delivering import (
    MANAGER,
    orders_in,
    refund,
    staff_of,
)
from marketplace.commands.demo.stage import Stage
from marketplace.invoices import queries, rules, service
from marketplace.invoices.models import InvoiceRequest
from marketplace.invoices.states import RequestState
from marketplace.kernel.clock import local_day
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import queries as orders
from marketplace.orders import service as ordering
from marketplace.orders.models import Order
from marketplace.orders.states import TitleKind
from marketplace.purchasing.models import Plan

PLAN = "会员节日慰问（30 人）"
WHOLE, TAKEN, PART, ON_BEHALF = "huize", "jiashi", "zhashui", "sandu"
OFFICE = {"seller_name": "示例县税务局（代开机关）", "seller_code": "示例代开"}
SPOILT = "两箱果干受潮结块，商家同意整单退。"
REASON = "这批礼盒由示例村民委托税务所代开，税务所代开单见票面备注。"
FREE = "免税"


def plan(stage: Stage) -> None:
    """Days are working days before today, as everywhere in the script."""
    for supplier, day in ((TAKEN, 22), (WHOLE, 21)):
        stage.plan(day, "10:20", partial(_for_union, stage, supplier))
    stage.plan(20, "10:25", partial(_for_union, stage, PART, halved=True))
    stage.plan(2, "10:35", partial(_for_union, stage, ON_BEHALF, reason=REASON))
    stage.plan(17, "09:30", partial(_take, stage))
    stage.plan(9, "09:15", partial(_ask, stage, "demonstration-13", "he"))
    stage.plan(9, "16:40", partial(_issue, stage, "demonstration-13"))
    stage.plan(4, "09:25", partial(_redden, stage, "demonstration-13"))
    stage.plan(7, "09:15", partial(_ask, stage, "demonstration-25", "zhou"))
    stage.plan(6, "09:15", partial(_ask, stage, "demonstration-14", "lin"))
    stage.plan(5, "16:40", partial(_issue, stage, "demonstration-14"))
    stage.plan(2, "16:20", partial(_take_back_first, stage, "demonstration-14"))
    stage.plan(1, "15:55", partial(refund, stage, "demonstration-14"))
    stage.plan(1, "09:35", partial(_ask, stage, "demonstration-08", "he"))


def _for_union(stage: Stage, supplier: str, *, halved: bool = False, reason: str = "") -> None:
    with stage.runtime.reading() as session:
        found = session.scalars(
            select(Order)
            .join(Plan, Plan.purchase_id == Order.purchase_id)
            .where(Plan.title == PLAN, Order.supplier_id == stage.ids[f"supplier:{supplier}"])
        ).one()
    request = _request(stage, found.id)
    amount = Money(request.wanted.fen // 2) if halved else request.wanted
    data = _file(stage, request, amount, **(OFFICE if reason else {}))
    _hand_in(stage, request, data, reason)


def _take(stage: Stage) -> None:
    """The union's buyer has what the first supplier issued."""
    with stage.work("head-buyer") as w:
        own = InvoiceRequest.supplier_id == stage.ids[f"supplier:{TAKEN}"]
        asked = select(InvoiceRequest.id).where(own, InvoiceRequest.state == RequestState.ISSUED)
        service.decide(w, w.session.scalars(asked).one(), "deliver")


def _ask(stage: Stage, purchase: str, who: str) -> None:
    with stage.work(who) as w:
        title = rules.Title(TitleKind.PERSON, w.actor.name)
        title_id = service.add_title(w, title, is_default=True).id
        for order in orders.orders_of(w.session, stage.ids[purchase]):
            service.ask(w, order.id, title_id)


def _issue(stage: Stage, purchase: str) -> None:
    for order in orders_in(stage, purchase):
        request = _request(stage, order.id)
        _hand_in(stage, request, _file(stage, request, request.wanted))


def _take_back_first(stage: Stage, purchase: str) -> None:
    """Of the other order a claim waits."""
    with stage.work(MANAGER) as w:
        ordering.take_back(w, orders_in(stage, purchase)[0].id, SPOILT)


def _redden(stage: Stage, purchase: str) -> None:
    for order in orders_in(stage, purchase):
        request = _request(stage, order.id)
        with stage.runtime.reading() as session:
            (blue,) = queries.invoices_of(session, [request.id])
        remark = f"{rules.facts().blue_number[0]}：{blue.number}"
        data = _file(stage, request, -blue.amount, remark=remark)
        _hand_in(stage, request, data)


def _request(stage: Stage, order_id: uuid.UUID) -> InvoiceRequest:
    with stage.runtime.reading() as session:
        (found,) = queries.live_requests(session, order_id).values()
        return queries.row(session, found.id)


def _hand_in(stage: Stage, request: InvoiceRequest, data: bytes, reason: str = "") -> None:
    given = service.HandedIn(f"示例发票-{request.order.number}.xml", data, on_behalf=reason)
    put_by = service.received(stage.runtime.tools.storage, given)
    with stage.work(staff_of(stage, request.supplier_id)) as w:
        service.enter(w, request.id, put_by)


def _file(stage: Stage, request: InvoiceRequest, amount: Money, **changes: str) -> bytes:
    """As the tax authority's service would give it: by the places of fapiao.toml."""
    known, day = rules.facts(), local_day(stage.clock.now())
    with stage.runtime.reading() as session:
        line = orders.lines_of(session, request.order_id)[0]
    tax = _tax(amount, line.tax_rate)
    said = {
        "number": f"{day.year % 100:02d}00{uuid.uuid4().int % 10**16:016d}",
        "issued_on": day.isoformat(),
        "seller_name": request.supplier.legal_name,
        "seller_code": request.supplier.credit_code or "",
        "buyer_name": request.title_name,
        "buyer_code": request.title_code,
        "net": (amount - tax).yuan,
        "tax": tax.yuan,
        "amount": amount.yuan,
        **changes,
    }
    root = Element(known.root)
    for name, text in said.items():
        _put(root, known.fields[name], text)
    item = _put(root, known.items["path"], "")
    for name, text in (
        ("name", f"*农产品*{line.title}"),
        ("quantity", str(line.quantity)),
        ("rate", line.tax_rate or FREE),
        ("net", (amount - tax).yuan),
        ("tax", tax.yuan),
    ):
        SubElement(item, known.items[name]).text = text
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _tax(amount: Money, rate: str | None) -> Money:
    """What of an amount with tax is tax, rounded down; the rate is "13%", or words."""
    per_cent = int(rate[:-1]) if rate and rate[:-1].isdecimal() else 0
    tax = Money(abs(amount.fen) * per_cent // (100 + per_cent))
    return tax if amount > ZERO else -tax


def _put(root: Element, place: str, text: str) -> Element:
    """The text at a place below the root; what is on the way there is made once."""
    here = root
    for tag in place.split("/"):
        below = here.find(tag)
        here = SubElement(here, tag) if below is None else below
    here.text = text
    return here
