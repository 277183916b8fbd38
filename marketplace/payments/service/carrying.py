"""Speaking with the gateway: between units of work, never inside one.

Every movement has three steps: write down what is going to be asked (operating), ask, write down
what was said (noting). Whoever dies in between leaves an operation without an end, which the
reconciliation settles.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Refused
from marketplace.payments import queries
from marketplace.payments.models import Payment, PaymentOperation
from marketplace.payments.service import noting, operating
from marketplace.payments.states import OperationKind, OperationState, PaymentState
from marketplace.ports.payments import (
    Charge,
    GatewayDown,
    GatewayEvent,
    GatewayRefused,
    Wish,
)
from marketplace.work import Tools, Work

log = logging.getLogger(__name__)
T = TypeVar("T")


class Between(Protocol):
    """What opens units of work, with the outside world beside it: a runtime, or a worker's hand."""

    @property
    def tools(self) -> Tools: ...
    def reading(self) -> AbstractContextManager[Session]: ...
    def work(self, actor: Actor = SYSTEM) -> AbstractContextManager[Work]: ...
    def again(self, call: Callable[[], T]) -> T: ...


def pay(between: Between, payer: Actor, payment_id: uuid.UUID, *, back: str) -> str:
    """Take the money of a payment by card. Answers where the payer must go for it; empty when it
    is paid. `back` is where the gateway's page sends him afterwards.

    Raises Missing, Refused (card_declined, payment_void, amount_differs, payment_in_question),
    GatewayDown.
    """
    operation = _begun(between, payer, payment_id)
    if operation is not None and operation.provider_ref:
        # opened before: the answer to its key is as old as it, so ask how it stands now
        noted = _noted(between, between.tools.card.charge(operation.provider_ref))
        if noted is None or noted.state is not OperationState.FAILED:
            return _outcome(between, noted)
        operation = _begun(between, payer, payment_id)
    if operation is None:
        return ""
    wish = _wish(between, operation, back)
    charge = _asked(between, operation, lambda: between.tools.card.open_charge(wish))
    return _outcome(between, _noted(between, charge))


def look(between: Between, payment_id: uuid.UUID) -> None:
    """Ask how the charge stands that is under way for a payment, and write it down. Raises
    GatewayDown."""
    with between.reading() as session:
        operation = queries.charge_under_way(session, payment_id)
    if operation is not None and operation.provider_ref:
        _noted(between, between.tools.card.charge(operation.provider_ref))


def give_back(between: Between, manager: Actor, refund_id: uuid.UUID) -> bool:
    """Send the money of a refund back to its card; False while it is still on its way.

    Raises Missing, Forbidden, SamePerson, Refused card_refund_declined, GatewayDown.
    """

    def begin() -> PaymentOperation | None:
        with between.work(manager) as w:
            return operating.begin_refund(w, refund_id)

    operation = between.again(begin)
    if operation is None:
        return True
    try:
        return carry(between, operation.id) is OperationState.DONE
    except GatewayRefused as fault:
        raise Refused("card_refund_declined") from fault


def carry(between: Between, operation_id: uuid.UUID) -> OperationState:
    """Have the gateway give back what an operation says; safe to repeat while its key lives.

    Raises GatewayDown, GatewayRefused.
    """
    with between.reading() as session:
        operation, charge = queries.giving_back_with_charge(session, operation_id)
    if operation.state not in queries.UNDER_WAY:
        return operation.state
    key = str(operation.id)
    given = _asked(
        between,
        operation,
        lambda: between.tools.card.refund(
            charge.money_ref or "", operation.amount, reference=key, key=key
        ),
    )

    def noted() -> OperationState:
        with between.work() as w:
            noting.note_given(w, operation.id, given)
            return w.session.get_one(PaymentOperation, operation.id).state

    return between.again(noted)


def hear(between: Between, event: GatewayEvent) -> None:
    """The gateway sent an event: look at its charge anew; what the event itself says is not
    believed. Raises GatewayDown, then it is sent again."""
    if not event.about:
        return
    with between.reading() as session:
        if queries.is_known(session, event.id):
            return
    charge = between.tools.card.charge(event.about)

    def noted() -> None:
        with between.work() as w:
            if noting.take_event(w, event):
                noting.note(w, charge)

    between.again(noted)


def settle(between: Between, operation_id: uuid.UUID) -> None:
    """Find out how an operation ended that nobody saw end. Raises GatewayDown, GatewayRefused."""
    with between.reading() as session:
        operation = session.get_one(PaymentOperation, operation_id)
    if operation.kind is OperationKind.CHARGE:
        if operation.provider_ref:
            _noted(between, between.tools.card.charge(operation.provider_ref))
        return  # without a number it is found on the gateway's list, or given up after that
    with between.reading() as session:
        _, charge = queries.giving_back_with_charge(session, operation_id)
    _noted(between, between.tools.card.charge(charge.provider_ref or ""))


def _begun(between: Between, payer: Actor, payment_id: uuid.UUID) -> PaymentOperation | None:
    """The operation for the very amount that is asked; one for another amount is ended first."""

    def begin() -> PaymentOperation | None:
        with between.work(payer) as w:
            return operating.begin_charge(w, payment_id)

    operation = between.again(begin)
    with between.reading() as session:
        asked = session.get_one(Payment, payment_id).amount
    if operation is None or operation.amount == asked:
        return operation
    _close(between, operation)
    return between.again(begin)


def _close(between: Between, operation: PaymentOperation) -> None:
    """So that nobody pays an amount any more that is not asked any more."""
    if not operation.provider_ref:  # never heard of: its page, should there be one, was never shown
        with between.work() as w:
            operating.give_up(w, operation.id, "the amount changed")
        return
    _noted(between, between.tools.card.close_charge(operation.provider_ref))


def _asked(between: Between, operation: PaymentOperation, ask: Callable[[], T]) -> T:
    """The gateway's answer; no answer leaves the operation unknown, a clear no ends it."""
    try:
        return ask()
    except GatewayDown:
        with between.work() as w:
            operating.doubt(w, operation.id)
        raise
    except GatewayRefused as fault:
        reason = str(fault.data.get("reason", ""))
        between.again(lambda: _given_up(between, operation.id, reason))
        raise


def _given_up(between: Between, operation_id: uuid.UUID, reason: str) -> None:
    with between.work() as w:
        operating.give_up(w, operation_id, reason)


def _noted(between: Between, charge: Charge) -> PaymentOperation | None:
    """On the gateway's word, so it is the system that writes it down; alone, so that whatever else
    a request met does not undo it."""

    def once() -> PaymentOperation | None:
        with between.work() as w:
            return noting.note(w, charge)

    return between.again(once)


def _outcome(between: Between, noted: PaymentOperation | None) -> str:
    """What the payer is told of a charge that was just written down."""
    if noted is None:
        raise Refused("payment_in_question")
    if noted.state is OperationState.OPEN:
        return noted.send_to
    with between.reading() as session:
        payment = session.get_one(Payment, noted.payment_id)
        operation = session.get_one(PaymentOperation, noted.id)
        owed = queries.return_of(session, noted.id)
    if operation.state is OperationState.FAILED:
        raise Refused("card_declined")
    if owed is None:
        return ""
    try:
        carry(between, owed.id)
    except (GatewayDown, GatewayRefused):  # the worker carries it
        log.warning("money that nobody needs goes back later", exc_info=True)
    if payment.state is PaymentState.VOID:
        raise Refused("payment_void", reference=payment.reference)
    raise Refused("amount_differs", typed=str(operation.amount), asked=str(payment.amount))


def _wish(between: Between, operation: PaymentOperation, back: str) -> Wish:
    with between.reading() as session:
        title = session.get_one(Payment, operation.payment_id).reference
    return Wish(
        reference=str(operation.id),
        amount=operation.amount,
        title=title,
        expires_at=operation.expires_at or operation.asked_at,
        back=back,
        key=str(operation.id),
    )
