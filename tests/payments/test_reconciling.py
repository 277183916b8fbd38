"""No charge without an order, no order without a charge, no operation without an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from marketplace.adapters.stripe_card import StripeCard
from marketplace.catalog.models import Listing
from marketplace.commands.serving import once
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Refused
from marketplace.payments import queries, service
from marketplace.payments.cli import reconcile
from marketplace.payments.models import Reconciliation, Refund
from marketplace.payments.states import OperationKind, OperationState, PaymentState, RefundState
from marketplace.ports.payments import GatewayDown, PaymentGateway
from tests.fixtures import People
from tests.payments.buying import Sale, a_sale, discrepancies
from tests.payments.gateway import stripe_settings
from tests.payments.standin import Standin
from tests.races.storm import all_is_well


def reconciled(people: People) -> Reconciliation:
    return service.reconcile(people.runtime, people.runtime.clock.now() - timedelta(days=3))


def test_what_nobody_told_is_found(
    people: People, standin: Standin, melon: Listing, clock: SetClock
) -> None:
    """P7: a buyer who never came back, events that were lost, and an answer that never came."""
    paid, lost = a_sale(people, standin, melon), a_sale(people, standin, melon)
    money = paid.take()
    standin.faults.lose_answer = 1
    with pytest.raises(GatewayDown):
        lost.begin()
    reference = str(lost.operations(OperationKind.CHARGE)[0].id)
    number = standin.session_of(reference)["id"]
    standin.pay(number)  # (nobody was shown this page; yet it could be paid)
    clock.advance(minutes=11)
    done = reconciled(people)
    assert (done.charges, done.settled, done.found, done.undecided) == (2, 2, 0, 0)
    assert paid.payment.provider_ref == money
    assert lost.payment.state is PaymentState.SETTLED
    again = reconciled(people)
    assert (again.charges, again.settled, again.found) == (2, 0, 0)
    all_is_well(people)


def test_a_charge_without_an_order_and_an_order_without_a_charge_are_told(
    people: People, standin: Standin, melon: Listing
) -> None:
    """P7"""
    kept, gone = a_sale(people, standin, melon), a_sale(people, standin, melon)
    kept.settle()
    gone.settle()
    foreign = a_sale(people, standin, melon)
    number = foreign.begin()
    standin.pay(number)
    standin.sessions[number]["client_reference_id"] = "somebody else's"
    money = gone.payment.provider_ref
    standin.intents.pop(str(money))
    standin.sessions = {
        key: one for key, one in standin.sessions.items() if one["payment_intent"] != money
    }
    assert reconciled(people).found == 2
    assert sorted(discrepancies(people)) == ["no_charge", "no_order"]
    assert reconciled(people).found == 0


def test_an_operation_that_the_gateway_never_heard_of_ends(
    people: People, standin: Standin, melon: Listing, clock: SetClock
) -> None:
    """P7: after its page would have ended, not before."""
    sale = a_sale(people, standin, melon)
    standin.faults.dead = True
    with pytest.raises(GatewayDown):
        sale.begin()
    standin.faults.dead = False
    clock.advance(minutes=11)
    assert reconciled(people).undecided == 1
    clock.advance(minutes=30)
    assert reconciled(people).undecided == 0
    assert sale.operations(OperationKind.CHARGE)[0].state is OperationState.FAILED


def owed(people: People, standin: Standin, listing: Listing) -> tuple[Sale, Refund]:
    sale = a_sale(people, standin, listing)
    sale.settle()
    return sale, sale.cancel()


def test_a_refund_whose_answer_was_lost_goes_out_once(
    people: People, standin: Standin, melon: Listing, clock: SetClock
) -> None:
    """P4, P7: found by its reference; and one that never arrived is asked for again."""
    manager = people.actor("manager")
    _, arrived = owed(people, standin, melon)
    _, never = owed(people, standin, melon)
    standin.faults.lose_answer = 1
    with pytest.raises(GatewayDown):
        service.give_back(people.runtime, manager, arrived.id)
    standin.faults.dead = True
    with pytest.raises(GatewayDown):
        service.give_back(people.runtime, manager, never.id)
    standin.faults.dead = False
    clock.advance(minutes=11)
    assert (reconciled(people).settled, len(standin.refunds)) == (2, 2)
    with people.runtime.reading() as session:
        for refund in (arrived, never):
            assert session.get_one(Refund, refund.id).state is RefundState.SETTLED
    all_is_well(people)


def test_a_refund_that_is_too_old_to_be_asked_again_is_told(
    people: People, standin: Standin, melon: Listing, clock: SetClock
) -> None:
    """P4: a key that the gateway has forgotten would pay twice."""
    sale, refund = owed(people, standin, melon)
    standin.faults.dead = True
    with pytest.raises(GatewayDown):
        service.give_back(people.runtime, people.actor("manager"), refund.id)
    standin.faults.dead = False
    clock.advance(hours=24)
    reconciled(people)
    assert (discrepancies(people), len(standin.refunds)) == (["refund_failed"], 0)
    assert service.give_back(people.runtime, people.actor("manager"), refund.id)
    assert [one.state for one in sale.operations(OperationKind.REFUND)] == [
        OperationState.FAILED,
        OperationState.DONE,
    ]
    all_is_well(people)


def test_the_gateway_says_no_to_a_refund(people: People, standin: Standin, melon: Listing) -> None:
    sale, refund = owed(people, standin, melon)
    standin.intents[str(sale.payment.provider_ref)]["amount_received"] = 1
    with pytest.raises(Refused, match="card_refund_declined"):
        service.give_back(people.runtime, people.actor("manager"), refund.id)
    assert sale.operations(OperationKind.REFUND)[0].state is OperationState.FAILED


def test_the_worker_reconciles_once_a_day(
    people: People, standin: Standin, melon: Listing, clock: SetClock
) -> None:
    """P7: by the frozen clock; what was paid unseen is settled by it."""
    sale = a_sale(people, standin, melon)
    for _day in range(2):
        for _round in range(3):
            once(people.runtime)
        clock.advance(days=1)
    with people.runtime.reading() as session:
        assert len(queries.reconciliations(session)) == 2
    assert sale.payment.state is PaymentState.VOID


@pytest.mark.sqlite_only  # what is printed
def test_the_command_compares_and_says_what_it_found(
    people: People, standin: Standin, melon: Listing
) -> None:
    """P7: exit code 1 for something new; without a gateway it says what is missing."""

    def said(*, card: PaymentGateway | None = None) -> tuple[int, str]:
        if card is not None:
            people.runtime.tools = replace(people.runtime.tools, card=card)
        answer = CliRunner().invoke(reconcile, [], obj=lambda _data: people.runtime)
        return answer.exit_code, answer.output

    sale = a_sale(people, standin, melon)
    number = sale.begin()
    standin.pay(number)
    assert said()[0] == 0
    assert sale.payment.state is PaymentState.SETTLED
    standin.sessions[number]["client_reference_id"] = "示例"
    code, words = said()
    assert (code, words.split(", ")[2]) == (1, "1 处新差异 / new discrepancies")
    standin.faults.dead = True
    assert "does not answer" in said()[1]
    bare = StripeCard(stripe_settings(standin.origin, stripe_key=""))
    assert "STRIPE_KEY is missing" in said(card=bare)[1]


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("defect", "told"),
    [
        ("DELETE FROM mp_payment_operation", "is settled, the gateway took []"),
        ("UPDATE mp_payment_operation SET amount = amount + 1", "is settled, the gateway took"),
        ("UPDATE mp_payment_operation SET is_excess = true", "too much, None owed back"),
        ("UPDATE mp_payment SET refunded = 1", "refunded ¥0.01, its refunds ¥0.00"),
        ("UPDATE mp_payment SET amount = amount + 1", "is settled, the gateway took"),
    ],
)
def test_verify_finds_what_was_changed(
    people: People, standin: Standin, melon: Listing, defect: str, told: str
) -> None:
    """P3, P4, P36"""
    sale = a_sale(people, standin, melon)
    sale.settle()
    with people.runtime.reading() as session:
        assert list(queries.faults(session)) == []
    with people.runtime.engine.begin() as connection:
        connection.execute(text(defect))
    with people.runtime.reading() as session:
        assert told in " ".join(queries.faults(session))
