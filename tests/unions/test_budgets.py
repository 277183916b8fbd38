"""Who founds a union, who grants its budgets, and who may see them."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money
from marketplace.unions import queries, service
from marketplace.work import Runtime
from tests.databases import unguard
from tests.fixtures import People
from tests.makers.suppliers import a_credit_code
from tests.makers.unions import CODE, a_budget, a_union


def grant(people: People, name: str, **changes: object) -> None:
    union = a_union(people)
    said = {
        "name": "慰问", "year": 2026, "source": FundSource.UNION,
        "amount": Money(100), "document": "示例",
    } | changes  # fmt: skip
    with people.runtime.work(people.actor(name)) as w:
        service.grant_budget(w, union.id, **said)  # type: ignore[arg-type]  # named by the caller


def test_a_granted_budget_is_all_available(runtime: Runtime, people: People) -> None:
    budget = a_budget(people, amount=Money(480_000_00))
    with runtime.reading() as session:
        row = queries.budget(session, people.actor("union_buyer"), budget.id)
    assert (row.granted, row.available) == (Money(480_000_00), Money(480_000_00))
    assert (row.reserved, row.committed, row.spent) == (ZERO, ZERO, ZERO)
    assert row.budget.source is FundSource.UNION


@pytest.mark.parametrize("name", ["union_buyer", "union_approver"])
def test_only_the_treasurer_grants(people: People, name: str) -> None:
    with pytest.raises(Forbidden):
        grant(people, name)


@pytest.mark.parametrize("name", ["employee", "manager", "supplier"])
def test_a_union_is_missing_for_strangers(people: People, name: str) -> None:
    """P18: as if there were no such union."""
    with pytest.raises(Missing):
        grant(people, name)


def test_the_auditor_reads_a_union_and_grants_nothing(runtime: Runtime, people: People) -> None:
    budget = a_budget(people)
    with runtime.reading() as session:
        assert queries.budget(session, people.actor("auditor"), budget.id).budget.id == budget.id
        (union,) = queries.own_unions(session, people.actor("auditor"))
    with pytest.raises(Forbidden), runtime.work(people.actor("auditor")) as w:
        service.grant_budget(
            w, union.id, name="x", year=2026, source=FundSource.UNION, amount=Money(1), document="x"
        )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": ZERO}, "budget_amount"),
        ({"amount": Money(-1)}, "budget_amount"),
        ({"year": 26}, "budget_year"),
        ({"source": FundSource.PERSONAL}, "budget_source"),
    ],
)
def test_a_budget_that_cannot_be_is_refused(
    people: People, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        grant(people, "union_treasurer", **changes)


def test_a_union_needs_a_unions_code(people: People) -> None:
    (organisation,) = people.actor("union_treasurer").organisations(
        next(iter(people.actor("union_treasurer").roles))
    )
    with pytest.raises(Invalid, match="union_credit_code"), people.runtime.work() as w:
        service.found_union(w, organisation, "示例", a_credit_code())


def test_an_organisation_has_one_union(people: People) -> None:
    union = a_union(people)
    with pytest.raises(Refused, match="union_exists"), people.runtime.work() as w:
        service.found_union(w, union.organisation_id, "又一个", CODE)


def test_a_member_stands_in_the_list_once(people: People) -> None:
    union = a_union(people, members=3)
    twice = service.NewMember("示例会员", "M0001", "13700000009")
    fresh = service.NewMember("示例新会员", "M0099", "13700000099")
    with pytest.raises(Refused, match="member_exists"), people.runtime.work() as w:
        service.add_members(w, union.id, [fresh, twice])
    with people.runtime.reading() as session:
        assert queries.member_counts(session, [union.id]) == {union.id: 3}


def test_a_member_needs_a_mobile_number(people: People) -> None:
    union = a_union(people)
    with pytest.raises(Invalid, match="member_mobile"), people.runtime.work() as w:
        service.add_members(w, union.id, [service.NewMember("示例会员", "M1", "12345")])


def test_a_budget_spent_by_hand_is_found(people: People) -> None:
    """P12: by verify."""
    budget = a_budget(people, amount=Money(1000))
    with people.runtime.work() as w:
        unguard(w.session, "mp_journal_entry", "update")
        w.session.execute(
            text(
                "UPDATE mp_journal_entry SET amount = -500 WHERE account_id IN "
                "(SELECT id FROM mp_ledger_account WHERE kind = 'available')"
            )
        )
    with people.runtime.reading() as session:
        found = list(queries.faults(session))
    assert any("overspent" in fault and budget.name in fault for fault in found)
