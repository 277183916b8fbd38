"""The money book follows what happened; the table of entries stands in docs/ledger.md."""

from __future__ import annotations

from marketplace.events import (
    DisputeEnded,
    DisputeOpened,
    ExcessReturned,
    ExcessTaken,
    OrderCancelled,
    OrderCompleted,
    OrderPaid,
    OrderPartRefunded,
    OrderTakenBack,
    PaymentSettled,
    RefundSettled,
)
from marketplace.kernel.money import ZERO
from marketplace.ledger import rules
from marketplace.ledger.service import credit, debit, post
from marketplace.ledger.states import AccountKind, Book
from marketplace.work import Work

# by the word of the tender: payments stands above us
CLEARING = {
    "transfer": AccountKind.BANK_CLEARING,
    "card": AccountKind.CARD_CLEARING,
    "direct": AccountKind.DIRECT_PAID,
}


def book_payment(w: Work, event: PaymentSettled) -> None:
    """The money of a purchase, or for a union's credit, is with us: we owe the payer for it. What
    a supplier was paid directly stands as a memorandum."""
    if not event.amount:
        return
    post(
        w, Book.MONEY, "settled" if event.cause == "purchase" else "funded",
        subject_id=event.purchase_id,
        key=f"payment-settled:{event.payment_id}",
        entries=(
            debit(CLEARING[event.tender], event.amount),
            credit(AccountKind.BUYER_CREDIT, event.amount),
        ),
    )  # fmt: skip


def book_paid_order(w: Work, event: OrderPaid) -> None:
    """The buyer's money is matched to an order: we owe its supplier."""
    post(
        w, Book.MONEY, "paid",
        subject_id=event.order_id,
        key=f"order-paid:{event.order_id}",
        entries=(
            debit(AccountKind.BUYER_CREDIT, event.goods + event.freight),
            credit(AccountKind.SUPPLIER_PAYABLE, event.supply, event.supplier_id),
            credit(AccountKind.PRICE_DIFFERENCE, event.goods - event.supply),
            credit(AccountKind.FREIGHT, event.freight, event.supplier_id),
        ),
    )  # fmt: skip


def book_cancelled_order(w: Work, event: OrderCancelled) -> None:
    """A paid order is off: we owe its supplier nothing and the buyer the money."""
    if event.was_paid and event.goods + event.freight:  # a promise is not money: nothing stands yet
        _owe_buyer(w, "cancelled", f"order-cancelled:{event.order_id}", event)


def book_completed_order(w: Work, event: OrderCompleted) -> None:
    """The supplier has done his part: what he gets for it is due, unless all went back before."""
    if event.is_direct:
        _keep(w, "kept", f"order-kept:{event.order_id}", event)
        return
    if not event.supply + event.freight:
        return
    post(
        w, Book.MONEY, rules.DUE,
        subject_id=event.order_id,
        key=f"order-due:{event.order_id}",
        entries=(
            debit(AccountKind.SUPPLIER_PAYABLE, event.supply, event.supplier_id),
            debit(AccountKind.FREIGHT, event.freight, event.supplier_id),
            credit(AccountKind.DUE_TO_SUPPLIER, event.supply + event.freight, event.supplier_id),
        ),
    )  # fmt: skip


def book_taken_back_order(w: Work, event: OrderTakenBack) -> None:
    """A completed order is undone: what was due for it is not, then as if it were called off."""
    if event.is_direct:
        _keep(w, "kept_back", f"order-kept-back:{event.order_id}", event, sign=-1)
    elif event.supply + event.freight:
        post(
            w, Book.MONEY, rules.DUE_BACK,
            subject_id=event.order_id,
            key=f"order-due-back:{event.order_id}",
            entries=(
                debit(AccountKind.DUE_TO_SUPPLIER, event.supply + event.freight, event.supplier_id),
                credit(AccountKind.SUPPLIER_PAYABLE, event.supply, event.supplier_id),
                credit(AccountKind.FREIGHT, event.freight, event.supplier_id),
            ),
        )  # fmt: skip
    _owe_buyer(w, "taken_back", f"order-taken-back:{event.order_id}", event)


def book_part_refund(w: Work, event: OrderPartRefunded) -> None:
    """A part goes back to the buyer: its supplier bears his share, also when that was due."""
    if event.was_due and event.is_direct:
        _keep(w, "kept_back", f"part-kept-back:{event.refund_id}", event, sign=-1)
    elif event.was_due and event.supply:
        post(
            w, Book.MONEY, rules.DUE_BACK,
            subject_id=event.order_id,
            key=f"part-due-back:{event.refund_id}",
            entries=(
                debit(AccountKind.DUE_TO_SUPPLIER, event.supply, event.supplier_id),
                credit(AccountKind.SUPPLIER_PAYABLE, event.supply, event.supplier_id),
            ),
        )  # fmt: skip
    post(
        w, Book.MONEY, "part_refunded",
        subject_id=event.order_id,
        key=f"part-refunded:{event.refund_id}",
        entries=(
            debit(AccountKind.SUPPLIER_PAYABLE, event.supply, event.supplier_id),
            debit(AccountKind.PRICE_DIFFERENCE, event.goods - event.supply),
            credit(_owed_to(event), event.goods),
        ),
    )  # fmt: skip


def _owed_to(event: OrderPartRefunded) -> AccountKind:
    """What was taken off before it was paid is not asked for: it stands with the buyer already."""
    return AccountKind.BUYER_CREDIT if event.is_taken_off else _owed_back(event.is_direct)


def _owed_back(is_direct: bool) -> AccountKind:
    return AccountKind.DIRECT_REFUNDS if is_direct else AccountKind.REFUNDS


def _keep(
    w: Work,
    event: str,
    key: str,
    of: OrderCompleted | OrderTakenBack | OrderPartRefunded,
    *,
    sign: int = 1,
) -> None:
    """What its supplier was paid directly is his own, or is not any more: nobody owes anybody."""
    freight = of.freight if not isinstance(of, OrderPartRefunded) else ZERO
    if not of.goods + freight:
        return
    post(
        w, Book.MONEY, event,
        subject_id=of.order_id,
        key=key,
        entries=(
            debit(AccountKind.SUPPLIER_PAYABLE, of.supply * sign, of.supplier_id),
            debit(AccountKind.PRICE_DIFFERENCE, (of.goods - of.supply) * sign),
            debit(AccountKind.FREIGHT, freight * sign, of.supplier_id),
            credit(AccountKind.DIRECT_PAID, (of.goods + freight) * sign),
        ),
    )  # fmt: skip


def _owe_buyer(w: Work, event: str, key: str, off: OrderCancelled | OrderTakenBack) -> None:
    post(
        w, Book.MONEY, event,
        subject_id=off.order_id,
        key=key,
        entries=(
            debit(AccountKind.SUPPLIER_PAYABLE, off.supply, off.supplier_id),
            debit(AccountKind.PRICE_DIFFERENCE, off.goods - off.supply),
            debit(AccountKind.FREIGHT, off.freight, off.supplier_id),
            credit(_owed_back(off.is_direct), off.goods + off.freight),
        ),
    )  # fmt: skip


def book_refund(w: Work, event: RefundSettled) -> None:
    """The money has gone back; again, when it had bounced."""
    again = f":{event.attempt}" if event.attempt else ""
    post(
        w, Book.MONEY, "refunded" if event.cause == "purchase" else "credit_refunded",
        subject_id=event.order_id,
        key=f"refund-settled:{event.refund_id}{again}",
        entries=(
            debit(_owed_back(event.tender == "direct"), event.amount),
            credit(CLEARING[event.tender], event.amount),
        ),
    )  # fmt: skip


def book_excess(w: Work, event: ExcessTaken) -> None:
    """A card's money came that nobody waits for: it is owed back, and to nobody else."""
    post(
        w, Book.MONEY, "excess",
        subject_id=event.payment_id,
        key=f"excess-taken:{event.operation_id}",
        entries=(
            debit(AccountKind.CARD_CLEARING, event.amount),
            credit(AccountKind.CARD_EXCESS, event.amount),
        ),
    )  # fmt: skip


def book_returned_excess(w: Work, event: ExcessReturned) -> None:
    """It has gone back."""
    post(
        w, Book.MONEY, "returned",
        subject_id=event.payment_id,
        key=f"excess-returned:{event.operation_id}",
        entries=(
            debit(AccountKind.CARD_EXCESS, event.amount),
            credit(AccountKind.CARD_CLEARING, event.amount),
        ),
    )  # fmt: skip


def book_dispute(w: Work, event: DisputeOpened) -> None:
    """The gateway keeps money back until a bank has decided."""
    post(
        w, Book.MONEY, "disputed",
        subject_id=event.payment_id,
        key=f"dispute-opened:{event.dispute_id}",
        entries=(
            debit(AccountKind.CARD_DISPUTED, event.amount),
            credit(AccountKind.CARD_CLEARING, event.amount),
        ),
    )  # fmt: skip


def book_dispute_end(w: Work, event: DisputeEnded) -> None:
    """Won: with the gateway again. Lost: a loss of the marketplace."""
    to = AccountKind.CARD_CLEARING if event.was_won else AccountKind.CARD_LOSS
    post(
        w, Book.MONEY, "dispute_won" if event.was_won else "dispute_lost",
        subject_id=event.payment_id,
        key=f"dispute-ended:{event.dispute_id}",
        entries=(debit(to, event.amount), credit(AccountKind.CARD_DISPUTED, event.amount)),
    )  # fmt: skip
