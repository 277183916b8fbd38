"""Makers of invoices: asked → the supplier's file → counted; files like the tax service's."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from marketplace.catalog.models import Listing
from marketplace.invoices import queries, rules, service
from marketplace.invoices.models import Invoice, InvoiceRequest
from marketplace.kernel.clock import local_day
from marketplace.kernel.money import ZERO, Money
from marketplace.orders.models import Order
from marketplace.orders.states import TitleKind
from tests.makers.orders import a_purchase, paid, the_order

if TYPE_CHECKING:
    from tests.fixtures import People

PERSON = rules.Title(TitleKind.PERSON, "示例买家")
_SERIAL = count(1)


def a_number(year: int = 2026) -> str:
    """A number that no other invoice has: year, region, channel, sequence."""
    return f"{year % 100:02d}652{next(_SERIAL):015d}"


def an_xml(said: Mapping[str, str], *items: tuple[str, str, str, str]) -> bytes:
    """An invoice of these fields (by the words of fapiao.toml) and (name, rate, net, tax) lines."""
    remark = f"<AdditionalInformation><Remark>{escape(said.get('remark', ''))}</Remark>"
    lines = "".join(
        f"<IssuItemInformation><ItemName>{escape(name)}</ItemName><Quantity>2</Quantity>"
        f"<Amount>{net}</Amount><TaxRate>{rate}</TaxRate><ComTaxAm>{tax}</ComTaxAm>"
        "</IssuItemInformation>"
        for name, rate, net, tax in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<EInvoice><Header><EIid>{said['number']}</EIid></Header><EInvoiceData>"
        f"<SellerInformation><SellerIdNum>{said['seller_code']}</SellerIdNum>"
        f"<SellerName>{escape(said['seller_name'])}</SellerName></SellerInformation>"
        f"<BuyerInformation><BuyerIdNum>{said['buyer_code']}</BuyerIdNum>"
        f"<BuyerName>{escape(said['buyer_name'])}</BuyerName></BuyerInformation>"
        f"<BasicInformation><TotalAmWithoutTax>{said['net']}</TotalAmWithoutTax>"
        f"<TotalTaxAm>{said['tax']}</TotalTaxAm>"
        f"<TotalTax-includedAmount>{said['amount']}</TotalTax-includedAmount></BasicInformation>"
        f"{lines}{remark}</AdditionalInformation></EInvoiceData>"
        f"<TaxSupervisionInfo><InvoiceNumber>{said['number']}</InvoiceNumber>"
        f"<IssueTime>{said['issued_on']} 10:00:00</IssueTime></TaxSupervisionInfo></EInvoice>"
    ).encode()


def an_invoice_of(
    people: People,
    request: InvoiceRequest,
    amount: Money | None = None,
    *,
    blue: str = "",
    **changes: str,
) -> bytes:
    """Free of tax, of everything that is still to be invoiced unless told otherwise."""
    worth = (request.wanted - request.invoiced if amount is None else amount).yuan
    said = {
        "number": a_number(),
        "issued_on": local_day(people.runtime.clock.now()).isoformat(),
        "seller_name": request.supplier.legal_name,
        "seller_code": request.supplier.credit_code or "",
        "buyer_name": request.title_name,
        "buyer_code": request.title_code,
        "net": worth,
        "tax": "0.00",
        "amount": worth,
        "remark": f"被红冲蓝字数电票号码：{blue} 红字发票信息确认单编号：示例" if blue else "",
        **changes,
    }
    return an_xml(said, ("*水果*示例香瓜", "免税", said["net"], said["tax"]))


def the_request(people: People, order: Order) -> InvoiceRequest:
    """The one live request of an order, as it is now."""
    with people.runtime.reading() as session:
        (found,) = queries.live_requests(session, order.id).values()
        return queries.row(session, found.id)


def asked(people: People, order: Order, title: rules.Title = PERSON) -> InvoiceRequest:
    """By the employee who bought it, to a title of his."""
    with people.runtime.work(people.actor("employee")) as w:
        known = service.add_title(w, title, is_default=False)
        service.ask(w, order.id, known.id)
    return the_request(people, order)


def a_paid_order(people: People, listing: Listing) -> Order:
    return the_order(people, paid(people, a_purchase(people, listing)))


def entered(
    people: People,
    request: InvoiceRequest,
    data: bytes,
    *,
    who: str = "supplier",
    on_behalf: str = "",
    typed: rules.Fapiao | None = None,
) -> Invoice:
    """Handed in by the supplier, as the page does it."""
    given = service.received(
        people.runtime.tools.storage,
        service.HandedIn("示例发票.xml", data, fapiao=typed, on_behalf=on_behalf),
    )
    with people.runtime.work(people.actor(who)) as w:
        return service.enter(w, request.id, given)


def issued(people: People, order: Order) -> tuple[InvoiceRequest, Invoice]:
    """Asked by the employee, invoiced whole."""
    request = asked(people, order)
    invoice = entered(people, request, an_invoice_of(people, request))
    return the_request(people, order), invoice


def reddened(people: People, request_id: uuid.UUID, blue: Invoice, amount: Money = ZERO) -> Invoice:
    """A red invoice of this much, else of the whole blue one."""
    with people.runtime.reading() as session:
        request = queries.row(session, request_id)
    worth = -(amount or blue.amount)
    return entered(people, request, an_invoice_of(people, request, worth, blue=blue.number))
