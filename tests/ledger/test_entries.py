"""The entries of paid, cancelled and refunded, as the table in docs/ledger.md has them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from marketplace.events import Event, OrderCancelled, OrderPaid, PaymentSettled, RefundSettled
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries, reactions
from marketplace.ledger.states import AccountKind
from marketplace.work import Runtime
from marketplace.work.unit import Work

AT = datetime(2026, 11, 23, tzinfo=UTC)
ORDER, PURCHASE, SUPPLIER = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)
GOODS, SUPPLY, FREIGHT = Money(100_00), Money(80_00), Money(8_00)
Told = dict[AccountKind, Money]


def settled(tender: str = "transfer") -> PaymentSettled:
    return PaymentSettled(AT, uuid.UUID(int=4), PURCHASE, GOODS + FREIGHT, tender)


def paid(*, supply: Money = SUPPLY, freight: Money = FREIGHT) -> OrderPaid:
    return OrderPaid(
        AT, ORDER, PURCHASE, "示例订单", SUPPLIER, "示例合作社", None, "personal", "transfer",
        GOODS, supply, freight, (),
    )  # fmt: skip


def cancelled(*, was_paid: bool) -> OrderCancelled:
    return OrderCancelled(
        AT, ORDER, PURCHASE, "示例订单", SUPPLIER, None, was_paid, GOODS, SUPPLY, FREIGHT, ()
    )


def refunded(tender: str = "transfer") -> RefundSettled:
    return RefundSettled(AT, uuid.UUID(int=5), ORDER, PURCHASE, GOODS + FREIGHT, tender)


def react(w: Work, event: Event) -> None:
    match event:
        case PaymentSettled():
            reactions.book_payment(w, event)
        case OrderPaid():
            reactions.book_paid_order(w, event)
        case OrderCancelled():
            reactions.book_cancelled_order(w, event)
        case RefundSettled():
            reactions.book_refund(w, event)


def booked(runtime: Runtime, *events: Event) -> Told:
    """The balances that are not zero after these events, debit positive."""
    with runtime.work() as w:
        for event in events:
            react(w, event)
    with runtime.reading() as session:
        assert list(queries.faults(session)) == []
        found = {kind: queries.balance(session, kind) for kind in AccountKind}
    return {kind: amount for kind, amount in found.items() if amount}


def test_a_settled_transfer_stands_at_the_bank_and_is_owed_to_the_buyer(
    bare_runtime: Runtime,
) -> None:
    assert booked(bare_runtime, settled()) == {
        AccountKind.BANK_CLEARING: Money(108_00),
        AccountKind.BUYER_CREDIT: Money(-108_00),
    }


def test_a_settled_card_stands_with_the_gateway(bare_runtime: Runtime) -> None:
    assert booked(bare_runtime, settled("card"))[AccountKind.CARD_CLEARING] == Money(108_00)


def test_a_paid_order_is_owed_to_its_supplier(bare_runtime: Runtime) -> None:
    assert booked(bare_runtime, settled(), paid()) == {
        AccountKind.BANK_CLEARING: Money(108_00),
        AccountKind.SUPPLIER_PAYABLE: Money(-80_00),
        AccountKind.PRICE_DIFFERENCE: Money(-20_00),
        AccountKind.FREIGHT: Money(-8_00),
    }
    with bare_runtime.reading() as session:
        assert queries.sales_by_order(session) == {ORDER: GOODS}


def test_goods_sold_at_the_supply_price_with_free_freight_leave_no_empty_lines(
    bare_runtime: Runtime,
) -> None:
    booked(bare_runtime, paid(supply=GOODS, freight=ZERO))
    with bare_runtime.reading() as session:
        kinds = {row.kind for row in queries.entries_of(session, ORDER)}
    assert kinds == {AccountKind.BUYER_CREDIT, AccountKind.SUPPLIER_PAYABLE}


def test_a_cancelled_paid_order_is_owed_to_the_buyer(bare_runtime: Runtime) -> None:
    assert booked(bare_runtime, settled(), paid(), cancelled(was_paid=True)) == {
        AccountKind.BANK_CLEARING: Money(108_00),
        AccountKind.REFUNDS: Money(-108_00),
    }
    with bare_runtime.reading() as session:
        assert queries.sales_by_order(session) == {ORDER: ZERO}


def test_a_refund_leaves_nothing_behind(bare_runtime: Runtime) -> None:
    events = (settled(), paid(), cancelled(was_paid=True), refunded())
    assert booked(bare_runtime, *events) == {}


def test_an_order_that_was_not_paid_moves_no_money(bare_runtime: Runtime) -> None:
    assert booked(bare_runtime, cancelled(was_paid=False)) == {}
