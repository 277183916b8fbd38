"""Who may give credit, where it is allowed, and what two persons agree to."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.credit import queries, rules, service
from marketplace.credit.states import GrantState
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger.service import NotEnough
from marketplace.payments import queries as payments
from marketplace.payments.states import PaymentState
from marketplace.unions.models import Budget, Union
from tests.credit.test_paying import budget_of
from tests.fixtures import People
from tests.makers.credit import a_grant, approved, funded
from tests.makers.unions import a_budget

CARD = """[[card]]
id = "示例"
name = "示例规定"
place = "44"
source = "union"
allow = false
valid_from = 2026-01-01
document = "示例文件"
"""


def test_two_persons_agree_and_each_end_gives_the_budget_back(
    people: People, budget: Budget
) -> None:
    """P12, P15: not who proposed it; refused and withdrawn money is available again."""
    grant = a_grant(people, budget)
    with (
        pytest.raises(SamePerson),
        people.runtime.work(people.both("union_buyer", "union_approver")) as w,
    ):
        service.approve(w, grant.id)
    with (
        pytest.raises(Refused, match="credit_changed"),
        people.runtime.work(people.actor("union_approver")) as w,
    ):
        service.approve(w, grant.id, "another hash")
    for name in ("union_treasurer", "employee"):
        with pytest.raises((Forbidden, Missing)), people.runtime.work(people.actor(name)) as w:
            service.approve(w, grant.id)
    with people.runtime.work(people.actor("union_approver")) as w:
        service.refuse(w, grant.id, "示例：人数不对")
    assert budget_of(people, budget) == (20_000_00, 0, 0, 0)
    other = approved(people, a_grant(people, budget))
    with people.runtime.work(people.actor("union_buyer")) as w:
        assert service.withdraw(w, other.id).state is GrantState.WITHDRAWN
    assert budget_of(people, budget) == (20_000_00, 0, 0, 0)
    with people.runtime.reading() as session:
        asked = payments.of_purchase(session, other.id)
    assert asked is not None
    assert asked.state is PaymentState.VOID


def test_more_than_the_budget_has_is_refused(people: People, budget: Budget) -> None:
    """P12: for two members ¥10,000.00 each is all there is."""
    a_grant(people, budget, Money(10_000_00))
    with pytest.raises(NotEnough):
        a_grant(people, budget, Money(1))


@pytest.mark.parametrize(("each", "days"), [(ZERO, 30), (Money(10_000_01), 30), (Money(1), -1)])
def test_an_amount_or_a_time_that_cannot_be_meant_is_refused(
    people: People, budget: Budget, each: Money, days: int
) -> None:
    with pytest.raises(Invalid):
        a_grant(people, budget, each, days=days)


def test_without_a_rule_that_allows_it_there_is_no_credit(people: People, budget: Budget) -> None:
    """The rule's name is told; of welfare funds no card says anything."""
    for source, code in (
        (FundSource.CANTEEN, "credit_not_allowed"),
        (FundSource.WELFARE, "credit_without_rule"),
    ):
        other = _another_budget(people, budget, source)
        with pytest.raises(Refused, match=code) as refusal:
            a_grant(people, other)
        assert bool(refusal.value.data.get("rule")) == (code == "credit_not_allowed")


def _another_budget(people: People, budget: Budget, source: FundSource) -> Budget:
    with people.runtime.reading() as session:
        union = session.get_one(Union, budget.union_id)
    return a_budget(people, union, source=source)


def test_a_card_that_is_closer_counts_before_one_that_is_general() -> None:
    code, today = "81440000MCL468545M", date(2026, 11, 23)
    general = rules.cards("")
    (own,) = rules.read_cards(CARD, "示例.toml")
    found = rules.card_for([*general, own], code, FundSource.UNION, today)
    assert found == own
    assert rules.card_for(general, code, FundSource.UNION, today) == general[0]
    assert rules.card_for([own], code, FundSource.UNION, date(2025, 12, 31)) is None
    assert rules.card_for([own], "81110000MC", FundSource.UNION, today) is None


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (CARD.replace('"44"', '"Guangdong"'), "line 1: place"),
        (CARD.replace('"union"', '"personal"'), "line 1: no source"),
        (CARD.replace("false", '"no"'), "line 1: a value has the wrong type"),
        (CARD.replace('document = "示例文件"\n', ""), "line 1: missing or unknown: document"),
        (CARD + CARD, "line 1: 示例 stands there twice"),
        ("[[card]", "示例.toml"),
    ],
)
def test_a_broken_card_is_refused_with_its_line_and_the_reason(broken: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        rules.read_cards(broken, "示例.toml")


def test_what_is_funded_is_not_withdrawn_and_nobody_else_reads_it(
    people: People, budget: Budget
) -> None:
    """P18: as if there were no such grant."""
    grant = funded(people, a_grant(people, budget))
    with (
        pytest.raises(Refused, match="wrong_state"),
        people.runtime.work(people.actor("union_buyer")) as w,
    ):
        service.withdraw(w, grant.id)
    with people.runtime.reading() as session, pytest.raises(Missing):
        queries.grant(session, people.actor("employee"), grant.id)
