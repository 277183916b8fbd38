"""Titles, requests and invoices at each stage of theirs, made through the services."""

from __future__ import annotations

import uuid

from marketplace.invoices import rules, service
from marketplace.kernel.clock import local_day
from marketplace.orders import queries as orders
from marketplace.orders.states import TitleKind
from tests.fixtures import People
from tests.makers.invoices import a_number, an_invoice_of, asked, entered, the_request

NAME = "甲家专有 抬头"
OFFICE = {"seller_name": "甲家专有 税务局", "seller_code": "1"}


def invoice(people: People, things: dict[str, str]) -> None:
    """Of completed orders of the employee: asked for, invoiced, and waiting for a manager."""
    for name, who, said in (
        ("title", "employee", NAME),
        ("second_title", "employee", f"{NAME}二"),
        ("other_title", "other_employee", "示例外人"),
    ):
        with people.runtime.work(people.actor(who)) as w:
            title = rules.Title(TitleKind.PERSON, said)
            things[name] = str(service.add_title(w, title, is_default=False).id)
    for name, stage in (("asked", "draft"), ("invoiced", "issued"), ("waiting", "disputed")):
        _request(people, things, name, uuid.UUID(things[f"{stage}_settled_order"]))
    things["today"] = local_day(people.runtime.clock.now()).isoformat()
    things["fresh_number"] = a_number()


def _request(people: People, things: dict[str, str], name: str, order_id: uuid.UUID) -> None:
    with people.runtime.reading() as session:
        order = orders.row(session, order_id)
    request = asked(people, order, rules.Title(TitleKind.PERSON, NAME))
    things[f"{name}_request"] = str(request.id)
    things[f"{name}_amount"] = request.wanted.yuan
    things[f"{name}_request_order"] = str(order.id)
    if name == "invoiced":
        made = entered(people, request, an_invoice_of(people, request))
        things["invoice"] = str(made.id)
        things["invoice_number"] = made.number
    if name == "waiting":
        file = an_invoice_of(people, the_request(people, order), **OFFICE)
        things["waiting_invoice"] = str(entered(people, request, file, on_behalf="示例").id)
