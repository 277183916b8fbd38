"""Decisions at the desk: two persons, reasons from a list, notes for colleagues and for the
supplier."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from marketplace.desk import queries, service
from marketplace.desk.models import ReviewNote
from marketplace.desk.rules import REASONS, in_language, note_of, reasons_of
from marketplace.desk.service import Decision
from marketplace.desk.states import Audience
from marketplace.kernel.errors import Forbidden, Invalid, Missing, SamePerson
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.states import PaperKind, PaperState, SupplierState
from tests.fixtures import People, post
from tests.makers.catalog import a_submitted_listing
from tests.makers.suppliers import (
    a_checked_supplier,
    a_paper,
    a_submitted_supplier,
    an_approved_supplier,
    seen,
)

Clients = Callable[[str], FlaskClient]
SEEN = re.compile(r'name="seen" value="([^"]*)"')
K = ReviewKind


def button(client: FlaskClient, page: str, verb: str, **said: object) -> int:
    """Press a verb on a page of the desk with what that page showed."""
    shown = SEEN.findall(client.get(page).text)
    seen = {"seen": shown[0]} if shown else {}
    return post(client, f"{page}/{verb}", on=page, **seen, **said).status_code


def test_two_reviewers_let_a_supplier_in_page_by_page(people: People, client_as: Clients) -> None:
    """P15: each lets in what his page showed, and the first is offered no second word."""
    supplier = a_submitted_supplier(people)
    page = f"/desk/suppliers/{supplier.id}"
    first, second = client_as("reviewer"), client_as("second_reviewer")
    said = first.get(page).text
    for words in ("营业执照", "示例合作社1", "下载扫描件", "红章", "经办通过，交复核"):
        assert words in said
    assert post(first, f"{page}/check", on=page).status_code == 409  # of nothing that was shown
    assert button(first, page, "check") == 303
    assert "要由另一个人复核" in first.get(page).text
    assert f'formaction="{page}/approve"' not in first.get(page).text
    assert button(first, page, "approve") == 409
    assert button(second, page, "approve") == 303
    with people.runtime.reading() as session:
        found = session.get_one(Supplier, supplier.id)
    assert found.state is SupplierState.APPROVED
    assert (found.checked_by, found.decided_by) == (
        people.ids["reviewer"],
        people.ids["second_reviewer"],
    )


def test_whoever_handed_in_a_paper_does_not_check_it_after_leaving_either(people: People) -> None:
    supplier = a_submitted_supplier(people)
    with people.runtime.work() as w:  # by somebody who went over to the operator since
        mine = update(Paper).where(Paper.supplier_id == supplier.id)
        w.session.execute(mine.values(added_by=people.ids["reviewer"]))
    with pytest.raises(SamePerson), people.runtime.work(people.actor("reviewer")) as w:
        suppliers.check(w, supplier.id, seen(w, supplier))
    with people.runtime.work(people.actor("second_reviewer")) as w:
        assert suppliers.check(w, supplier.id, seen(w, supplier)).state is SupplierState.CHECKED


def test_reasons_are_ticked_and_told_word_for_word(people: People, client_as: Clients) -> None:
    """Failure 26: no seller is refused without a reason, and the reason is the supplier's to
    read."""
    supplier = a_submitted_supplier(people)
    page = f"/desk/suppliers/{supplier.id}"
    client = client_as("reviewer")
    assert button(client, page, "return") == 422
    said = {
        "reasons": ["seal_missing", "name_differs"],
        "note": "示例：第二页",
        "internal": "老问题",
    }
    assert button(client, page, "return", **said) == 303
    told = client_as("supplier").get(f"/suppliers/{supplier.id}").text
    for words in ("材料上没有红章", "填写的名称与执照上的不一致", "示例：第二页"):
        assert words in told
    assert "老问题" not in told
    assert "老问题" in client.get(page).text
    assert "老问题" in client_as("auditor").get(page).text


def test_a_reason_ticked_beside_approve_is_asked_about(people: People, client_as: Clients) -> None:
    page = f"/desk/suppliers/{a_submitted_supplier(people).id}"
    assert button(client_as("reviewer"), page, "check", reasons=["seal_missing"]) == 422


def test_a_paper_is_accepted_or_refused_on_its_page(people: People, client_as: Clients) -> None:
    supplier = an_approved_supplier(people)
    with people.runtime.work(people.actor("supplier")) as w:
        papers = [suppliers.hand_in(w, supplier.id, a_paper()) for _ in range(2)]
    client = client_as("reviewer")
    good, bad = (f"/desk/papers/{paper.id}" for paper in papers)
    assert "SHA-256" in client.get(good).text
    assert button(client, good, "accept") == 303
    assert button(client, bad, "refuse", reasons=["scan_unreadable"]) == 303
    with people.runtime.reading() as session:
        states = [session.get_one(Paper, paper.id).state for paper in papers]
        note = session.get_one(Paper, papers[1].id).note
    assert states == [PaperState.ACCEPTED, PaperState.REFUSED]
    assert note
    assert note.startswith("扫描件看不清")


def test_what_another_reviewer_works_on_shows_no_buttons(
    people: People, client_as: Clients
) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    page = f"/desk/listings/{listing.id}"
    with people.runtime.reading() as session:
        task = queries.open_task(session, K.LISTING, listing.id)
    assert task is not None
    first, second = client_as("reviewer"), client_as("second_reviewer")
    assert post(first, f"/desk/tasks/{task.id}/claim", on=page).status_code == 303
    assert "由我办理" in first.get(page).text
    said = second.get(page).text
    assert "reviewer 正在办理" in said
    assert "formaction" not in said
    answer = post(second, f"{page}/return", on=page, note="示例")
    assert answer.status_code == 409
    assert "reviewer 正在办理，到 2026-11-23 12:30" in answer.text
    assert post(second, f"/desk/tasks/{task.id}/claim", on=page).status_code == 409
    assert post(first, f"/desk/tasks/{task.id}/release", on=page).status_code == 303
    assert button(second, page, "return", note="示例") == 303


def test_a_remark_for_colleagues_is_kept_and_never_changed(
    people: People, client_as: Clients
) -> None:
    """Failure 26: notes are never lost; the database itself refuses to change one."""
    supplier = a_checked_supplier(people)
    page = f"/desk/suppliers/{supplier.id}"
    client = client_as("reviewer")
    assert post(client, f"{page}/notes", on=page, internal=" ").status_code == 422
    assert post(client, f"{page}/notes", on=page, internal="示例：已电话核实").status_code == 303
    assert "示例：已电话核实" in client_as("second_reviewer").get(page).text
    assert "示例：已电话核实" not in client_as("supplier").get(f"/suppliers/{supplier.id}").text
    with pytest.raises(DBAPIError, match="append-only"), people.runtime.work() as w:
        w.session.execute(update(ReviewNote).values(text="别的"))


@pytest.mark.parametrize("name", ["auditor", "manager", "supplier"])
def test_only_reviewers_write_notes(people: People, name: str) -> None:
    supplier = a_submitted_supplier(people)
    with pytest.raises(Forbidden), people.runtime.work(people.actor(name)) as w:
        service.add_note(w, K.SUPPLIER, supplier.id, "示例")


def test_a_refused_decision_keeps_none_of_its_notes(people: People) -> None:
    supplier = a_submitted_supplier(people)
    said = Decision(text="示例", internal="示例", seen="of nothing that was shown")
    with (
        pytest.raises(Exception, match="application_changed"),
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.decide(w, K.SUPPLIER, supplier.id, "check", said)
    with people.runtime.reading() as session:
        assert session.scalars(select(ReviewNote)).all() == []


def test_both_kinds_of_notes_are_kept_with_the_decision(people: People) -> None:
    supplier = a_submitted_supplier(people)
    said = Decision(reasons=("code_not_found",), text="示例甲", internal="示例乙")
    with people.runtime.work(people.actor("reviewer")) as w:
        service.decide(w, K.SUPPLIER, supplier.id, "return", said)
    with people.runtime.reading() as session:
        notes = {note.audience: note for note in session.scalars(select(ReviewNote))}
    assert notes[Audience.INTERNAL].text == "示例乙"
    assert notes[Audience.EXTERNAL].text.endswith("；示例甲")
    assert {(note.verb, note.by_name) for note in notes.values()} == {("return", "reviewer")}


def test_a_verb_that_is_no_reviewers_is_missing(people: People) -> None:
    supplier = a_submitted_supplier(people)
    with pytest.raises(Missing), people.runtime.work(people.actor("reviewer")) as w:
        service.decide(w, K.SUPPLIER, supplier.id, "submit", Decision())


def test_words_longer_than_their_field_are_refused(people: People, client_as: Clients) -> None:
    page = f"/desk/suppliers/{an_approved_supplier(people).id}"
    client = client_as("reviewer")
    answer = post(client, f"{page}/suspend", on=page, note="长" * 100_000)
    assert answer.status_code == 422
    assert "500" in answer.text
    supplier = a_submitted_supplier(people, "second_supplier", 2)
    many = Decision(reasons=tuple(r.slug for r in reasons_of(K.SUPPLIER)), text="长" * 450)
    with (
        pytest.raises(Invalid, match="note_too_long"),
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.decide(w, K.SUPPLIER, supplier.id, "return", many)


def test_reasons_are_data_in_both_languages_for_every_kind() -> None:
    for kind in (K.SUPPLIER, K.SUPPLIER_SECOND, K.PAPER, K.LISTING, K.CHANGE):
        assert reasons_of(kind), kind
        slugs = [reason.slug for reason in reasons_of(kind)]
        assert len(slugs) == len(set(slugs))
    note = note_of(K.PAPER, ["dates_differ", "seal_missing", "dates_differ"], " 示例 ")
    assert note.count("；") == 2
    assert in_language(note, "en").endswith("; 示例")
    assert in_language(note, "zh") == note
    with pytest.raises(Invalid, match="reason_unknown"):
        note_of(K.PAPER, ["price_unexplained"], "")
    assert all("；" not in reason.zh for reason in REASONS)  # it stands between them


def test_the_kinds_of_papers_are_told_on_the_supplier_page(
    people: People, client_as: Clients
) -> None:
    """Reviewers find their buttons at the desk; the supplier's page leads there."""
    supplier = a_submitted_supplier(people)
    said = client_as("reviewer").get(f"/suppliers/{supplier.id}").text
    assert f'href="/desk/suppliers/{supplier.id}"' in said
    assert (
        f'href="/desk/suppliers/{supplier.id}"'
        not in client_as("supplier").get(f"/suppliers/{supplier.id}").text
    )
    assert PaperKind.LICENCE in {paper.kind for paper in _papers(people, supplier)}


def _papers(people: People, supplier: Supplier) -> list[Paper]:
    with people.runtime.reading() as session:
        return list(session.scalars(select(Paper).where(Paper.supplier_id == supplier.id)))
