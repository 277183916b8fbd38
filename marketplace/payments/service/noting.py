"""Our books follow what the gateway says of a charge, in whatever order and however often it is
told. What differs from what was asked moves nothing: a manager is told."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from marketplace.events import DisputeEnded, DisputeOpened, ExcessReturned, ExcessTaken, PaidLate
from marketplace.kernel.money import ZERO, total
from marketplace.payments import queries, rules
from marketplace.payments.models import (
    Discrepancy,
    Dispute,
    GatewayNotice,
    Payment,
    PaymentOperation,
    Tender,
)
from marketplace.payments.service import bouncing, settling
from marketplace.payments.service.operating import owe_return
from marketplace.payments.states import (
    DISCREPANCY,
    DISPUTE,
    OPERATION,
    DiscrepancyKind,
    DiscrepancyState,
    DisputeState,
    OperationKind,
    OperationState,
    PaymentState,
)
from marketplace.ports.payments import (
    Charge,
    ChargeState,
    DisputeOutcome,
    DisputeTold,
    GatewayEvent,
    Given,
    GivenState,
)
from marketplace.work import Work, move

_K = DiscrepancyKind
_WITHOUT_MONEY = {ChargeState.OPEN: "open", ChargeState.FAILED: "fail"}


def take_event(w: Work, event: GatewayEvent) -> bool:
    """Whether the event is new; then it is known from this unit of work on, with its effect."""
    if w.session.get(GatewayNotice, event.id) is not None:
        return False
    w.session.add(
        GatewayNotice(id=event.id, kind=event.kind[:40], about=event.about, heard_at=w.now)
    )
    w.session.flush()
    return True


def note(w: Work, charge: Charge) -> PaymentOperation | None:
    """Bring our books to what the gateway says; the same again changes nothing. Answers the charge
    as we know it, None for one that is not ours or not as it was asked."""
    operation = _known(w, charge)
    if operation is None:
        return None
    operation.provider_ref = charge.provider_ref
    if charge.state is ChargeState.TAKEN:
        _taken(w, operation, charge)
    else:
        _without_money(w, operation, charge)
    for given in charge.given:
        _given(w, operation, given)
    for dispute in charge.disputes:
        _disputed(w, operation, dispute)
    return operation


def note_given(w: Work, operation_id: uuid.UUID, given: Given) -> None:
    """The gateway's answer to a question to give money back."""
    operation = w.session.get_one(PaymentOperation, operation_id)
    _given(w, w.session.get_one(PaymentOperation, operation.charge_id), given)


def accept_late(w: Work, operation_id: uuid.UUID) -> None:
    """Whoever keeps the goods has them back: the money that came late pays for them."""
    operation = w.session.get_one(PaymentOperation, operation_id)
    settling.settle_late(w, operation.payment_id, operation.money_ref or "", operation.amount)


def refuse_late(w: Work, operation_id: uuid.UUID) -> None:
    """The goods are gone: the money that came late goes back."""
    _excess(w, w.session.get_one(PaymentOperation, operation_id))


def report(
    w: Work, kind: DiscrepancyKind, provider_ref: str, *,
    payment_id: uuid.UUID | None = None, ours: str = "", theirs: str = "",
) -> None:  # fmt: skip
    """Tell the managers, once for each kind and number."""
    known = select(Discrepancy.id).where(
        Discrepancy.provider_ref == provider_ref, Discrepancy.kind == kind
    )
    if w.session.scalar(known) is not None:
        return
    found = Discrepancy(
        kind=kind, payment_id=payment_id, provider_ref=provider_ref,
        told={"ours": ours, "theirs": theirs}, seen_at=w.now,
    )  # fmt: skip
    w.session.add(found)
    w.record("report", found, to_state=DiscrepancyState.OPEN, kind=kind, ref=provider_ref)


def clear(w: Work, discrepancy_id: uuid.UUID, words: str) -> Discrepancy:
    """A manager looked into it and says what it was. Raises Missing, Forbidden, WrongState."""
    found = queries.discrepancy(w.session, discrepancy_id)
    move(w, DISCREPANCY, found, "clear", note=words)
    found.cleared_at, found.cleared_by, found.note = w.now, w.actor.person_id, words
    return found


def _known(w: Work, charge: Charge) -> PaymentOperation | None:
    """The charge as we asked for it; what differs is reported where money came."""
    operation = queries.charge_asked(w.session, charge.reference)
    card = w.tools.card
    is_taken = charge.state is ChargeState.TAKEN
    if operation is None or operation.gateway != card.name:
        if is_taken:
            report(w, _K.NO_ORDER, charge.provider_ref, theirs=str(charge.amount))
        return None
    if operation.provider_ref not in (None, charge.provider_ref):
        if is_taken:
            report(
                w, _K.CHARGE, charge.provider_ref, payment_id=operation.payment_id,
                ours=operation.provider_ref or "", theirs=charge.provider_ref,
            )  # fmt: skip
        return None
    differing = rules.differences(
        operation.amount, charge, account=card.account, is_live=card.is_live
    )
    for kind, (ours, theirs) in differing.items():
        report(
            w, kind, charge.provider_ref,
            payment_id=operation.payment_id, ours=ours, theirs=theirs,
        )  # fmt: skip
    return None if differing else operation


def _without_money(w: Work, operation: PaymentOperation, charge: Charge) -> None:
    verb = _WITHOUT_MONEY[charge.state]
    if operation.state not in OPERATION.steps[verb].sources:
        return
    move(w, OPERATION, operation, verb, ref=charge.provider_ref)
    operation.send_to = charge.send_to
    if charge.state is ChargeState.FAILED:
        operation.ended_at = w.now


def _taken(w: Work, operation: PaymentOperation, charge: Charge) -> None:
    """The money is there: for the payment if it waits for just this, else it goes back."""
    if operation.state is OperationState.DONE:
        return
    move(w, OPERATION, operation, "finish", ref=charge.provider_ref, money=charge.money_ref)
    operation.money_ref, operation.ended_at = charge.money_ref, w.now
    payment = w.session.get_one(Payment, operation.payment_id)
    if payment.state is PaymentState.AWAITING and payment.amount == operation.amount:
        settling.settle_card(w, payment.id, charge.money_ref, charged=charge.amount)
    elif payment.state is PaymentState.VOID and payment.amount == operation.amount:
        w.announce(PaidLate(w.now, operation.id, payment.id, payment.purchase_id, operation.amount))
    else:
        _excess(w, operation)


def _excess(w: Work, operation: PaymentOperation) -> None:
    """Nobody needs this money: it is booked, and goes back by itself."""
    operation.is_excess = True
    w.record("excess", operation, amount=operation.amount.fen)
    w.announce(ExcessTaken(w.now, operation.id, operation.payment_id, operation.amount))
    owe_return(w, operation)


def _given(w: Work, charge: PaymentOperation, given: Given) -> None:
    operation = queries.giving_back(w.session, charge.id, given.reference)
    if operation is None:
        report(
            w, _K.FOREIGN_REFUND, given.provider_ref,
            payment_id=charge.payment_id, theirs=str(given.amount),
        )  # fmt: skip
    elif given.amount != operation.amount:
        report(
            w, _K.REFUND_AMOUNT, given.provider_ref, payment_id=charge.payment_id,
            ours=str(operation.amount), theirs=str(given.amount),
        )  # fmt: skip
    elif given.state is GivenState.DONE:
        _went_back(w, operation, given)
    elif given.state is GivenState.FAILED:
        _did_not_go_back(w, operation, given)
    elif operation.state in OPERATION.steps["open"].sources:
        operation.provider_ref = given.provider_ref
        move(w, OPERATION, operation, "open", ref=given.provider_ref)


def _went_back(w: Work, operation: PaymentOperation, given: Given) -> None:
    if operation.state is OperationState.DONE or operation.is_told_failed:
        return
    if operation.refund_id is not None:
        other = queries.operation_of_refund(w.session, operation.refund_id)
        if other is not None and other.id != operation.id:  # given up, and sent once more since
            report(
                w, _K.FOREIGN_REFUND, given.provider_ref,
                payment_id=operation.payment_id, theirs=str(given.amount),
            )  # fmt: skip
            return
    operation.provider_ref, operation.ended_at = given.provider_ref, w.now
    move(w, OPERATION, operation, "finish", ref=given.provider_ref)
    if operation.kind is OperationKind.REFUND and operation.refund_id:
        settling.settle_refund(w, operation.refund_id, given.provider_ref, by=Tender.CARD)
    else:
        w.announce(ExcessReturned(w.now, operation.id, operation.payment_id, operation.amount))


def _did_not_go_back(w: Work, operation: PaymentOperation, given: Given) -> None:
    """Also after it was said to be done; a manager is told. It is the last word: one that was on
    its way meanwhile changes nothing."""
    report(
        w, _K.REFUND_FAILED, given.provider_ref,
        payment_id=operation.payment_id, theirs=str(given.amount),
    )  # fmt: skip
    operation.is_told_failed = True
    if operation.state is OperationState.DONE:
        bouncing.bounce(w, operation, given.provider_ref)
    elif operation.state in queries.UNDER_WAY:
        operation.provider_ref, operation.ended_at = given.provider_ref, w.now
        move(w, OPERATION, operation, "fail", ref=given.provider_ref)


def _disputed(w: Work, charge: PaymentOperation, told: DisputeTold) -> None:
    """The first word opens it; won or lost is the last one."""
    known = queries.dispute_by_ref(w.session, told.provider_ref)
    if known is None:
        known = _open_dispute(w, charge, told)
    if known is None or known.amount != told.amount:
        report(
            w, _K.DISPUTE_AMOUNT, told.provider_ref, payment_id=charge.payment_id,
            ours=str(known.amount) if known else str(charge.amount), theirs=str(told.amount),
        )  # fmt: skip
        return
    if told.outcome is DisputeOutcome.OPEN or known.state is not DisputeState.OPEN:
        return
    move(w, DISPUTE, known, "win" if told.outcome is DisputeOutcome.WON else "lose")
    known.ended_at = w.now
    w.announce(
        DisputeEnded(
            w.now, known.id, known.payment_id, known.amount, told.outcome is DisputeOutcome.WON
        )
    )


def _open_dispute(w: Work, charge: PaymentOperation, told: DisputeTold) -> Dispute | None:
    """None for more than was taken."""
    others = queries.disputes_of(w.session, charge.payment_id)
    if charge.state is not OperationState.DONE or not ZERO < told.amount <= charge.amount - total(
        one.amount for one in others if one.state is not DisputeState.WON
    ):
        return None
    opened = Dispute(
        id=uuid.uuid4(), payment_id=charge.payment_id, provider_ref=told.provider_ref,
        amount=told.amount, reason=told.reason[:40], state=DisputeState.OPEN, opened_at=w.now,
    )  # fmt: skip
    w.session.add(opened)
    w.record("open", opened, to_state=DisputeState.OPEN, amount=told.amount.fen, reason=told.reason)
    w.announce(DisputeOpened(w.now, opened.id, opened.payment_id, opened.amount))
    return opened
