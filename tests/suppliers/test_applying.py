"""Suppliers apply: what is said of oneself, which papers, and who may decide."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.suppliers import queries, service
from marketplace.suppliers.models import Paper
from marketplace.suppliers.rules import failures
from marketplace.suppliers.service import ChecksFailed, PapersMissing
from marketplace.suppliers.states import PaperKind, PaperState, SupplierKind, SupplierState
from marketplace.work import trail
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.suppliers import (
    a_checked_supplier,
    a_credit_code,
    a_draft_supplier,
    a_paper,
    a_statement,
    a_submitted_supplier,
    an_application,
    an_approved_supplier,
    seen,
)


def test_an_application_is_approved_by_somebody_else_and_then_may_sell(people: People) -> None:
    supplier = an_approved_supplier(people)
    with people.runtime.reading() as session:
        found = queries.dossier(
            session, people.actor("auditor"), supplier.id, people.runtime.clock.now()
        )
    assert found.supplier.state is SupplierState.APPROVED
    assert found.may_sell
    assert {paper.state for paper in found.papers} == {PaperState.ACCEPTED}


def test_without_its_papers_nothing_is_submitted(people: People) -> None:
    supplier = a_draft_supplier(people)
    with people.runtime.work(people.actor("supplier")) as w:
        service.hand_in(w, supplier.id, a_paper())
        service.declare(w, supplier.id, a_statement())
    with (
        pytest.raises(PapersMissing) as refusal,
        people.runtime.work(people.actor("supplier")) as w,
    ):
        service.submit(w, supplier.id)
    assert refusal.value.requirements == ("quality",)


def test_an_expired_paper_is_refused_at_once_and_leaves_no_file(people: People) -> None:
    supplier = a_draft_supplier(people)
    expired = a_paper(PaperKind.INSPECTION_REPORT, valid_until=date(2026, 11, 22))
    with (
        pytest.raises(ChecksFailed) as refusal,
        people.runtime.work(people.actor("supplier")) as w,
    ):
        service.hand_in(w, supplier.id, expired)
    assert [one.check for one in failures(refusal.value.findings)] == ["expired"]
    assert not list((people.runtime.tools.config.data / "papers").glob("*/*"))


def test_a_scan_of_more_than_ten_megabytes_is_refused(people: People) -> None:
    supplier = a_draft_supplier(people)
    large = a_paper(scan=b"%PDF-" + bytes(10 * 1024 * 1024))
    with (
        pytest.raises(Invalid, match="scan_too_large"),
        people.runtime.work(people.actor("supplier")) as w,
    ):
        service.hand_in(w, supplier.id, large)


def test_a_rolled_back_paper_leaves_no_file(people: People) -> None:
    supplier = a_draft_supplier(people)
    with pytest.raises(RuntimeError), people.runtime.work(people.actor("supplier")) as w:
        service.hand_in(w, supplier.id, a_paper())
        raise RuntimeError
    assert not list((people.runtime.tools.config.data / "papers").glob("*/*"))


def test_a_paper_that_expires_while_it_waits_is_not_approved(people: People, clock) -> None:  # type: ignore[no-untyped-def]
    supplier = a_submitted_supplier(people, until=date(2026, 11, 24))
    clock.advance(days=2)
    with pytest.raises(PapersMissing), people.runtime.work(people.actor("reviewer")) as w:
        service.check(w, supplier.id, seen(w, supplier))


def test_a_paper_that_expires_between_the_two_persons_is_not_approved(
    people: People, clock
) -> None:  # type: ignore[no-untyped-def]
    supplier = a_checked_supplier(people, until=date(2026, 11, 24))
    clock.advance(days=2)
    with pytest.raises(PapersMissing), people.runtime.work(people.actor("second_reviewer")) as w:
        service.approve(w, supplier.id, seen(w, supplier))


def test_the_second_person_is_not_the_first(people: People) -> None:
    """经办 and 复核 of a new supplier are two persons, and both stand on the trail."""
    supplier = a_submitted_supplier(people)
    with pytest.raises(WrongState), people.runtime.work(people.actor("second_reviewer")) as w:
        service.approve(w, supplier.id, seen(w, supplier))  # nobody has checked it yet
    with people.runtime.work(people.actor("reviewer")) as w:
        service.check(w, supplier.id, seen(w, supplier))
    with (
        pytest.raises(SamePerson, match="second_person"),
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.approve(w, supplier.id, seen(w, supplier))
    assert not _may_sell(people, supplier.id)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        service.approve(w, supplier.id, seen(w, supplier))
    assert _may_sell(people, supplier.id)
    with people.runtime.reading() as session:
        told = select(TrailEntry.verb, TrailEntry.actor).where(
            TrailEntry.subject_id == supplier.id, TrailEntry.verb.in_(("check", "approve"))
        )
        assert [tuple(row) for row in session.execute(told.order_by(TrailEntry.number))] == [
            ("check", people.ids["reviewer"]),
            ("approve", people.ids["second_reviewer"]),
        ]


def test_a_paper_of_an_application_is_not_decided_by_itself(people: People) -> None:
    """P15: two persons look at the application as a whole."""
    supplier = a_submitted_supplier(people)
    with people.runtime.reading() as session:
        papers = session.scalars(select(Paper).where(Paper.supplier_id == supplier.id)).all()
    assert papers
    for verb in ("accept", "refuse"):
        with pytest.raises(WrongState), people.runtime.work(people.actor("reviewer")) as w:
            service.use_paper(w, papers[0].id, verb, "示例：看不清")


def test_a_submission_after_a_return_needs_both_persons_again(people: People) -> None:
    supplier = a_checked_supplier(people)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        service.send_back(w, supplier.id, "示例：请补一张")
    with people.runtime.work(people.actor("supplier")) as w:
        again = service.submit(w, supplier.id)
    assert (again.state, again.checked_by) == (SupplierState.SUBMITTED, None)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("91110000600037341N", "credit_code_check"),
        ("9111000060003IOZSV", "credit_code_letter"),
        ("12345", "credit_code_length"),
        ("91110000600037341L", "credit_code_kind"),  # well-formed, but of a company
        ("Z1110000600037341L", "credit_code_letter"),
        ("85440000MCL468545M", "credit_code_authority"),
    ],
)
def test_a_wrong_credit_code_is_refused_with_its_reason(
    people: People, code: str, fault: str
) -> None:
    with pytest.raises(Invalid, match=fault):
        _register(people, credit_code=code)


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        (SupplierKind.COMPANY, "91"),
        (SupplierKind.COOPERATIVE, "93"),
        (SupplierKind.HOUSEHOLD, "92"),
        (SupplierKind.COLLECTIVE, "N2"),
        (SupplierKind.FAMILY_FARM, "92"),
    ],
)
def test_every_kind_of_supplier_registers_with_its_own_code(
    people: People, kind: SupplierKind, begins: str
) -> None:
    code = a_credit_code(7, begins=begins)
    assert _register(people, kind=kind, credit_code=f" {code.lower()} ").credit_code == code


def test_a_credit_code_is_registered_once(people: People) -> None:
    a_draft_supplier(people)
    with pytest.raises(Refused, match="credit_code_taken"):
        _register(people, name="second_supplier")


def test_an_organisation_registers_once(people: People) -> None:
    a_draft_supplier(people)
    with pytest.raises(Refused, match="already_registered"):
        _register(people, credit_code=a_credit_code(9))


def test_nobody_registers_for_a_foreign_organisation(people: People) -> None:
    foreign = next(iter(people.actor("second_supplier").grants)).organisation_id
    with pytest.raises(Forbidden), people.runtime.work(people.actor("supplier")) as w:
        service.register(w, foreign, an_application())


def test_a_stranger_finds_nothing_of_another_supplier(people: People) -> None:
    supplier = a_draft_supplier(people)
    with pytest.raises(Missing), people.runtime.work(people.actor("second_supplier")) as w:
        service.hand_in(w, supplier.id, a_paper())
    with pytest.raises(Missing), people.runtime.reading() as session:
        queries.visible(session, people.actor("employee"), supplier.id)


@pytest.mark.parametrize("change", ["papers", "words"])
def test_a_page_opened_before_the_application_changed_approves_nothing(
    people: People, change: str
) -> None:
    """P15: returned, changed and submitted again meanwhile: nobody has looked at what is new."""
    supplier = a_submitted_supplier(people)
    with people.runtime.work(people.actor("reviewer")) as w:
        shown = seen(w, supplier)
        service.send_back(w, supplier.id, "示例：请补一张")
    with people.runtime.work(people.actor("supplier")) as w:
        if change == "papers":
            service.hand_in(w, supplier.id, a_paper())
        else:
            service.revise(w, supplier.id, replace(an_application(1), address="示例外地 1 号"))
        again = service.submit(w, supplier.id)
    with (
        pytest.raises(Refused, match="application_changed"),
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.check(w, supplier.id, shown)
    with people.runtime.work(people.actor("reviewer")) as w:
        assert service.check(w, supplier.id, seen(w, again)).state is SupplierState.CHECKED
    with (
        pytest.raises(Refused, match="application_changed"),
        people.runtime.work(people.actor("second_reviewer")) as w,
    ):
        service.approve(w, supplier.id, shown)


def test_whoever_handed_in_does_not_approve(people: People) -> None:
    supplier = a_submitted_supplier(people)
    both = people.both("supplier", "reviewer")
    with pytest.raises(SamePerson), people.runtime.work(both) as w:
        service.check(w, supplier.id, seen(w, supplier))


def test_who_belongs_to_a_supplier_neither_returns_nor_suspends_it(people: People) -> None:
    """P15: also where a colleague handed the application in."""
    both = people.both("reviewer", "supplier")
    supplier = a_submitted_supplier(people)
    with pytest.raises(SamePerson), people.runtime.work(both) as w:
        service.send_back(w, supplier.id, "示例")
    stopped = an_approved_supplier(people, "second_supplier", 2)
    theirs = people.both("reviewer", "second_supplier")
    with pytest.raises(SamePerson), people.runtime.work(theirs) as w:
        service.suspend(w, stopped.id, "示例")


def test_whoever_handed_an_application_in_does_not_return_it_in_a_later_job(
    people: People,
) -> None:
    supplier = a_submitted_supplier(people)
    changed_sides = replace(people.actor("reviewer"), person_id=people.ids["supplier"])
    with pytest.raises(SamePerson), people.runtime.work(changed_sides) as w:
        service.send_back(w, supplier.id, "示例")


def test_a_returned_application_says_why_and_comes_back(people: People) -> None:
    supplier = a_submitted_supplier(people)
    with (
        pytest.raises(Invalid, match="note_missing"),
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.send_back(w, supplier.id, "  ")
    with people.runtime.work(people.actor("reviewer")) as w:
        service.send_back(w, supplier.id, "红章看不清，请重新拍。")
    with people.runtime.work(people.actor("supplier")) as w:
        again = service.submit(w, supplier.id)
    assert again.state is SupplierState.SUBMITTED


def test_while_a_reviewer_looks_nothing_changes_under_their_eyes(people: People) -> None:
    supplier = a_submitted_supplier(people)
    with pytest.raises(WrongState), people.runtime.work(people.actor("supplier")) as w:
        service.hand_in(w, supplier.id, a_paper())
    with pytest.raises(WrongState), people.runtime.work(people.actor("supplier")) as w:
        service.revise(w, supplier.id, an_application())


def test_a_renewal_counts_only_when_it_is_accepted(people: People, clock) -> None:  # type: ignore[no-untyped-def]
    supplier = an_approved_supplier(people, until=date(2026, 11, 24))
    with people.runtime.work(people.actor("supplier")) as w:
        renewal = service.hand_in(w, supplier.id, a_paper(PaperKind.INSPECTION_REPORT))
    with people.runtime.work() as w:
        service.reckon(w, supplier.id)
    clock.advance(days=2)
    assert not _may_sell(people, supplier.id)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.accept_paper(w, renewal.id)
    assert _may_sell(people, supplier.id)


def test_a_suspended_supplier_sells_nothing_until_restored(people: People) -> None:
    supplier = an_approved_supplier(people)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.suspend(w, supplier.id, "抽检不合格")
    assert not _may_sell(people, supplier.id)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        service.restore(w, supplier.id, "复检合格")
    assert _may_sell(people, supplier.id)


def test_the_reading_of_a_scan_is_written_to_the_trail(people: People) -> None:
    supplier = a_submitted_supplier(people)
    with people.runtime.reading() as session:
        paper = queries.papers(session, supplier.id)[0]
    with pytest.raises(Missing), people.runtime.work(people.actor("auditor")) as w:
        service.read_scan(w, paper.id)
    with people.runtime.work(people.actor("reviewer")) as w:
        data = w.tools.storage.get(service.read_scan(w, paper.id).scan_key)
        assert hashlib.sha256(data).hexdigest() == paper.scan_sha256
        assert [deed.verb for deed in w.deeds] == ["read_scan"]
    with people.runtime.reading() as session:
        assert list(trail.faults(session)) == []


def _register(people: People, *, name: str = "supplier", **said: object):  # type: ignore[no-untyped-def]
    actor = people.actor(name)
    with people.runtime.work(actor) as w:
        organisation = next(iter(actor.grants)).organisation_id
        return service.register(w, organisation, an_application(**said))  # type: ignore[arg-type]


def _may_sell(people: People, supplier_id) -> bool:  # type: ignore[no-untyped-def]
    """By the page's checklist and by the predicate of the shop, which must agree."""
    at = people.runtime.clock.now()
    with people.runtime.reading() as session:
        shown = queries.dossier(session, people.actor("auditor"), supplier_id, at).may_sell
        asked = queries.sells(session, supplier_id, at)
    assert shown == asked
    return asked
