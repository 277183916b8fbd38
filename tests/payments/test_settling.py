"""Money moves once: settled whole, by somebody else than the payer, refunded at most as paid."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from marketplace.accounts import service as accounts
from marketplace.catalog.models import Listing
from marketplace.extension import make_runtime
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.orders import service as orders
from marketplace.orders.models import Purchase
from marketplace.payments import queries, service
from marketplace.payments.models import Payment, Refund, Tender
from marketplace.payments.states import PaymentState, RefundState
from tests.databases import Place
from tests.fixtures import People
from tests.makers.orders import (
    a_placement,
    a_purchase,
    an_address,
    paid,
    the_order,
    the_payment,
)

SUM = Money(118_00)


def confirmed(
    people: People, payment: Payment, amount: Money = SUM, ref: str = "流水 1", by: str = "manager"
) -> Payment:
    with people.runtime.work(people.actor(by)) as w:
        return service.confirm_transfer(w, payment.id, amount, ref)


def a_refund(people: People, purchase: Purchase, name: str = "employee") -> Refund:
    order = the_order(people, paid(people, purchase))
    with people.runtime.work(people.actor(name)) as w:
        orders.cancel(w, order.id, "不要了")
    with people.runtime.reading() as session:
        (found,) = queries.refunds_of(session, order.id)
    return found


def test_a_reference_has_no_signs_that_look_alike(people: People, melon: Listing) -> None:
    reference = the_payment(people, a_purchase(people, melon)).reference
    assert len(reference) == 8
    assert reference.startswith("ZT")
    assert not set(reference[2:]) & set("0O1ILSZ")


def test_a_transfer_is_confirmed_for_the_exact_amount(people: People, melon: Listing) -> None:
    payment = confirmed(people, the_payment(people, a_purchase(people, melon)))
    assert payment.state is PaymentState.SETTLED
    assert payment.settled_by == people.ids["manager"]
    with people.runtime.reading() as session:
        assert list(ledger.faults(session)) == []


@pytest.mark.parametrize("fen", [117_99, 118_01, 1])
def test_another_amount_is_refused(people: People, melon: Listing, fen: int) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    with pytest.raises(Refused, match="amount_differs"):
        confirmed(people, payment, Money(fen))
    with people.runtime.reading() as session:
        assert session.get_one(Payment, payment.id).state is PaymentState.AWAITING


def test_a_payment_is_confirmed_once(people: People, melon: Listing) -> None:
    payment = confirmed(people, the_payment(people, a_purchase(people, melon)))
    with pytest.raises(WrongState):
        confirmed(people, payment, ref="流水 2")


def test_one_entry_of_the_bank_confirms_one_payment(people: People, melon: Listing) -> None:
    confirmed(people, the_payment(people, a_purchase(people, melon)))
    second = the_payment(people, a_purchase(people, melon, name="second_employee"))
    with pytest.raises(Refused, match="bank_ref_used"):
        confirmed(people, second)


@pytest.mark.parametrize("ref", ["", "   ", "1" * 101, "1\n2"])
def test_a_bank_number_must_be_one(people: People, melon: Listing, ref: str) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    with pytest.raises(Invalid):
        confirmed(people, payment, ref=ref)


@pytest.mark.parametrize("name", ["employee", "auditor", "reviewer", "supplier"])
def test_only_a_manager_confirms(people: People, melon: Listing, name: str) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    with pytest.raises(Forbidden):
        confirmed(people, payment, by=name)


def employed(people: People, name: str) -> None:
    """Also an employee, who buys."""
    (grant,) = people.actor("employee").grants
    with people.runtime.work() as w:
        accounts.grant(w, uuid.UUID(people.ids[name]), grant.organisation_id, Role.EMPLOYEE)


def test_a_manager_does_not_confirm_what_he_bought(people: People, melon: Listing) -> None:
    employed(people, "manager")
    payment = the_payment(people, a_purchase(people, melon, name="manager"))
    with pytest.raises(SamePerson):
        confirmed(people, payment)


def test_a_card_is_settled_by_the_system_on_the_gateways_word(
    people: People, melon: Listing
) -> None:
    payment = the_payment(people, a_purchase(people, melon, tender=Tender.CARD))
    with pytest.raises(Forbidden), people.runtime.work(people.actor("employee")) as w:
        service.settle_card(w, payment.id, "ch_1")
    for _time in range(2):  # the gateway may tell twice
        with people.runtime.work() as w:
            assert service.settle_card(w, payment.id, "ch_1").state is PaymentState.SETTLED
    with pytest.raises(WrongState), people.runtime.work() as w:
        service.settle_card(w, payment.id, "ch_2")


def test_a_charge_of_another_amount_is_refused(people: People, melon: Listing) -> None:
    payment = the_payment(people, a_purchase(people, melon, tender=Tender.CARD))
    with pytest.raises(Refused, match="amount_differs"), people.runtime.work() as w:
        service.settle_card(w, payment.id, "ch_1", charged=Money(1))


def test_a_transfer_is_not_settled_as_a_card(people: People, melon: Listing) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    with pytest.raises(Missing), people.runtime.work() as w:
        service.settle_card(w, payment.id, "ch_1")


def test_asking_for_less_stops_at_nothing(people: People, melon: Listing) -> None:
    purchase = a_purchase(people, melon)
    with people.runtime.work() as w:
        assert service.reduce(w, purchase.id, Money(18_00)).amount == Money(100_00)
        with pytest.raises(Refused, match="payment_not_open"):
            service.reduce(w, purchase.id, Money(100_01))
        assert service.reduce(w, purchase.id, Money(100_00)).state is PaymentState.VOID
        with pytest.raises(Refused, match="payment_not_open"):
            service.reduce(w, purchase.id, Money(1))


def test_settled_money_is_neither_shrunk_nor_voided(people: People, melon: Listing) -> None:
    purchase = paid(people, a_purchase(people, melon))
    with people.runtime.work() as w:
        assert service.void(w, purchase.id) is False
        with pytest.raises(Refused, match="payment_not_open"):
            service.reduce(w, purchase.id, Money(1_00))


def test_refunds_together_are_at_most_what_was_paid(people: People, melon: Listing) -> None:
    purchase = paid(people, a_purchase(people, melon))

    def request(fen: int) -> None:
        with people.runtime.work() as w:
            service.request_refund(
                w, order_id=uuid.uuid4(), purchase_id=purchase.id, amount=Money(fen)
            )

    request(100_00)
    with pytest.raises(Refused, match="refund_too_much"):
        request(18_01)
    request(18_00)
    with pytest.raises(Refused, match="refund_too_much"):
        request(1)


def test_nothing_is_refunded_before_money_came(people: People, melon: Listing) -> None:
    purchase = a_purchase(people, melon)
    with pytest.raises(Refused, match="refund_too_much"), people.runtime.work() as w:
        service.request_refund(w, order_id=uuid.uuid4(), purchase_id=purchase.id, amount=Money(1))


def test_a_refund_goes_out_once(people: People, melon: Listing) -> None:
    refund = a_refund(people, a_purchase(people, melon))
    for _time in range(2):  # the same number again changes nothing
        with people.runtime.work(people.actor("manager")) as w:
            assert service.settle_refund(w, refund.id, "退 1").state is RefundState.SETTLED
    with pytest.raises(WrongState), people.runtime.work(people.actor("manager")) as w:
        service.settle_refund(w, refund.id, "退 2")
    with people.runtime.reading() as session:
        assert list(ledger.faults(session)) == []


def test_the_buyer_does_not_pay_himself_back(people: People, melon: Listing) -> None:
    refund = a_refund(people, a_purchase(people, melon))
    with pytest.raises(Forbidden), people.runtime.work(people.actor("employee")) as w:
        service.settle_refund(w, refund.id, "退 1")


def test_a_manager_does_not_pay_himself_back(people: People, melon: Listing) -> None:
    """P4: also where he may pay others back; another manager does."""
    employed(people, "second_manager")
    refund = a_refund(people, a_purchase(people, melon, name="second_manager"), "second_manager")
    with pytest.raises(SamePerson), people.runtime.work(people.actor("second_manager")) as w:
        service.settle_refund(w, refund.id, "退 1")
    with people.runtime.work(people.actor("manager")) as w:
        assert service.settle_refund(w, refund.id, "退 1").state is RefundState.SETTLED


def test_a_cards_money_is_not_noted_as_given_back_by_hand(people: People, melon: Listing) -> None:
    refund = a_refund(people, a_purchase(people, melon, tender=Tender.CARD))
    with pytest.raises(Missing), people.runtime.work(people.actor("manager")) as w:
        service.settle_refund(w, refund.id, "编的流水号")


def test_without_a_demonstration_nobody_pays_by_the_card_without_a_bank(
    people: People, melon: Listing, place: Place
) -> None:
    address = an_address(people)
    real_config = replace(place.config, demo=False, collection_basis="示例协议 1 号")
    real = make_runtime(real_config, clock=people.runtime.clock)
    with (
        pytest.raises(Refused, match="tender_not_offered"),
        real.work(people.actor("employee")) as w,
    ):
        orders.place(w, a_placement(address, melon, tender=Tender.CARD))
    real.engine.dispose()
