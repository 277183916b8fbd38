"""Phrases of paying by card: what the buyer, the gateway and the manager do."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.kernel.actor import Actor
from marketplace.orders import service as orders
from marketplace.orders.models import Order, Purchase
from marketplace.payments import queries, service
from marketplace.payments.models import Discrepancy, Payment, PaymentOperation, Refund, Tender
from marketplace.payments.states import OperationKind
from tests.fixtures import People
from tests.makers.orders import a_purchase, the_order, the_payment
from tests.payments.standin import Standin

BACK = "https://shop.example/back"


@dataclass
class Sale:
    """One purchase by card and what became of it."""

    people: People
    standin: Standin
    purchase: Purchase
    numbers: list[str] = field(default_factory=list)

    @property
    def payment(self) -> Payment:
        return the_payment(self.people, self.purchase)

    @property
    def order(self) -> Order:
        return the_order(self.people, self.purchase)

    @property
    def payer(self) -> Actor:
        return Actor(self.purchase.buyer_id, "")

    def begin(self) -> str:
        """The buyer clicks; answers the number of the page to which he is sent."""
        address = service.pay(self.people.runtime, self.payer, self.payment.id, back=BACK)
        return address.rpartition("/")[2]

    def take(self) -> str:
        """He pays there, and nobody has told us yet; answers the number of the money."""
        return self.standin.pay(self.begin())

    def settle(self) -> str:
        """The same, and the gateway's word is heard."""
        money = self.take()
        service.look(self.people.runtime, self.payment.id)
        return money

    def cancel(self) -> Refund:
        """Paid and called off: the money is owed back."""
        with self.people.runtime.work(self.people.actor("employee")) as w:
            orders.cancel(w, self.order.id, "示例：不要了")
        with self.people.runtime.reading() as session:
            (found,) = queries.refunds_of(session, self.order.id)
        return found

    def lapse(self) -> None:
        with self.people.runtime.work() as w:
            orders.lapse_due(w)

    def operations(self, kind: OperationKind) -> list[PaymentOperation]:
        with self.people.runtime.reading() as session:
            found = queries.operations_of(session, self.payment.id)
        return [one for one in found if one.kind is kind]


def a_sale(people: People, standin: Standin, listing: Listing) -> Sale:
    """Two pieces by card, placed and not paid."""
    return Sale(people, standin, a_purchase(people, listing, tender=Tender.CARD))


def tell(app: Flask | FlaskClient, standin: Standin, body: bytes, **signing: object) -> int:
    """The gateway posts an event, from nowhere a browser would; answers the status."""
    client = app if isinstance(app, FlaskClient) else app.test_client()
    headers = standin.signed(body, **signing)  # type: ignore[arg-type]  # named by the caller
    return client.post("/payments/gateway", data=body, headers=headers).status_code


def discrepancies(people: People) -> list[str]:
    with people.runtime.reading() as session:
        return sorted(session.scalars(select(Discrepancy.kind)).all())
