"""Statements: everything owed stands in exactly one, frozen, and the supplier has his say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from marketplace.catalog.models import Listing
from marketplace.commands import serving
from marketplace.extension import make_runtime
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Missing, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.settlement import queries, service
from marketplace.settlement.models import StatementLine, SupplierStatement
from marketplace.settlement.states import LineKind, StatementState
from tests.databases import Place
from tests.fixtures import People
from tests.makers.settlement import (
    a_completed_order,
    a_confirmed_statement,
    a_run,
    answered,
    decided,
    made,
    next_month,
    payouts_in,
    released,
    taken_back,
    the_statements,
)

Faults = Callable[[], Sequence[str]]


def lines(people: People, statement: SupplierStatement) -> Sequence[StatementLine]:
    with people.runtime.reading() as session:
        return queries.lines_of(session, statement.id)


def test_a_period_that_is_over_is_stated_once(
    people: People, melon: Listing, faults: Faults
) -> None:
    """P1, P2: the lines are the postings of the supplier's account, each in one statement."""
    first, second = (a_completed_order(people, melon) for _ in range(2))
    with people.runtime.work() as w:
        assert service.make_statements(w) == 0  # the month is not over
    next_month(people)
    late = a_completed_order(people, melon)
    statement = made(people)
    assert (statement.starts_on, statement.ends_on) == (date(2026, 11, 1), date(2026, 11, 30))
    assert {line.order_id for line in lines(people, statement)} == {first.id, second.id}
    assert statement.total == first.supply + first.freight + second.supply + second.freight
    with people.runtime.work() as w:
        assert service.make_statements(w) == 0
    next_month(people)
    assert [line.order_id for line in lines(people, made(people))] == [late.id]
    assert faults() == []


def test_the_worker_makes_issues_and_confirms_by_the_clock(
    people: People, melon: Listing, clock: SetClock
) -> None:
    """P34: a statement is made at the end of the period, sent after a day, and taken as confirmed
    when its supplier says nothing; then its payout is proposed. All in the worker's rounds."""
    config = people.runtime.tools.config
    a_completed_order(people, melon)
    next_month(people)
    seen = []
    for days in (0, config.statement_draft_days, config.statement_answer_days):
        clock.advance(days=days, minutes=10)
        serving.once(people.runtime)
        (statement,) = the_statements(people)
        seen.append(statement.state)
    assert seen == [StatementState.DRAFT, StatementState.ISSUED, StatementState.CONFIRMED]
    with people.runtime.reading() as session:
        (proposal,) = queries.proposals(session)
    assert (proposal.statement.id, proposal.payout.amount) == (statement.id, statement.total)


def test_a_supplier_disputes_is_answered_and_confirms(
    people: People, melon: Listing, faults: Faults
) -> None:
    a_completed_order(people, melon)
    next_month(people)
    draft = made(people)
    with pytest.raises(Missing):  # nobody has sent it to him yet
        decided(people, draft, ("confirm", "supplier"))
    sent = decided(people, draft, ("issue", "manager"))
    for who, kind in (("second_supplier", Missing), ("auditor", Forbidden), ("manager", Forbidden)):
        with pytest.raises(kind):
            decided(people, sent, ("confirm", who))
    with pytest.raises(Invalid):
        decided(people, sent, ("dispute", "supplier"), note=" ")
    disputed = decided(people, sent, ("dispute", "supplier"), note="少了一单运费")
    assert (disputed.state, disputed.objection) == (StatementState.DISPUTED, "少了一单运费")
    again = decided(people, disputed, ("answer", "manager"), note="那一单包邮")
    assert (again.state, again.answer) == (StatementState.ISSUED, "那一单包邮")
    assert decided(people, again, ("confirm", "supplier")).state is StatementState.CONFIRMED
    with pytest.raises(WrongState):
        decided(people, again, ("dispute", "supplier"))
    assert faults() == []


def test_what_is_taken_back_after_the_payout_stands_below_zero_in_the_next_statement(
    people: People, melon: Listing, clock: SetClock, faults: Faults
) -> None:
    """P1, P2: and what a statement below zero leaves over, a later one takes."""
    first = a_completed_order(people, melon)
    next_month(people)
    a_confirmed_statement(people)
    (payout,) = payouts_in(people, released(people, a_run(people)))
    answered(people, payout.id)
    taken_back(people, first)
    next_month(people)
    debt = a_confirmed_statement(people)
    assert [line.kind for line in lines(people, debt)] == [LineKind.REFUND]
    assert debt.total == -(first.supply + first.freight)
    with people.runtime.work() as w:
        assert service.propose_payouts(w) == 0
    a_completed_order(people, melon), a_completed_order(people, melon)
    next_month(people)
    last = made(people)
    assert (last.carried, last.carries_id) == (debt.total, debt.id)
    assert last.total == first.supply + first.freight
    assert the_statements(people)[-2].state is StatementState.CARRIED
    assert [fault for fault in faults() if "refunds" not in fault] == []  # nobody sent it here


def test_a_statement_that_comes_to_nothing_is_settled_by_its_confirmation(
    people: People, melon: Listing, faults: Faults
) -> None:
    taken_back(people, a_completed_order(people, melon))
    next_month(people)
    statement = a_confirmed_statement(people)
    assert (statement.total, statement.state) == (ZERO, StatementState.PAID)
    assert faults() == []


FEES = """
[[fee]]
valid_from = 2026-01-01
basis_points = 0
source = "示例"
[[fee]]
valid_from = 2026-11-23
basis_points = 15
source = "示例协议 3 条"
"""


def test_a_fee_is_taken_from_its_day_on_and_given_back_with_the_order(
    people: People, melon: Listing, place: Place, clock: SetClock, tmp_path: Path, faults: Faults
) -> None:
    """P1, P2: half a fen is rounded up, freight bears none; booked when the statement leaves."""
    (tmp_path / "fees.toml").write_text(FEES, "utf-8")
    told = replace(place.config, settlement_fees=str(tmp_path / "fees.toml"))
    runtime = make_runtime(told, clock=clock)
    there = replace(people, runtime=runtime)
    order = a_completed_order(there, melon)  # ¥90.00 at 0.15 %: 13.5 fen
    next_month(there)
    statement = decided(there, made(there), ("issue", "manager"))
    assert (statement.fees, statement.total) == (Money(14), statement.orders - Money(14))
    with runtime.reading() as session:
        assert ledger.balance(session, AccountKind.FEES) == Money(-14)
    taken_back(there, order)
    next_month(there)
    assert decided(there, made(there), ("issue", "manager")).fees == Money(-14)
    with runtime.reading() as session:
        assert ledger.balance(session, AccountKind.FEES) == ZERO
    runtime.engine.dispose()
    assert [fault for fault in faults() if "refunds" not in fault] == []


def test_lines_are_never_changed(people: People, melon: Listing) -> None:
    a_completed_order(people, melon)
    next_month(people)
    made(people)
    for change in ("UPDATE mp_statement_line SET fee = fee", "DELETE FROM mp_statement_line"):
        with pytest.raises(DBAPIError), people.runtime.work() as w:
            w.session.execute(text(change))
    with people.runtime.reading() as session:
        assert session.scalars(select(StatementLine)).all()
