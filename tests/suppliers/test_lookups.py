"""Outside look-ups stand on record: who looked where, what was found, and what follows."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.kernel.clock import SetClock, local_day
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson
from marketplace.suppliers import queries, service
from marketplace.suppliers.models import Lookup, Supplier
from marketplace.suppliers.rules import registers
from marketplace.suppliers.states import HitVerdict, LookupResult, PaperKind, SupplierState
from tests.fixtures import People
from tests.makers.suppliers import SCAN, a_paper, a_submitted_supplier, an_approved_supplier


def a_look(**changes: object) -> service.Found:
    said: dict[str, object] = {
        "register": "enterprise-credit",
        "searched_for": "示例合作社1",
        "looked_on": date(2026, 11, 24),
        "result": LookupResult.CLEAN,
        "found": "",
        "shot_name": "截图.png",
        "shot": SCAN,
    }
    return service.Found(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def looked_up(people: People, supplier: Supplier, **changes: object) -> Lookup:
    today = local_day(people.runtime.clock.now())
    with people.runtime.work(people.actor("reviewer")) as w:
        return service.look_up(w, supplier.id, a_look(**{"looked_on": today, **changes}))


def a_hit(people: People, supplier: Supplier) -> Lookup:
    return looked_up(people, supplier, result=LookupResult.HIT, found="示例：列入经营异常名录")


def due_slugs(people: People, clock: SetClock) -> list[str]:
    with people.runtime.reading() as session:
        rows = queries.due(session, local_day(clock.now()))
    return [one.row.register.slug for one in rows]


def test_a_look_keeps_its_picture_with_hash_and_says_when_to_look_again(
    people: People, clock: SetClock
) -> None:
    supplier = an_approved_supplier(people)
    made = looked_up(people, supplier)
    assert made.shot_sha256 == hashlib.sha256(SCAN).hexdigest()
    assert made.by == people.ids["reviewer"]
    every = registers.register("enterprise-credit").every
    assert (made.again_on - made.looked_on).days == every
    with people.runtime.work(people.actor("second_reviewer")) as w:
        found = service.read_shot(w, made.id)
    assert people.runtime.tools.storage.get(found.shot_key) == SCAN


def test_what_was_noted_is_looked_at_again_sooner(people: People) -> None:
    supplier = an_approved_supplier(people)
    made = looked_up(people, supplier, result=LookupResult.NOTED, found="示例：有一次变更")
    assert (made.again_on - made.looked_on).days == registers.register("enterprise-credit").soon


def test_looks_that_are_due_are_listed_until_somebody_has_looked(
    people: People, clock: SetClock
) -> None:
    supplier = an_approved_supplier(people)
    assert due_slugs(people, clock) == ["enterprise-credit", "credit-china", "bank-list"]
    looked_up(people, supplier)
    assert due_slugs(people, clock) == ["credit-china", "bank-list"]
    clock.advance(days=registers.register("enterprise-credit").every)
    assert "enterprise-credit" in due_slugs(people, clock)


def test_the_register_of_licences_is_asked_of_those_who_have_one(
    people: People, clock: SetClock
) -> None:
    supplier = an_approved_supplier(people)
    licence = a_paper(PaperKind.FOOD_PRODUCTION, number="SC10811310111839")
    with people.runtime.work(people.actor("supplier")) as w:
        service.hand_in(w, supplier.id, licence)
    with people.runtime.reading() as session:
        seen_by = people.actor("reviewer")
        _one, rows = queries.register_rows(session, seen_by, supplier.id, date(2026, 11, 24))
    (row,) = [row for row in rows if row.register.slug == "food-production"]
    assert row.to_type(supplier) == "SC10811310111839"


def test_a_hit_waits_first_in_line_for_a_decision_with_its_reason(
    people: People, clock: SetClock
) -> None:
    supplier = an_approved_supplier(people)
    made = a_hit(people, supplier)
    with people.runtime.reading() as session:
        first = queries.due(session, local_day(clock.now()))[0]
    assert first.row.last is not None
    assert first.row.last.waits
    with people.runtime.work(people.actor("second_reviewer")) as w:
        service.decide_hit(w, made.id, HitVerdict.CARRY_ON, "示例：已移出名录")
    assert "enterprise-credit" not in due_slugs(people, clock)


def test_deciding_against_a_supplier_suspends_it_in_the_same_step(people: People) -> None:
    """P29: the decision and the suspension each write their row."""
    supplier = an_approved_supplier(people)
    made = a_hit(people, supplier)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        service.decide_hit(w, made.id, HitVerdict.SUSPEND, "示例：失信被执行人")
    with people.runtime.reading() as session:
        found = session.get_one(Supplier, supplier.id)
    assert found.state is SupplierState.SUSPENDED
    assert found.note == "示例：失信被执行人"


def test_a_hit_is_decided_once_and_never_without_a_reason(people: People) -> None:
    made = a_hit(people, an_approved_supplier(people))
    with people.runtime.work(people.actor("reviewer")) as w:
        with pytest.raises(Invalid, match="note_missing"):
            service.decide_hit(w, made.id, HitVerdict.CARRY_ON, " ")
        service.decide_hit(w, made.id, HitVerdict.CARRY_ON, "示例")
    with (
        people.runtime.work(people.actor("second_reviewer")) as w,
        pytest.raises(Refused, match="hit_decided"),
    ):
        service.decide_hit(w, made.id, HitVerdict.SUSPEND, "示例")


def test_what_was_clean_asks_for_no_decision(people: People) -> None:
    made = looked_up(people, an_approved_supplier(people))
    with (
        people.runtime.work(people.actor("reviewer")) as w,
        pytest.raises(Refused, match="no_hit"),
    ):
        service.decide_hit(w, made.id, HitVerdict.CARRY_ON, "示例")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"searched_for": " "}, "searched_for_missing"),
        ({"looked_on": date(2030, 1, 1)}, "looked_in_future"),
        ({"again_on": date(2026, 1, 1)}, "again_before_looked"),
        ({"result": LookupResult.HIT}, "found_missing"),
        ({"result": LookupResult.NOTED, "found": "  "}, "found_missing"),
        ({"found": "长" * 2001}, "found_too_long"),
        ({"shot": b"no picture"}, "scan_unreadable"),
    ],
)
def test_an_incomplete_look_is_refused(
    people: People, changes: dict[str, object], code: str
) -> None:
    supplier = an_approved_supplier(people)
    with pytest.raises(Invalid, match=code):
        looked_up(people, supplier, **changes)


def test_an_unknown_register_is_missing(people: People) -> None:
    supplier = an_approved_supplier(people)
    with pytest.raises(Missing):
        looked_up(people, supplier, register="hearsay")


def test_a_suppliers_own_people_neither_look_nor_read(people: People) -> None:
    """P18: what is written about a supplier is not its own to see."""
    supplier = a_submitted_supplier(people)
    made = looked_up(people, supplier)
    both = people.both("reviewer", "supplier")
    with people.runtime.work(both) as w:
        with pytest.raises(SamePerson):
            service.look_up(w, supplier.id, a_look())
        with pytest.raises(Missing):
            service.read_shot(w, made.id)
    with people.runtime.work(people.actor("auditor")) as w, pytest.raises(Forbidden):
        service.read_shot(w, made.id)
    with people.runtime.work(people.actor("supplier")) as w, pytest.raises(Missing):
        queries.lookups(w.session, w.actor, supplier.id)


@pytest.mark.parametrize("change", ["UPDATE mp_lookup SET found = 'x'", "DELETE FROM mp_lookup"])
def test_a_record_is_never_changed(people: People, change: str) -> None:
    """P30: the database itself refuses."""
    looked_up(people, an_approved_supplier(people))
    with pytest.raises(DBAPIError, match="append-only"), people.runtime.work() as w:
        w.session.execute(text(change))


def test_a_stranger_id_is_missing(people: People) -> None:
    with people.runtime.work(people.actor("reviewer")) as w, pytest.raises(Missing):
        service.decide_hit(w, uuid.uuid4(), HitVerdict.CARRY_ON, "示例")


def test_the_registers_file_is_whole() -> None:
    """The bank's own list is typed into the bank's own network and has no address here."""
    known = registers.registers()
    assert {"enterprise-credit", "credit-china", "food-production", "bank-list"} <= {
        one.slug for one in known
    }
    assert [one.slug for one in known if not one.address] == ["bank-list"]
    assert all(one.source and one.look_for_zh and one.look_for_en for one in known)
