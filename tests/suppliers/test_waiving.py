"""Waivers: two reviewers, a reason with its evidence, an end."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from marketplace.kernel.clock import SetClock, end_of_day
from marketplace.kernel.errors import Forbidden, Invalid, MarketplaceError, Refused, SamePerson
from marketplace.suppliers import queries, rules, service
from marketplace.suppliers.models import Supplier, Waiver
from marketplace.suppliers.rules import Make
from marketplace.suppliers.states import Packaging, Processing, WaiverState
from tests.fixtures import People
from tests.makers.suppliers import a_waiver, an_approved_supplier

TEA = Make("tea", Processing.DRIED, Packaging.PREPACKED)


@pytest.fixture
def supplier(people: People) -> Supplier:
    supplier = an_approved_supplier(people)
    with people.runtime.work(people.actor("supplier")) as w:
        service.profile(w, supplier.id, TEA)
    return supplier


def sells_tea(people: People, supplier: Supplier) -> bool:
    key = rules.key_of(rules.slugs_of(TEA))
    with people.runtime.reading() as session:
        return queries.sells(session, supplier.id, people.runtime.clock.now(), key)


def propose(
    people: People, supplier: Supplier, who: str = "reviewer", **changes: object
) -> uuid.UUID:
    with people.runtime.work(people.actor(who)) as w:
        return service.propose_waiver(w, supplier.id, a_waiver(w.now, **changes)).id


def use(people: People, who: str, waiver_id: uuid.UUID, verb: str, note: str = "") -> Waiver:
    with people.runtime.work(people.actor(who)) as w:
        return service.use_waiver(w, waiver_id, verb, note)


def test_a_waiver_opens_the_gate_once_a_second_reviewer_has_confirmed_it(
    people: People, supplier: Supplier
) -> None:
    assert not sells_tea(people, supplier)
    waiver_id = propose(people, supplier)
    assert not sells_tea(people, supplier), "one person alone waives nothing"
    with pytest.raises(SamePerson, match="second_person"):
        use(people, "reviewer", waiver_id, "confirm")
    granted = use(people, "second_reviewer", waiver_id, "confirm")
    assert granted.state is WaiverState.GRANTED
    assert sells_tea(people, supplier)
    with people.runtime.reading() as session:
        assert list(queries.standing_faults(session)) == []
        items = queries.checklist(
            queries.shown(session, supplier), people.runtime.clock.now(), rules.slugs_of(TEA)
        )
    assert [item.met for item in items][-1] is queries.Met.WAIVED


def test_a_waiver_ends_at_its_second(people: People, supplier: Supplier, clock: SetClock) -> None:
    """P16: like a paper does."""
    until = date(2026, 12, 24)
    waiver_id = propose(people, supplier, until=until)
    use(people, "second_reviewer", waiver_id, "confirm")
    clock.at = end_of_day(until) - timedelta(microseconds=1)
    assert sells_tea(people, supplier)
    clock.at = end_of_day(until)
    assert not sells_tea(people, supplier)


def test_a_waiver_that_is_ended_shuts_the_gate_with_its_reason(
    people: People, supplier: Supplier
) -> None:
    waiver_id = propose(people, supplier)
    use(people, "second_reviewer", waiver_id, "confirm")
    with pytest.raises(Invalid, match="note_missing"):
        use(people, "reviewer", waiver_id, "end", " ")
    assert sells_tea(people, supplier), "nothing half-done"
    assert use(people, "reviewer", waiver_id, "end", "示例：答复已撤销").note == "示例：答复已撤销"
    assert not sells_tea(people, supplier)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"requirement": "registration"}, "requirement_not_waivable"),
        ({"requirement": "nothing"}, "requirement_not_waivable"),
        ({"evidence": "  "}, "evidence_missing"),
        ({"reason": ""}, "note_missing"),
        ({"until": date(2026, 1, 1)}, "waiver_until"),
        ({"until": date(2030, 1, 1)}, "waiver_until"),
    ],
)
def test_what_cannot_be_waived_is_refused_with_its_place(
    people: People, supplier: Supplier, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(MarketplaceError, match=code):
        propose(people, supplier, **changes)


def test_two_for_one_requirement_do_not_wait_at_once(people: People, supplier: Supplier) -> None:
    propose(people, supplier)
    with pytest.raises(Refused, match="waiver_waits"):
        propose(people, supplier, "second_reviewer")


def test_suppliers_waive_nothing(people: People, supplier: Supplier) -> None:
    waiver_id = propose(people, supplier)
    with pytest.raises(Forbidden):
        propose(people, supplier, "supplier")
    with pytest.raises(Forbidden):
        use(people, "supplier", waiver_id, "confirm")


def test_a_waiver_counts_from_its_second_word_and_not_after_its_time(
    people: People, supplier: Supplier, clock: SetClock
) -> None:
    """Nothing is waived while one person alone has spoken, nor once the end has come."""
    proposed_at = clock.at
    waiver_id = propose(people, supplier)
    clock.advance(days=3)
    granted = use(people, "second_reviewer", waiver_id, "confirm")
    assert (granted.starts_at, granted.proposed_at) == (clock.at, proposed_at)
    with people.runtime.reading() as session:
        key, earlier = rules.key_of(rules.slugs_of(TEA)), clock.at - timedelta(seconds=1)
        assert not queries.sells(session, supplier.id, earlier, key)
    use(people, "reviewer", waiver_id, "end", "示例")
    until = date(2026, 12, 1)
    late = propose(people, supplier, until=until)
    clock.at = end_of_day(until)
    with pytest.raises(Invalid, match="waiver_until"):
        use(people, "second_reviewer", late, "confirm")
