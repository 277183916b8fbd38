"""Payouts: to the confirmed account alone, by two persons, once, and what the bank says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import pytest

from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Refused, SamePerson, WrongState
from marketplace.kernel.money import ZERO
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.settlement import queries, service
from marketplace.settlement.models import Payout, SupplierStatement
from marketplace.settlement.states import PayoutState, StatementState
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Supplier
from tests.fixtures import People
from tests.makers.onboarding import NUMBER, a_waiting_account
from tests.makers.settlement import (
    a_completed_order,
    a_confirmed_statement,
    a_run,
    answered,
    next_month,
    payouts_in,
    proposed,
    released,
)

Faults = Callable[[], Sequence[str]]
OTHER = "104610120000026699"


@pytest.fixture
def statement(people: People, melon: Listing) -> SupplierStatement:
    """Confirmed, of one order."""
    a_completed_order(people, melon)
    next_month(people)
    return a_confirmed_statement(people)


def on(people: People, kind: AccountKind) -> object:
    with people.runtime.reading() as session:
        return ledger.balance(session, kind)


def test_one_manager_makes_a_run_and_another_releases_it(
    people: People, statement: SupplierStatement, faults: Faults
) -> None:
    """P1, P2, P9: the money is under way until the bank has answered, then nothing is left over."""
    run = a_run(people)
    for who, kind in (("manager", SamePerson), ("auditor", Forbidden), ("supplier", Forbidden)):
        with pytest.raises(kind), people.runtime.work(people.actor(who)) as w:
            service.release(w, run.id)
    with (
        pytest.raises(Refused, match="run_not_released"),
        people.runtime.work(people.actor("manager")) as w,
    ):
        service.give_file(w, run.id, "utf-8")
    released(people, run)
    with pytest.raises(WrongState):
        released(people, run)
    (payout,) = payouts_in(people, run)
    assert (payout.state, payout.amount) == (PayoutState.RELEASED, statement.total)
    assert on(people, AccountKind.PAYOUTS) == -statement.total
    assert on(people, AccountKind.DUE_TO_SUPPLIER) == ZERO
    assert faults() == []
    assert answered(people, payout.id).state is PayoutState.PAID
    assert on(people, AccountKind.PAYOUTS) == ZERO
    with people.runtime.reading() as session:
        assert queries.row(session, statement.id).state is StatementState.PAID
        assert queries.days_by_supplier(session, people.runtime.clock.now())[0][2].orders == 1
    for again in ("", "示例"):
        with pytest.raises(WrongState):
            answered(people, payout.id, sent_back=again)
    assert faults() == []


def test_the_file_is_the_same_whenever_it_is_fetched(
    people: People, statement: SupplierStatement
) -> None:
    """P31: the rows come first: whatever dies between file and answer, the second file names the
    same payouts by the same numbers, also when the bank has answered some of them."""
    run = released(people, a_run(people))
    (payout,) = payouts_in(people, run)

    def fetched() -> bytes:
        with people.runtime.work(people.actor("manager")) as w:
            return service.give_file(w, run.id, "utf-8")[1]

    first = fetched()
    assert hashlib.sha256(first).hexdigest() == run.file_sha256
    assert first.decode("utf-8-sig").count(payout.number) == 1
    assert f'"{NUMBER}"' in first.decode("utf-8-sig")
    assert statement.number in first.decode("utf-8-sig")
    assert proposed(people) == []  # nobody pays a second time meanwhile
    assert fetched() == first
    answered(people, payout.id, sent_back="示例：账号不符")
    assert fetched() == first


def test_what_the_bank_sends_back_is_owed_as_before_and_waits_for_a_person(
    people: People, statement: SupplierStatement, faults: Faults
) -> None:
    """P1, P9: it is not proposed to the same account by itself."""
    (payout,) = payouts_in(people, released(people, a_run(people)))
    with pytest.raises(Invalid):
        answered(people, payout.id, sent_back=" ")
    answered(people, payout.id, sent_back="户名不符")
    assert on(people, AccountKind.DUE_TO_SUPPLIER) == -statement.total
    assert proposed(people) == []
    with people.runtime.work(people.actor("manager")) as w:
        again = service.propose_again(w, statement.id)
    with (
        pytest.raises(Refused, match="nothing_to_pay"),
        people.runtime.work(people.actor("manager")) as w,
    ):
        service.propose_again(w, statement.id)
    assert again.number != payout.number
    assert faults() == []


def test_while_another_account_waits_nothing_leaves(
    people: People, statement: SupplierStatement, clock: SetClock, faults: Faults
) -> None:
    """Not proposed, not released from a run that was made before, and to the new account only when
    its pause is over."""
    run = a_run(people)
    with people.runtime.reading() as session:
        supplier = session.get_one(Supplier, statement.supplier_id)
    account = a_waiting_account(people, supplier, number=OTHER)
    with pytest.raises(Refused, match="nothing_to_pay"):
        released(people, run)
    with people.runtime.work(people.actor("manager")) as w:
        service.withdraw_run(w, run.id)
    assert proposed(people) == []
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.confirm_account(w, account.id, OTHER)
    assert proposed(people) == []
    clock.advance(days=people.runtime.tools.config.payout_pause_days)
    (payout,) = proposed(people)
    assert payout.account_id == account.id
    assert faults() == []


def test_a_number_of_the_bank_pays_one_payout(people: People, melon: Listing) -> None:
    payouts: list[Payout] = []
    for _month in range(2):
        a_completed_order(people, melon)
        next_month(people)
        a_confirmed_statement(people)
        payouts += payouts_in(people, released(people, a_run(people)))
    with people.runtime.work(people.actor("manager")) as w:
        service.note_paid(w, payouts[0].id, "示例 1")
    with (
        pytest.raises(Refused, match="bank_ref_used"),
        people.runtime.work(people.actor("manager")) as w,
    ):
        service.note_paid(w, payouts[1].id, "示例 1")


def test_nobody_makes_a_run_of_nothing(people: People) -> None:
    with pytest.raises(Invalid), people.runtime.work(people.actor("manager")) as w:
        service.make_run(w, [])
    for who in ("auditor", "supplier"):
        with pytest.raises(Forbidden), people.runtime.work(people.actor(who)) as w:
            service.make_run(w, [])
