"""The gate: what must be shown for which goods, and from when until when that is enough."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update

from marketplace.kernel.clock import SetClock, end_of_day, start_of_day
from marketplace.suppliers import queries, rules, service
from marketplace.suppliers.models import Paper, Standing, Supplier
from marketplace.suppliers.rules.requirements import Make, read_scheme
from marketplace.suppliers.states import (
    Maker,
    Packaging,
    PaperKind,
    PaperState,
    Processing,
    SupplierKind,
)
from tests.fixtures import People
from tests.makers.onboarding import another_name
from tests.makers.suppliers import a_credit_code, a_paper, an_approved_supplier

JAM = Make("prepared", Processing.DEEP, Packaging.PREPACKED)
MELON = Make("fruit", Processing.RAW, Packaging.BULK)
SOURCED = 'kind = "paper"\npapers = ["licence"]\nsource = "示例"'
HEAD = '[scheme]\nslug = "zone"\nversion = 1\ndate = 2026-01-01\nsource = "示例"\n'


def sells(people: People, supplier: Supplier, make: Make = MELON) -> bool:
    key = rules.key_of(rules.slugs_of(make))
    with people.runtime.reading() as session:
        return queries.sells(session, supplier.id, people.runtime.clock.now(), key)


def faults(people: People) -> list[str]:
    with people.runtime.reading() as session:
        return list(queries.standing_faults(session))


def with_profile(people: People, supplier: Supplier, make: Make) -> None:
    with people.runtime.work(people.actor("supplier")) as w:
        service.profile(w, supplier.id, make)


def a_maker_of_jam(people: People, *, until: date = date(2027, 3, 31)) -> Supplier:
    """A supplier whose report and production licence end on the same day."""
    supplier = an_approved_supplier(people, until=until)
    a_renewal(people, supplier, PaperKind.FOOD_PRODUCTION, valid_until=until)
    with_profile(people, supplier, JAM)
    return supplier


def a_renewal(people: People, supplier: Supplier, kind: PaperKind, **dates: date) -> None:
    with people.runtime.work(people.actor("supplier")) as w:
        paper = service.hand_in(w, supplier.id, a_paper(kind, **dates))
    with people.runtime.work(people.actor("reviewer")) as w:
        service.accept_paper(w, paper.id)


def test_a_paper_that_ends_stops_the_goods_that_need_it_at_that_second(
    people: People, clock: SetClock
) -> None:
    """P16: at the last instant they may be bought, at the next they may not."""
    supplier = a_maker_of_jam(people, until=date(2027, 3, 31))
    clock.at = end_of_day(date(2027, 3, 31)) - timedelta(microseconds=1)
    assert sells(people, supplier, JAM)
    clock.at = end_of_day(date(2027, 3, 31))
    assert not sells(people, supplier, JAM)


def test_what_is_asked_of_processed_goods_only_does_not_stop_fresh_ones(
    people: People, clock: SetClock
) -> None:
    supplier = a_maker_of_jam(people, until=date(2026, 12, 31))
    a_renewal(people, supplier, PaperKind.INSPECTION_REPORT, valid_until=date(2027, 6, 30))
    clock.at = start_of_day(date(2027, 1, 1))
    assert sells(people, supplier, MELON)
    assert not sells(people, supplier, JAM), "its production licence ran out"


def test_a_renewal_with_a_gap_leaves_the_gap_shut(people: People, clock: SetClock) -> None:
    supplier = an_approved_supplier(people, until=date(2026, 12, 31))
    begins = date(2027, 1, 3)
    a_renewal(people, supplier, PaperKind.INSPECTION_REPORT, valid_from=begins)
    for day, open_ in ((date(2026, 12, 31), True), (date(2027, 1, 2), False), (begins, True)):
        clock.at = start_of_day(day)
        assert sells(people, supplier) is open_, day


def test_a_profile_of_nobody_stands_nowhere(people: People) -> None:
    supplier = an_approved_supplier(people)
    assert sells(people, supplier, MELON)
    assert not sells(people, supplier, JAM), "it was never reckoned"


def test_a_paper_for_some_goods_counts_for_those_alone(people: People) -> None:
    supplier = a_maker_of_jam(people)
    with people.runtime.work(people.actor("supplier")) as w:
        one, other = (service.hand_in(w, supplier.id, a_paper()).id for _ in range(2))
        w.session.execute(
            update(Paper)
            .where(Paper.kind == PaperKind.FOOD_PRODUCTION)
            .values(goods_id=one, state=PaperState.ACCEPTED)
        )
        service.profile(w, supplier.id, JAM, one)
        service.profile(w, supplier.id, JAM, other)
        service.reckon(w, supplier.id)
    with people.runtime.reading() as session:
        now = people.runtime.clock.now()
        assert queries.sells(session, supplier.id, now, one.hex)
        assert not queries.sells(session, supplier.id, now, other.hex)


def test_spans_that_were_tampered_with_are_found(people: People) -> None:
    supplier = an_approved_supplier(people)
    assert faults(people) == []
    with people.runtime.work() as w:
        w.session.execute(update(Standing).values(ends_at=None))
    assert any("stale spans" in told for told in faults(people))
    with people.runtime.work() as w:
        service.reckon(w, supplier.id)
    assert faults(people) == []
    with people.runtime.work() as w:
        w.session.execute(delete(Standing))
    assert [told for told in faults(people) if str(supplier.id) in told]


def test_a_paper_behind_the_gates_back_is_found(people: People) -> None:
    an_approved_supplier(people)
    with people.runtime.work() as w:
        w.session.execute(update(Paper).values(state=PaperState.REFUSED))
    assert any("stale spans" in told for told in faults(people))


@pytest.mark.parametrize("processing", Processing)
@pytest.mark.parametrize("maker", Maker)
def test_every_processed_good_needs_a_production_licence_whoever_makes_it(
    processing: Processing, maker: Maker
) -> None:
    slugs = rules.slugs_of(Make("prepared", processing, Packaging.PREPACKED, maker))
    asked = rules.required_of(SupplierKind.COOPERATIVE, slugs)
    licence = {one.slug for one in asked if PaperKind.FOOD_PRODUCTION in one.papers} - {"quality"}
    assert bool(licence) == (processing in {Processing.DEEP, Processing.DRIED, Processing.CUT})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "[[requirement]]\nslug = 'a'\n" + SOURCED + "\nsort = 1", "a: ['sort'] mean"),
        (HEAD + "[[requirement]]\nslug = 'a'\nkind = 'paper'\npapers = ['licence']", "a: it needs"),
        (HEAD + "[[requirement]]\nslug = 'a'\nkind = 'paper'\nsource = 'x'", "a: no paper"),
        (HEAD + "[[requirement]]\nslug = 'a'\nkind = 'fact'\nsource = 'x'\nfact = 'y'", "'y' is"),
        (HEAD + 2 * ("[[requirement]]\nslug = 'a'\n" + SOURCED + "\n"), "['a'] stand twice"),
        (HEAD + "[[requirement]]\nslug = 'a'\nprocessing = ['?']\n" + SOURCED, "a: '?' is not"),
        ("[scheme]\nslug = 'zone'", "requirement is missing"),
        ("[scheme", "at end of document"),
    ],
)
def test_a_broken_scheme_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        read_scheme(text)


def test_a_requirement_is_asked_from_its_day_to_its_day() -> None:
    text = HEAD + "[[requirement]]\nslug = 'a'\nsince = 2026-07-01\nuntil = 2027-07-01\n" + SOURCED
    (asked,) = read_scheme(text).requirements
    spared = asked.spared
    assert [ends for _, ends in spared] == [start_of_day(date(2026, 7, 1)), None]
    assert spared[1][0] == start_of_day(date(2027, 7, 1))


def test_the_licence_of_another_firm_opens_nothing_after_a_change_of_entity(people: People) -> None:
    """P16: with the new credit code sales rest until the licence that bears it is accepted."""
    supplier = an_approved_supplier(people)
    with_profile(people, supplier, MELON)
    assert sells(people, supplier)
    with people.runtime.work(people.actor("supplier")) as w:
        said = another_name(credit_code=a_credit_code(77))
        change = service.propose_change(w, supplier.id, said, "示例：换证")
    assert sells(people, supplier)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.approve_change(w, change.id)
    assert not sells(people, supplier)
    with people.runtime.work(people.actor("supplier")) as w:
        licence = a_paper(PaperKind.LICENCE, number=a_credit_code(77), holder=said.legal_name)
        paper = service.hand_in(w, supplier.id, licence)
    assert not sells(people, supplier)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.accept_paper(w, paper.id)
    assert sells(people, supplier)
    assert faults(people) == []
