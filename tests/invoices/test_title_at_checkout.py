"""A title chosen while buying: frozen with the purchase, asked for once it is paid."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.invoices import rules, service
from marketplace.invoices.models import InvoiceRequest
from marketplace.kernel.errors import Missing
from marketplace.orders import service as orders
from marketplace.orders.models import InvoiceTitle, Purchase
from marketplace.orders.states import TitleKind
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.invoices import PERSON
from tests.makers.orders import a_placement, a_purchase, an_address, paid
from tests.makers.suppliers import an_approved_supplier
from tests.orders.test_buying_pages import hidden, submit


def a_title(people: People, who: str, title: rules.Title) -> InvoiceTitle:
    with people.runtime.work(people.actor(who)) as w:
        return service.add_title(w, title, is_default=True)


def test_a_title_chosen_while_buying_is_asked_for_once_it_is_paid(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """P5, P18: as it was then, one's own alone, and not before the money."""
    an_approved_supplier(people)
    goods = a_listing(people)
    mine = a_title(people, "employee", PERSON)
    theirs = a_title(people, "employee", rules.Title(TitleKind.PERSON, "示例家人"))
    with people.runtime.work() as w:
        stranger = w.session.get_one(InvoiceTitle, theirs.id)
        stranger.person_id = people.ids["union_buyer"]
    address = an_address(people)
    buyer = people.actor("employee")
    with pytest.raises(Missing), people.runtime.work(buyer) as w:
        orders.place(w, a_placement(address, goods, title_id=theirs.id))
    with people.runtime.work(buyer) as w:
        orders.put(w, goods.id, 2)
    client = client_as("employee")
    page = client.get("/checkout").text
    assert "示例买家" in page
    assert "示例家人" not in page
    form = hidden(client) | {"tender": "transfer", "invoice_title": "1"}
    assert submit(client, form, address.id).status_code == 422
    form |= {"invoice_title": str(mine.id), "no_return": "y"}
    assert submit(client, form, address.id).status_code == 303
    with people.runtime.reading() as session:
        (chosen,) = session.scalars(select(Purchase))
    plain = a_purchase(people, goods)
    with people.runtime.work(buyer) as w:
        service.drop_title(w, mine.id)
    asked = select(InvoiceRequest)
    with people.runtime.reading() as session:
        assert session.scalars(asked).all() == []
    paid(people, chosen)
    paid(people, plain)
    with people.runtime.reading() as session:
        (request,) = session.scalars(asked)
    assert (request.title_name, request.title_code) == ("示例买家", "")
    assert request.wanted == chosen.total
