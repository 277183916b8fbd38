"""Vouchers: codes that nobody reads twice, limits that hold, and who pays the difference."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select, update

from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind, Person
from marketplace.catalog.models import Listing
from marketplace.credit import service
from marketplace.credit.models import Voucher, VoucherBatch, VoucherUse
from marketplace.credit.queries import Wanted
from marketplace.credit.rules import code_hash
from marketplace.kernel.clock import SetClock
from marketplace.kernel.credit_code import completed
from marketplace.kernel.errors import Forbidden, Invalid, Refused, SamePerson, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders import service as orders
from marketplace.unions import service as unions
from marketplace.unions.models import Budget, Union
from tests.credit.test_paying import called_off, parts_of
from tests.fixtures import People
from tests.makers.credit import a_batch, a_grant, credit_of, funded
from tests.makers.orders import a_purchase, paid, the_order, the_orders, the_payment

Faults = Callable[[], Sequence[str]]


def used(people: People, batch: VoucherBatch) -> int:
    with people.runtime.reading() as session:
        return session.get_one(VoucherBatch, batch.id).used


def test_codes_stand_nowhere_but_in_the_answer_that_made_them(people: People) -> None:
    batch, codes = a_batch(people)
    assert len(set(codes)) == batch.codes
    assert {len(code.replace("-", "")) for code in codes} == {20}
    with people.runtime.reading() as session:
        kept = set(session.scalars(select(Voucher.code_hash)))
    assert kept == {code_hash(code.lower()) for code in codes}
    with pytest.raises(WrongState), people.runtime.work(people.actor("second_manager")) as w:
        service.issue(w, batch.id)
    with pytest.raises(Forbidden), people.runtime.work(people.actor("union_buyer")) as w:
        service.stop(w, batch.id, "示例")


def test_whoever_made_a_batch_does_not_issue_it(people: People, faults: Faults) -> None:
    """One pair of hands alone would make money; `verify` finds a batch of one person."""
    batch, _ = a_batch(people, issued=False)
    with pytest.raises(SamePerson), people.runtime.work(people.actor("manager")) as w:
        service.issue(w, batch.id)
    with people.runtime.work(people.actor("second_manager")) as w:
        assert len(service.issue(w, batch.id)) == batch.codes
    assert faults() == []
    with people.runtime.work() as w:
        w.session.get_one(VoucherBatch, batch.id).issued_by = people.ids["manager"]
    assert any("made and issued by one person" in one for one in faults())


def test_a_voucher_pays_before_credit_and_the_marketplace_pays_for_it(
    people: People, budget: Budget, melon: Listing, walnut: Listing, faults: Faults
) -> None:
    """P5, P13: ¥20.00 by voucher and ¥50.00 by credit of ¥178.00; suppliers get theirs in full."""
    funded(people, a_grant(people, budget))
    _, codes = a_batch(people)
    wanted = Wanted(credit=True, voucher=codes[0])
    purchase = paid(people, a_purchase(people, melon, walnut, pay_with=wanted, own=Money(108_00)))
    assert parts_of(people, purchase) == [
        [("credit", 33_15, 0), ("own", 71_59, 0), ("voucher", 13_26, 0)],
        [("credit", 16_85, 0), ("own", 36_41, 0), ("voucher", 6_74, 0)],
    ]
    with people.runtime.reading() as session:
        assert ledger.balance(session, AccountKind.VOUCHER_COST) == Money(20_00)
        assert ledger.balance(session, AccountKind.SUPPLIER_PAYABLE) == Money(-134_00)
    assert faults() == []
    for order in the_orders(people, purchase):
        called_off(people, order.id)
    assert credit_of(people) == [(50_00, 0, 0, 0)]
    with people.runtime.reading() as session:
        assert ledger.balance(session, AccountKind.VOUCHER_COST) == ZERO
    assert the_payment(people, purchase).refunded == Money(108_00)
    assert faults() == []


def test_a_code_works_once_and_is_free_again_when_all_of_it_is_back(
    people: People, walnut: Listing, clock: SetClock, faults: Faults
) -> None:
    """P14: by the buyer, and by the end of the hold."""
    batch, (code, other, *_) = a_batch(people, most_per_person=2)
    first = a_purchase(people, walnut, pay_with=Wanted(voucher=code))
    with pytest.raises(Refused, match="voucher_unknown"):
        a_purchase(people, walnut, pay_with=Wanted(voucher=code))
    called_off(people, the_order(people, first).id)
    assert used(people, batch) == 0
    for one in (code, other):
        a_purchase(people, walnut, pay_with=Wanted(voucher=one))
    assert used(people, batch) == 2
    assert faults() == []
    clock.advance(days=25)
    with people.runtime.work() as w:
        orders.lapse_due(w)
    assert used(people, batch) == 0
    assert faults() == []


def test_every_limit_is_asked_in_turn_and_not_only_at_once(
    people: People, budget: Budget, walnut: Listing, faults: Faults
) -> None:
    """P14: Failure 2: by person, by union, in all."""
    _, personal = a_batch(people)
    a_purchase(people, walnut, pay_with=Wanted(voucher=personal[0]))
    with pytest.raises(Refused, match="voucher_limit_person"):
        a_purchase(people, walnut, pay_with=Wanted(voucher=personal[1]))
    _, common = a_batch(people, most_per_union=1, name="示例工会券")
    a_purchase(people, walnut, pay_with=Wanted(voucher=common[0]))
    with pytest.raises(Refused, match="voucher_limit_union"):
        a_purchase(people, walnut, name="second_employee", pay_with=Wanted(voucher=common[1]))
    _, few = a_batch(people, most=1, most_per_person=9, name="示例限量券")
    a_purchase(people, walnut, pay_with=Wanted(voucher=few[0]))
    with pytest.raises(Refused, match="voucher_used_up"):
        a_purchase(people, walnut, pay_with=Wanted(voucher=few[1]))
    assert faults() == []


def test_whoever_is_in_two_unions_uses_up_both(
    people: People, budget: Budget, walnut: Listing, faults: Faults
) -> None:
    """P14: each union's limit counts whoever stands on its list; what comes back counts back."""
    _second_union(people, "employee")
    batch, (first, second, *_) = a_batch(people, most_per_union=1, most_per_person=9)
    bought = a_purchase(people, walnut, pay_with=Wanted(voucher=first))
    assert faults() == []
    with people.runtime.reading() as session:
        owners = set(session.scalars(select(VoucherUse.owner)))
        assert {str(one) for one in session.scalars(select(Union.id))} < owners
    with pytest.raises(Refused, match="voucher_limit_union"):
        a_purchase(people, walnut, pay_with=Wanted(voucher=second), name="second_employee")
    called_off(people, the_order(people, bought).id)
    assert used(people, batch) == 0
    assert faults() == []
    a_purchase(people, walnut, pay_with=Wanted(voucher=second), name="second_employee")
    with people.runtime.work() as w:
        w.session.execute(update(VoucherUse).values(used=0))
    assert any("0 counted of" in one for one in faults())


def _second_union(people: People, name: str) -> None:
    """On its list the person stands too, unproved: for a limit that is enough."""
    with people.runtime.work() as w:
        place = accounts.add_organisation(w, "示例分行工会", OrganisationKind.UNION)
        union = unions.found_union(w, place.id, "示例分行工会", completed("81990000MC000002"))
        w.session.flush()
        person = w.session.get_one(Person, uuid.UUID(people.ids[name]))
        unions.add_members(w, union.id, [unions.NewMember("示例会员", "N1", person.mobile or "")])


def test_whoever_is_in_no_union_is_not_counted_as_one(people: People, walnut: Listing) -> None:
    """P14: a limit per union is for the members of each; others have theirs by person."""
    _, (first, second, *_) = a_batch(people, most_per_union=1)
    a_purchase(people, walnut, pay_with=Wanted(voucher=first))
    a_purchase(people, walnut, name="second_employee", pay_with=Wanted(voucher=second))


def test_what_is_stopped_too_early_too_late_or_too_little_does_not_pay(
    people: People, walnut: Listing, clock: SetClock
) -> None:
    """P14: at the second of expiry it does not; freight does not help to reach the minimum."""
    _, (code, *_) = a_batch(people, min_spend=Money(60_01))
    with pytest.raises(Refused, match="voucher_min_spend"):
        a_purchase(people, walnut, pay_with=Wanted(voucher=code))
    batch, (late, stopped, *_) = a_batch(people, name="示例短期券")
    clock.at = batch.valid_until
    with pytest.raises(Refused, match="voucher_unknown"):
        a_purchase(people, walnut, pay_with=Wanted(voucher=late))
    clock.advance(seconds=-1)
    with people.runtime.work(people.actor("manager")) as w:
        service.stop(w, batch.id, "示例：印错了")
    with pytest.raises(Refused, match="voucher_unknown"):
        a_purchase(people, walnut, pay_with=Wanted(voucher=stopped))


@pytest.mark.parametrize(
    "wrong",
    [{"face": ZERO}, {"face": Money(1_000_01)}, {"codes": 0}, {"codes": 5_001}, {"most": 0}],
)
def test_a_batch_that_cannot_be_meant_is_refused(people: People, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        a_batch(people, **wrong)
