"""Payouts released, withdrawn and answered, and statements made, by many at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from marketplace.catalog.models import Listing
from marketplace.kernel.money import ZERO
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.settlement import service
from marketplace.settlement.models import Payout, PayoutRun, SupplierStatement
from marketplace.settlement.states import PayoutState, RunState, StatementState
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.onboarding import a_confirmed_account
from tests.makers.settlement import (
    a_completed_order,
    a_confirmed_statement,
    a_run,
    next_month,
    payouts_in,
    released,
)
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well, at_once, doing, in_any_order

ROUNDS = 2


@pytest.fixture
def melon(people: People) -> Listing:
    a_confirmed_account(people, an_approved_supplier(people))
    return a_listing(people, stock=500)


def owed(people: People, listing: Listing) -> None:
    """One more order of a month that is over, its statement confirmed."""
    a_completed_order(people, listing)
    next_month(people)
    a_confirmed_statement(people)


def test_a_run_is_released_once_or_withdrawn_and_each_payout_answered_once(
    people: People, melon: Listing
) -> None:
    """P1, P2, P9, P35: whoever comes first; the money leaves the supplier's account once, and the
    bank's answer is one of two."""
    manager, second = people.actor("manager"), people.actor("second_manager")
    for place in range(ROUNDS):
        owed(people, melon)
        run = a_run(people)
        outcomes = in_any_order(
            [
                *(doing(people, second, service.release, run.id) for _ in range(4)),
                doing(people, manager, service.release, run.id),
                doing(people, manager, service.withdraw_run, run.id),
            ],
            place,
        )
        assert outcomes.count("done") == 1
        with people.runtime.reading() as session:
            if session.get_one(PayoutRun, run.id).state is RunState.WITHDRAWN:
                run = a_run_of_all(people)
        released_now = payouts_in(people, run)
        assert [one.state for one in released_now] == [PayoutState.RELEASED]
        (payout,) = released_now
        outcomes = at_once(
            *(doing(people, manager, service.note_paid, payout.id, f"{place}") for _ in range(3)),
            *(doing(people, second, service.note_paid, payout.id, f"{place}-2") for _ in range(2)),
            doing(people, second, service.note_returned, payout.id, "示例"),
        )
        assert outcomes.count("done") == 1
        with people.runtime.reading() as session:
            assert ledger.balance(session, AccountKind.PAYOUTS) == ZERO
            answer = session.get_one(Payout, payout.id)
            statement = session.get_one(SupplierStatement, payout.statement_id)
        is_paid = answer.state is PayoutState.PAID
        assert statement.state is (StatementState.PAID if is_paid else StatementState.CONFIRMED)
        assert (answer.bank_ref is not None) == is_paid
    all_is_well(people)


def a_run_of_all(people: People) -> PayoutRun:
    return released(people, a_run(people))


def test_sweeps_at_once_make_one_statement_and_one_payout(people: People, melon: Listing) -> None:
    """P35: several workers come at the same moment; a manager and the supplier are at it too."""
    a_completed_order(people, melon)
    next_month(people)
    system = people.runtime
    assert set(at_once(*(_tend(people) for _ in range(6)))) == {"done"}
    with system.reading() as session:
        statement = session.scalars(select(SupplierStatement)).one()
    issue = doing(people, people.actor("manager"), service.decide, statement.id, "issue")
    assert at_once(issue, issue, issue).count("done") == 1
    confirm = doing(people, people.actor("supplier"), service.decide, statement.id, "confirm")
    dispute = doing(
        people, people.actor("supplier"), service.decide, statement.id, "dispute", "示例"
    )
    assert "done" in at_once(confirm, confirm, dispute)
    with system.reading() as session:
        if session.get_one(SupplierStatement, statement.id).state is StatementState.DISPUTED:
            confirm()
    assert set(at_once(*(_tend(people) for _ in range(6)))) == {"done"}
    with system.reading() as session:
        assert session.scalar(select(func.count()).select_from(Payout)) == 1
    all_is_well(people)


def _tend(people: People) -> Callable[[], object]:
    def once() -> None:
        with people.runtime.work() as w:
            service.tend(w)

    return lambda: people.runtime.again(once)
