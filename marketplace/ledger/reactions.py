"""The money book follows what happened; the table of entries stands in docs/ledger.md."""

from __future__ import annotations

from marketplace.events import OrderCancelled, OrderPaid, PaymentSettled, RefundSettled
from marketplace.ledger.service import credit, debit, post
from marketplace.ledger.states import AccountKind, Book
from marketplace.work import Work

# by the word of the tender: payments stands above us
CLEARING = {"transfer": AccountKind.BANK_CLEARING, "card": AccountKind.CARD_CLEARING}


def book_payment(w: Work, event: PaymentSettled) -> None:
    """The money of a purchase is with us: we owe the buyer goods for it."""
    post(
        w, Book.MONEY, "settled",
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
    if not event.was_paid:
        return  # a promise is not money: nothing stands in the book yet
    post(
        w, Book.MONEY, "cancelled",
        subject_id=event.order_id,
        key=f"order-cancelled:{event.order_id}",
        entries=(
            debit(AccountKind.SUPPLIER_PAYABLE, event.supply, event.supplier_id),
            debit(AccountKind.PRICE_DIFFERENCE, event.goods - event.supply),
            debit(AccountKind.FREIGHT, event.freight, event.supplier_id),
            credit(AccountKind.REFUNDS, event.goods + event.freight),
        ),
    )  # fmt: skip


def book_refund(w: Work, event: RefundSettled) -> None:
    """The money has gone back."""
    post(
        w, Book.MONEY, "refunded",
        subject_id=event.order_id,
        key=f"refund-settled:{event.refund_id}",
        entries=(
            debit(AccountKind.REFUNDS, event.amount),
            credit(CLEARING[event.tender], event.amount),
        ),
    )  # fmt: skip
