"""How near goods are to being on sale: one evaluator for supplier, reviewer and gate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from marketplace.kernel.clock import SetClock, end_of_day, start_of_day
from marketplace.suppliers import queries, rules, service
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.queries import Readiness
from marketplace.suppliers.rules.requirements import Make, read_scheme
from marketplace.suppliers.states import Maker, Packaging, PaperKind, Processing, SupplierKind
from tests.fixtures import People
from tests.makers.suppliers import (
    UNTIL,
    a_draft_supplier,
    a_paper,
    a_statement,
    a_waiver,
    an_approved_supplier,
    seen,
)
from tests.suppliers.test_gate import HEAD, SOURCED

JAM = Make("prepared", Processing.DEEP, Packaging.PREPACKED)
TEA = Make("tea", Processing.DRIED, Packaging.PREPACKED)
P, C = PaperKind, SupplierKind


def key_of(make: Make | None) -> str:
    return rules.key_of(rules.slugs_of(make)) if make else rules.WHOLE


def ready(people: People, supplier: Supplier, make: Make | None = None) -> Readiness:
    """The answer to supplier and reviewer, which says 100 % exactly when the gate says yes."""
    at = people.runtime.clock.now()
    with people.runtime.reading() as session:
        found = queries.readiness(session, session.get_one(Supplier, supplier.id), at, key_of(make))
        sells = queries.sells(session, supplier.id, at, key_of(make))
        assert list(queries.standing_faults(session)) == []
    assert (found.share == 100) == sells == found.is_ready, found.share
    assert sells != bool(found.steps), "whoever may not sell is told what to do"
    return found


def todos(found: Readiness) -> list[tuple[str, str]]:
    return [(s.todo.value, s.requirement.slug if s.requirement else "") for s in found.steps]


def acting(people: People, who: str, verb: Callable[..., object], *said: object) -> object:
    with people.runtime.work(people.actor(who)) as w:
        return verb(w, *said)


def test_from_a_draft_to_sales_the_share_rises_and_each_thing_says_what_to_do(
    people: People,
) -> None:
    supplier = a_draft_supplier(people)
    first = ready(people, supplier)
    assert (first.share, todos(first)) == (
        0,
        [("hand_in", "registration"), ("declare", "integrity"), ("hand_in", "quality"),
         ("submit", "")],
    )  # fmt: skip
    acting(people, "supplier", service.hand_in, supplier.id, a_paper())
    acting(people, "supplier", service.hand_in, supplier.id, a_paper(P.INSPECTION_REPORT))
    acting(people, "supplier", service.declare, supplier.id, a_statement())
    handed_in = ready(people, supplier)
    assert handed_in.share == 50, "a declaration is met, two papers wait: four of eight halves"
    assert todos(handed_in)[0] == ("submit", ""), "what one can do stands first"
    acting(people, "supplier", service.submit, supplier.id)
    assert ready(people, supplier).share == 62
    for who, verb in (("reviewer", service.check), ("second_reviewer", service.approve)):
        with people.runtime.work(people.actor(who)) as w:
            verb(w, supplier.id, seen(w, w.session.get_one(Supplier, supplier.id)))
    assert ready(people, supplier).share == 100
    acting(people, "reviewer", service.suspend, supplier.id, "示例原因")
    assert todos(ready(people, supplier)) == [("suspended", "")]


def test_a_hundred_per_cent_is_what_the_gate_lets_through(people: People, clock: SetClock) -> None:
    """Goods of each make, through everything that can happen to a paper, and a declaration."""
    supplier = an_approved_supplier(people)
    for make in (JAM, TEA):
        acting(people, "supplier", service.profile, supplier.id, make)

    def now() -> list[list[tuple[str, str]]]:
        return [todos(ready(people, supplier, make)) for make in (None, JAM, TEA)]

    asked = [[], [("hand_in", "processed_food")], [("hand_in", "dried_or_cut")]]
    assert now() == asked
    until = date(2026, 12, 24)
    begins = date(2026, 11, 25)
    licence = a_paper(P.FOOD_PRODUCTION, valid_from=begins, valid_until=until)
    paper = acting(people, "supplier", service.hand_in, supplier.id, licence)
    acting(people, "reviewer", service.refuse_paper, paper.id, "示例：看不清")  # type: ignore[attr-defined]
    assert now()[1] == [("correct", "processed_food")]
    again = acting(people, "supplier", service.hand_in, supplier.id,
                   a_paper(P.FOOD_PRODUCTION, valid_from=begins, valid_until=until,
                           corrects_id=paper.id))  # type: ignore[attr-defined]  # fmt: skip
    acting(people, "reviewer", service.accept_paper, again.id)  # type: ignore[attr-defined]
    assert now() == [[], [("begins", "processed_food")], [("begins", "dried_or_cut")]]
    clock.at = start_of_day(begins)
    assert now() == [[], [], []]
    clock.at = end_of_day(until)
    assert now() == [[], [("renew", "processed_food")], [("renew", "dried_or_cut")]]
    waiver = acting(people, "reviewer", service.propose_waiver, supplier.id, a_waiver(clock.at))
    acting(people, "second_reviewer", service.use_waiver, waiver.id, "confirm", "")  # type: ignore[attr-defined]
    assert now() == [[], [("renew", "processed_food")], []], "waived on the record"
    judged = a_statement(penalty="yes", more_penalty="示例处罚")
    made = acting(people, "supplier", service.declare, supplier.id, judged)
    assert now()[0] == now()[2] == [("wait", "integrity")]
    acting(people, "reviewer", service.use_declaration, made.id, "refuse", "示例：未整改")  # type: ignore[attr-defined]
    assert now()[0] == [("declare_anew", "integrity")]
    clock.at = end_of_day(UNTIL)
    assert ("renew", "quality") in now()[0]


def test_what_was_answered_brings_its_paper_with_it(people: People) -> None:
    """Somebody else acts, or interests are shared: then it is asked in writing."""
    supplier = an_approved_supplier(people)
    acting(people, "supplier", service.declare, supplier.id, a_statement(agent="yes"))
    assert todos(ready(people, supplier)) == [("hand_in", "authority")]
    paper = acting(people, "supplier", service.hand_in, supplier.id, a_paper(P.AUTHORITY))
    assert todos(ready(people, supplier)) == [("wait", "authority")]
    acting(people, "reviewer", service.accept_paper, paper.id)  # type: ignore[attr-defined]
    assert ready(people, supplier).is_ready
    said = a_statement(conflict="yes", more_conflict="示例：股东的亲属在采购单位")
    acting(people, "supplier", service.declare, supplier.id, said)
    assert todos(ready(people, supplier)) == [("hand_in", "conflict"), ("wait", "integrity")]


def test_a_county_recommendation_is_shown_and_opens_nothing(people: People) -> None:
    found = ready(people, an_approved_supplier(people))
    (item,) = [one for one in found.items if one.requirement.slug == "recommendation"]
    assert item.requirement.optional
    assert (found.share, item.is_missing, item.is_met) == (100, False, False)


@pytest.mark.parametrize(
    ("kind", "make", "papers"),
    [
        (C.COMPANY, JAM, {P.FOOD_PRODUCTION}),
        (C.HOUSEHOLD, JAM, {P.FOOD_PRODUCTION}),
        (C.COMPANY, Make("fruit", Processing.RAW, Packaging.BULK, Maker.COMMISSION), set()),
        (C.TRADER, Make("fruit", Processing.GRADED, Packaging.PREPACKED), set()),
        (C.TRADER, JAM, {P.FOOD_PRODUCTION, P.FOOD_TRADE, P.FOOD_TRADE_FILING}),
        (
            C.COOPERATIVE,
            Make("prepared", Processing.DEEP, Packaging.BULK, Maker.COMMISSION),
            {P.FOOD_PRODUCTION, P.FOOD_TRADE},
        ),
        (
            C.COMPANY,
            Make("prepared", Processing.DEEP, Packaging.PREPACKED, Maker.CONTRACT),
            {P.FOOD_PRODUCTION, P.CONTRACT_MAKING},
        ),
        (C.COMPANY, Make("fruit", Processing.RAW, Packaging.BULK, Maker.CONTRACT), set()),
    ],
)
def test_what_is_asked_depends_on_who_makes_what_and_who_sells_it(
    kind: SupplierKind, make: Make, papers: set[PaperKind]
) -> None:
    asked = rules.required_of(kind, rules.slugs_of(make))
    assert {paper for one in asked if one.is_of_goods for paper in one.papers} == papers


def test_whether_a_small_workshop_may_sell_online_is_a_persons_to_judge() -> None:
    slugs = rules.slugs_of(JAM)
    borderline = {
        kind: [one.slug for one in rules.required_of(kind, slugs) if one.borderline] for kind in C
    }
    assert borderline.pop(C.HOUSEHOLD) == borderline.pop(C.FAMILY_FARM) == ["processed_food_small"]
    assert not any(borderline.values())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('kind = "declaration"\ndeclaration = "x"\nsource = "x"', "a: declaration 'x' is not"),
        (
            SOURCED + '\nanswered = { declaration = "integrity", question = "x", answer = "yes" }',
            "a: nobody is asked integrity.x=yes",
        ),
    ],
)
def test_a_scheme_that_asks_what_nobody_answers_is_refused(row: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_scheme(f"{HEAD}[[requirement]]\nslug = 'a'\n{row}")


def test_the_page_says_what_to_do_with_the_way_there_and_what_is_not_asked(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    acting(people, "supplier", service.declare, supplier.id, a_statement(agent="yes"))
    own = client_as("supplier").get(f"/suppliers/{supplier.id}").text
    assert "还缺：授权委托书（由他人经办）" in own
    assert f"/suppliers/{supplier.id}/papers/new?kind=authority" in own
    assert "资质齐备 80%" in own
    assert "只对：家庭农场、个体" in own
    reviewers = client_as("reviewer").get(f"/desk/suppliers/{supplier.id}").text
    assert "还缺：授权委托书（由他人经办）" in reviewers
    assert "papers/new?kind" not in reviewers, "that is the supplier's to do"
