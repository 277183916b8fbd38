"""P8: a line of the bank pays once, and only what it names to the fen; the rest waits."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select

from catalog_import import layouts, read_statement
from marketplace.accounts import service as accounts
from marketplace.banking import queries, service
from marketplace.banking.models import BankLine, BankStatement, BankUse
from marketplace.banking.states import LineCause, LineState
from marketplace.catalog.models import Listing
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Refused, SamePerson, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders import service as orders
from marketplace.payments import service as payments
from marketplace.payments.models import Payment
from marketplace.payments.states import PaymentState
from marketplace.settlement.models import Payout, SupplierStatement
from marketplace.settlement.states import PayoutState, StatementState
from marketplace.suppliers.models import Supplier
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.banking import ACCOUNT, a_file, came, taken, the_line, the_lines, went
from tests.makers.onboarding import a_confirmed_account
from tests.makers.orders import a_purchase, the_order, the_payment
from tests.makers.settlement import (
    a_completed_order,
    a_confirmed_statement,
    a_run,
    next_month,
    payouts_in,
    released,
)

Faults = Callable[[], Sequence[str]]
K = AccountKind
NOTE = "财务共享中心代付"


def balances(people: People) -> dict[AccountKind, Money]:
    """What stands on the accounts of transfers, credits above zero; nothing for none."""
    kinds = (K.TRANSFER_UNKNOWN, K.TRANSFER_SHORT, K.TRANSFER_EXCESS)
    with people.runtime.reading() as session:
        found = {kind: -ledger.balance(session, kind) for kind in kinds}
    return {kind: amount for kind, amount in found.items() if amount}


def state(people: People, payment: Payment) -> PaymentState:
    with people.runtime.reading() as session:
        return session.get_one(Payment, payment.id).state


def put(
    people: People,
    payment: Payment,
    *lines: BankLine,
    note: str = "财务共享中心代付",
    by: str = "manager",
) -> Payment:
    with people.runtime.work(people.actor(by)) as w:
        return service.put(w, payment.id, [line.id for line in lines], note)


def test_a_reference_and_the_exact_amount_settle_however_the_bank_writes_them(
    people: People, melon: Listing, faults: Faults
) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    ref = payment.reference
    written = f"货款 ｚｔ{ref[2:4].lower()}-{ref[4:6]} {ref[6:]} 请查收"
    assert taken(people, came("S1", "118.00", written)).fresh == 1
    line = the_line(people)
    assert (line.state, line.cause, line.cause_id) == (
        LineState.MATCHED, LineCause.PAYMENT, payment.id,
    )  # fmt: skip
    with people.runtime.reading() as session:
        paid = session.get_one(Payment, payment.id)
        assert (paid.state, paid.provider_ref, paid.settled_by) == ("settled", "S1", "system")
    assert balances(people) == {}
    assert faults() == []


def test_the_same_statement_again_and_one_that_overlaps_change_nothing(
    people: People, melon: Listing, faults: Faults
) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    lines = (
        came("S1", "118.00", payment.reference),
        came("", "5.00"),
        came("", "5.00"),
        came("S2", "1.00"),
    )
    assert taken(people, *lines[:3]).fresh == 3
    before = balances(people)
    again = taken(people, *lines[:3])
    assert (again.fresh, again.statement_id) == (0, None)
    assert balances(people) == before == {K.TRANSFER_UNKNOWN: Money(10_00)}
    assert taken(people, *lines).fresh == 1
    assert len(the_lines(people)) == 4
    more = (*lines, came("S9", "1.00"))
    assert taken(people, *more, account="another").fresh == 5  # of another account all is new
    assert faults() == []


def test_less_more_twice_and_unknown_stand_on_accounts_of_their_names(
    people: People, melon: Listing, faults: Faults
) -> None:
    short, much, twice = (
        the_payment(people, a_purchase(people, melon, name=name))
        for name in ("employee", "second_employee", "employee")
    )
    taken(
        people,
        came("S1", "117.99", short.reference),
        came("S2", "118.01", much.reference),
        came("S3", "118.00", twice.reference),
        came("S4", "118.00", twice.reference),
        came("S5", "118.00", "ZTAAAAAA"),
        came("S6", "118.00", f"{short.reference} {much.reference}"),
    )
    assert balances(people) == {
        K.TRANSFER_SHORT: Money(117_99),
        K.TRANSFER_EXCESS: Money(118_01 + 118_00),
        K.TRANSFER_UNKNOWN: Money(2 * 118_00),
    }
    assert [state(people, one) for one in (short, much, twice)] == [
        "awaiting",
        "awaiting",
        "settled",
    ]
    assert faults() == []


def test_two_lines_that_together_are_the_amount_pay_it_by_a_persons_word(
    people: People, melon: Listing, faults: Faults
) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    taken(people, came("S1", "100.00", payment.reference), came("S2", "18.00"), came("S3", "1.00"))
    first, second, third = the_lines(people)
    for lines in ((first,), (second, third), (first, second, third)):  # less, less, one in vain
        with pytest.raises(Refused, match="lines_differ"):
            put(people, payment, *lines)
    with pytest.raises(Invalid, match="note_missing"):
        put(people, payment, first, second, note="  ")
    assert put(people, payment, first, second).state is PaymentState.SETTLED
    with pytest.raises(WrongState):
        put(people, payment, first, second)
    assert balances(people) == {K.TRANSFER_UNKNOWN: Money(1_00)}
    assert [use.note for use in uses(people, payment)] == [NOTE] * 2
    assert faults() == []


def uses(people: People, payment: Payment) -> Sequence[BankUse]:
    with people.runtime.reading() as session:
        return queries.uses_of(session, payment.id)


def test_what_is_too_much_stays_apart_until_it_has_gone_back(
    people: People, melon: Listing, faults: Faults
) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    taken(people, came("S1", "120.00"))
    put(people, payment, the_line(people))
    assert balances(people) == {K.TRANSFER_EXCESS: Money(2_00)}
    line = the_line(people)
    assert (line.state, line.rest) == (LineState.OPEN, Money(2_00))
    with people.runtime.work(people.actor("manager")) as w:
        service.send_back(w, line.id, "OUT-1", "多付 2 元")
    assert balances(people) == {}
    taken(people, went("OUT-1", "2.00"))  # the other end of it
    found = the_line(people, "OUT-1")
    assert (found.state, found.cause, found.cause_id) == ("matched", LineCause.RETURN, line.id)
    with people.runtime.reading() as session:
        assert ledger.balance(session, K.BANK_CLEARING) == Money(118_00)
    assert faults() == []


def test_one_transfer_pays_two_purchases(people: People, melon: Listing, faults: Faults) -> None:
    one, other = (
        the_payment(people, a_purchase(people, melon, name=name))
        for name in ("employee", "second_employee")
    )
    taken(people, came("S1", "236.00", f"{one.reference}、{other.reference}"))
    put(people, one, the_line(people))
    put(people, other, the_line(people))
    assert (state(people, one), state(people, other)) == ("settled", "settled")
    assert (balances(people), the_line(people).state) == ({}, LineState.MATCHED)
    assert faults() == []


def bought_by_the_manager(people: People, melon: Listing) -> Payment:
    (grant,) = people.actor("employee").grants
    with people.runtime.work() as w:
        manager = uuid.UUID(people.ids["manager"])
        accounts.grant(w, manager, grant.organisation_id, Role.EMPLOYEE)
    return the_payment(people, a_purchase(people, melon, name="manager"))


def test_a_manager_pays_nothing_of_his_own_by_a_statement_or_by_his_word(
    people: People, melon: Listing, faults: Faults
) -> None:
    payment = bought_by_the_manager(people, melon)
    taken(people, came("S1", "118.00", payment.reference))
    line = the_line(people)
    assert (line.state, state(people, payment)) == (LineState.OPEN, PaymentState.AWAITING)
    with pytest.raises(SamePerson):
        put(people, payment, line)
    with pytest.raises(SamePerson), people.runtime.work(people.actor("manager")) as w:
        service.send_back(w, line.id, "OUT-1", "退回")
    with pytest.raises(SamePerson), people.runtime.work(people.actor("manager")) as w:
        service.dismiss(w, line.id, "无关")
    assert put(people, payment, line, by="second_manager").state is PaymentState.SETTLED
    assert faults() == []


def test_what_was_confirmed_by_hand_is_not_counted_again(
    people: People, melon: Listing, faults: Faults
) -> None:
    first, late, wrong = (
        the_payment(people, a_purchase(people, melon, name=name))
        for name in ("employee", "second_employee", "employee")
    )

    def confirm(payment: Payment, number: str) -> None:
        with people.runtime.work(people.actor("manager")) as w:
            payments.confirm_transfer(w, payment.id, payment.amount, number)

    confirm(first, "S1")  # before its line came
    taken(people, came("S1", "118.00"), came("S2", "118.00"), came("S3", "1.00"))
    assert the_line(people, "S1").cause_id == first.id
    confirm(late, "S2")  # after it
    assert the_line(people, "S2").cause_id == late.id
    with pytest.raises(Refused, match="bank_line_differs"):
        confirm(wrong, "S3")
    with pytest.raises(Refused):
        confirm(wrong, "S2")
    confirm(wrong, "mistyped")
    taken(people, came("S4", "118.00", wrong.reference))
    assert balances(people)[K.TRANSFER_EXCESS] == Money(118_00)
    put(people, wrong, the_line(people, "S4"))  # was it after all
    with people.runtime.reading() as session:
        assert ledger.balance(session, K.BANK_CLEARING) == Money(3 * 118_00 + 1_00)
    assert balances(people) == {K.TRANSFER_UNKNOWN: Money(1_00)}
    assert faults() == []


def test_money_after_the_hold_has_the_goods_again_or_waits_to_go_back(
    people: People, melon: Listing, faults: Faults
) -> None:
    clock = people.runtime.clock
    assert isinstance(clock, SetClock)
    there, gone = a_purchase(people, melon), a_purchase(people, melon, name="second_employee")
    called_off = the_order(people, gone)
    with people.runtime.work(people.actor("second_employee")) as w:
        orders.cancel(w, called_off.id, "不要了")
    clock.advance(days=40)
    with people.runtime.work() as w:
        orders.lapse_due(w)
    first, second = the_payment(people, there), the_payment(people, gone)
    assert (first.state, second.state) == (PaymentState.VOID, PaymentState.VOID)
    taken(people, came("S1", "118.00", first.reference), came("S2", "118.00", second.reference))
    assert (state(people, first), state(people, second)) == ("settled", "void")
    assert the_order(people, there).state == "paid"
    assert balances(people) == {K.TRANSFER_EXCESS: Money(118_00)}
    assert faults() == []


def test_an_open_line_settles_when_its_payment_asks_for_just_that(
    people: People, melon: Listing, faults: Faults
) -> None:
    purchase = a_purchase(people, melon)
    payment = the_payment(people, purchase)
    taken(people, came("S1", "100.00", payment.reference))
    assert balances(people) == {K.TRANSFER_SHORT: Money(100_00)}
    assert service.match_lines(people.runtime) == 0
    with people.runtime.work() as w:
        w.session.get_one(Payment, payment.id).amount = Money(100_00)
    with people.runtime.reading() as session:
        assert queries.lines_to_match(session) == [the_line(people).id]


def test_what_is_none_of_ours_leaves_the_books_with_a_reason(
    people: People, melon: Listing, faults: Faults
) -> None:
    taken(people, came("S1", "3.21", "结息"), went("S2", "10.00", "手续费"))
    for line in the_lines(people):
        assert line.state is LineState.OPEN
        with people.runtime.work(people.actor("manager")) as w:
            service.dismiss(w, line.id, "账户利息、手续费")
    assert balances(people) == {}
    with people.runtime.reading() as session:
        assert ledger.balance(session, K.BANK_CLEARING) == ZERO
        verbs = [
            row.verb
            for row in session.scalars(
                select(TrailEntry).where(TrailEntry.subject_kind == "BankLine")
            )
        ]
    assert sorted(verbs) == ["ask", "ask", "dismiss", "dismiss"]
    assert faults() == []


def test_only_managers_take_statements_and_decide(people: People, melon: Listing) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    taken(people, came("S1", "118.00"))
    line = the_line(people)
    for name in ("auditor", "employee", "reviewer"):
        with pytest.raises(Forbidden):
            taken(people, came("S9", "1.00"), by=name)
        with pytest.raises(Forbidden):
            put(people, payment, line, by=name)
        with pytest.raises(Forbidden), people.runtime.work(people.actor(name)) as w:
            service.dismiss(w, line.id, "无关")
    with people.runtime.reading() as session:
        assert len(session.scalars(select(BankStatement)).all()) == 1


def test_a_statement_with_a_bad_row_leaves_nothing(people: People) -> None:
    bad = read_statement(a_file(came("S1", "1.00"), came("S2", "1.005")), layouts())
    with pytest.raises(Invalid), people.runtime.work(people.actor("manager")) as w:
        service.take_statement(w, bad, service.NewStatement(ACCOUNT, "x.csv"))
    assert the_lines(people) == []


def test_a_mistyped_number_of_his_own_is_no_managers_to_mend(
    people: People, melon: Listing
) -> None:
    payment = bought_by_the_manager(people, melon)
    with people.runtime.work(people.actor("second_manager")) as w:
        payments.confirm_transfer(w, payment.id, payment.amount, "mistyped")
    taken(people, came("S1", "118.00"))
    with pytest.raises(SamePerson):
        put(people, payment, the_line(people))


def test_a_payout_is_paid_or_comes_back_as_its_line_says(
    people: People, melon: Listing, faults: Faults
) -> None:
    with people.runtime.reading() as session:
        supplier = session.get_one(Supplier, melon.supplier_id)
    a_confirmed_account(people, supplier)
    a_completed_order(people, melon)
    next_month(people)
    a_confirmed_statement(people)
    (payout,) = payouts_in(people, released(people, a_run(people)))
    taken(people, went("S1", payout.amount.yuan, f"货款 {payout.number}"), went("S2", "1.00"))
    with people.runtime.reading() as session:
        told = session.get_one(Payout, payout.id)
        assert (told.state, told.bank_ref) == (PayoutState.PAID, "S1")
    assert the_line(people).cause_id == payout.id
    assert the_line(people, "S2").state is LineState.OPEN
    assert faults() == []
    taken(people, came("S3", payout.amount.yuan, f"退汇 {payout.number} 户名不符"))
    with people.runtime.reading() as session:
        told = session.get_one(Payout, payout.id)
        owed = session.get_one(SupplierStatement, told.statement_id)
        assert (told.state, owed.state) == (PayoutState.RETURNED, StatementState.CONFIRMED)
        assert ledger.balance(session, K.DUE_TO_SUPPLIER) == -payout.amount
    assert balances(people) == {}
    assert faults() == []
