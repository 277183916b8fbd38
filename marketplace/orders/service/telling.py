"""Telling buyers and suppliers about their orders: by SMS, to those whom it concerns, each once."""

from __future__ import annotations

import uuid

from marketplace.accounts import queries as accounts
from marketplace.kernel.actor import Role
from marketplace.orders import queries, rules
from marketplace.orders.models import Order, RecallNotice
from marketplace.ports.sms import Sms
from marketplace.suppliers.models import Supplier
from marketplace.work import Work


def tell_supplier(w: Work, supplier_id: uuid.UUID, text: str) -> None:
    """The supplier's contact."""
    w.send(Sms(w.session.get_one(Supplier, supplier_id).contact_mobile, text))


def tell_buyer(w: Work, order: Order, text: str) -> None:
    """Whoever may answer for the buyer: the person himself, or the union's present buyers."""
    for mobile in sorted(_of_buyer(w, order)):
        w.send(Sms(mobile, text))


def tell_recalled(w: Work, batch_id: uuid.UUID, words: str) -> int:
    """Everybody who got some of the batch, the recipient too; answers how many orders. An order
    that was told of is not told of again, and a phone hears of one batch once."""
    heard: set[str] = set()
    told = 0
    for order_id in queries.untold(w.session, batch_id):
        order = queries.row(w.session, order_id)
        w.session.add(RecallNotice(batch_id=batch_id, order_id=order_id, at=w.now))
        w.record("tell_recall", order, batch=str(batch_id))
        recipient = str(order.purchase.deliver_to["mobile"])
        for mobile in sorted({recipient, *_of_buyer(w, order)} - heard - {""}):
            w.send(Sms(mobile, rules.recall_text(order.number, words)))
            heard.add(mobile)
        told += 1
    return told


def _of_buyer(w: Work, order: Order) -> set[str]:
    purchase = order.purchase
    if purchase.organisation_id is None:
        person = accounts.person(w.session, purchase.buyer_id)
        known = [person] if person else []
    else:
        place = purchase.organisation_id
        known = list(accounts.holding(w.session, Role.UNION_BUYER, place, w.now))
    found = {person.mobile for person in known if person.mobile}
    # of a host's people we know no number but the one on the parcel
    return (found or {str(purchase.deliver_to["mobile"])}) - {""}
