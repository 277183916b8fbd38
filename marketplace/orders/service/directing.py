"""Organisations pay each supplier's own account: asked order by order, confirmed by him."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from marketplace.accounts import service as notices
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Missing, Refused, SamePerson, WrongState
from marketplace.kernel.money import Money
from marketplace.orders import queries, rules
from marketplace.orders.models import Delivery, Order, Purchase
from marketplace.orders.service.undoing import cancelled, owe_rest
from marketplace.orders.states import ORDER, DeliveryState
from marketplace.payments import queries as paid
from marketplace.payments import service as payments
from marketplace.payments.models import Payment, Refund
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.states import AccountState
from marketplace.work import Work, move

ENDS_REFUND = frozenset({Role.UNION_BUYER, Role.MANAGER})


def ask(w: Work, purchase: Purchase, orders: Sequence[Order]) -> None:
    """One payment for each order, to the account that is confirmed now. Raises Refused
    supplier_without_account."""
    for order in orders:
        pay_to = _account(w, order.supplier_id)
        payments.open_direct(w, purchase.id, order.id, order.goods + order.freight, pay_to)


def confirm_receipt(w: Work, order_id: uuid.UUID, amount: Money, bank_ref: str) -> Payment:
    """The money of an order is on its supplier's account, exactly; by his staff.

    Raises Missing, Forbidden, SamePerson, Invalid (bank_ref_…), Refused (amount_differs,
    bank_ref_used, payment_void), WrongState.
    """
    order = queries.row(w.session, order_id)
    payments.lock(w, order.purchase_id)
    _as_supplier(w, order)
    payment = paid.of_order(w.session, order.purchase_id, order.id)
    if payment is None or not order.purchase.is_direct:
        raise Missing(order_id=order_id)
    return payments.settle_direct(w, payment.id, amount, bank_ref)


def send_refund(w: Work, refund_id: uuid.UUID, bank_ref: str) -> Refund:
    """The supplier has given money of an order back; by his staff. Raises as confirm_receipt."""
    _as_supplier(w, _order_of(w, refund_id))
    return payments.send_refund(w, refund_id, bank_ref)


def confirm_refund(w: Work, refund_id: uuid.UUID) -> Refund:
    """It has arrived: by the organisation's buyer, or by a manager; not by one of those who say
    that they sent it. Raises Missing, Forbidden, SamePerson, WrongState."""
    _as_receiver(w, _order_of(w, refund_id))
    return payments.confirm_refund(w, refund_id)


def contest_refund(w: Work, refund_id: uuid.UUID, reason: str) -> Refund:
    """What the supplier says that he sent is not there, or not under this number: he owes it as
    before. Raises as `confirm_refund`, and Invalid."""
    order = _order_of(w, refund_id)
    _as_receiver(w, order)
    told = rules.reason(reason)
    refund = payments.contest_refund(w, refund_id, told)
    notices.notify(
        w,
        order.supplier.organisation_id,
        "refund_contested",
        {"number": order.number, "amount": str(refund.amount), "reason": told},
        at=("orders.show", {"order_id": str(order.id)}),
    )
    return refund


def unpay(w: Work, order_id: uuid.UUID, reason: str) -> Order:
    """Undo a receipt that a supplier confirmed by mistake, while nothing has left: the order is
    called off, and nothing goes back because nothing had come. By a manager on neither side.

    Raises Missing, Forbidden, SamePerson, WrongState, Invalid, Refused already_refunded.
    """
    payments.lock(w, queries.row(w.session, order_id).purchase_id)
    order = queries.row(w.session, order_id, for_change=True)
    _may_unpay(w, order)
    told = rules.reason(reason)
    move(w, ORDER, order, "unpay", reason=told)
    order.cancelled_at, order.cancel_reason = w.now, told
    refund = owe_rest(w, order)
    w.announce(cancelled(w, order, was_paid=True))
    payments.undo_refund(w, refund.id, told)
    return order


def _may_unpay(w: Work, order: Order) -> None:
    if not order.purchase.is_direct:
        raise Missing(order_id=order.id)
    ORDER.after(order.state, "unpay", w.actor.roles)
    if queries.is_on_a_side(w.actor, order):
        raise SamePerson
    delivery = w.session.get_one(Delivery, order.delivery_id)
    if delivery.state is not DeliveryState.WAITING:
        raise WrongState(verb="unpay", state=delivery.state)
    if order.refunded:  # a part of it went back, so it had come
        raise Refused("already_refunded", number=order.number)


def _account(w: Work, supplier_id: uuid.UUID) -> dict[str, str]:
    """Where the supplier is paid at this instant: a change that waits or rests stops it."""
    found = suppliers.account_in(w.session, supplier_id, AccountState.CONFIRMED)
    if found is None or not suppliers.is_paid(w.session, supplier_id, w.now):
        supplier = w.session.get_one(Supplier, supplier_id)
        raise Refused("supplier_without_account", supplier=supplier.legal_name)
    return {
        "holder": found.holder,
        "bank": found.bank,
        "branch": found.branch,
        "number": found.number,
    }


def _order_of(w: Work, refund_id: uuid.UUID) -> Order:
    """The order of a refund, its payment held. Raises Missing."""
    refund = paid.refund(w.session, refund_id).refund
    order = queries.row(w.session, refund.order_id)
    payments.lock(w, order.purchase_id)
    return order


def may_end_refund(roles: AbstractSet[Role]) -> bool:
    """Whether one with these roles says of a refund that it arrived; those who send it do not."""
    return bool(roles & ENDS_REFUND) and Role.SUPPLIER_STAFF not in roles


def _as_receiver(w: Work, order: Order) -> None:
    roles = queries.roles_for(w.actor, order)
    if not (roles | w.actor.roles & {Role.MANAGER}) & ENDS_REFUND:
        _not_his(w, order)
    if Role.SUPPLIER_STAFF in roles:
        raise SamePerson


def _as_supplier(w: Work, order: Order) -> None:
    """Raises Missing to those whom the order does not concern, Forbidden to its buyers."""
    if Role.SUPPLIER_STAFF not in queries.roles_for(w.actor, order):
        _not_his(w, order)


def _not_his(w: Work, order: Order) -> None:
    raise Forbidden if queries.roles_for(w.actor, order) else Missing(order_id=order.id)
