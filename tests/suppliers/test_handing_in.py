"""Handing a paper in: kind first, its own fields, checked at once, corrected and renewed."""

from __future__ import annotations

import html
import io
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient

from marketplace.kernel.errors import Invalid, Missing, WrongState
from marketplace.suppliers import queries, service
from marketplace.suppliers.models import Paper
from marketplace.suppliers.rules import KINDS, Grade, kinds_for
from marketplace.suppliers.service import ChecksFailed
from marketplace.suppliers.states import PaperKind, PaperScope, PaperState
from tests.fixtures import People, post
from tests.makers.suppliers import (
    a_draft_supplier,
    a_number,
    a_paper,
    a_scan,
    an_approved_supplier,
    the_details,
)

REPORT = {
    "kind": "inspection_report",
    "number": "示例检 0001",
    "holder": "示例合作社1",
    "issuer": "示例检验机构",
    "valid_from": "2026-04-01",
    "valid_until": "2027-03-31",
    "sample": "伽师瓜",
    "cma": "240020340567",
    "standard": "GB 2763-2021",
    "conclusion": "pass",
    "batch": "B-7",
    "made_on": "2026-03-20",
}


@pytest.fixture
def supplier(client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as("supplier")


def handed_in(
    people: People, supplier_id: uuid.UUID, paper: service.HandedIn, name: str = "supplier"
) -> Paper:
    with people.runtime.work(people.actor(name)) as w:
        return service.hand_in(w, supplier_id, paper)


def kept(people: People, paper_id: uuid.UUID) -> Paper:
    with people.runtime.reading() as session:
        found = session.get(Paper, paper_id)
        assert found is not None
        return found


def grades(paper: Paper) -> dict[str, Grade]:
    return {one.check: one.grade for one in queries.findings_of(paper)}


def send(client: FlaskClient, supplier_id: uuid.UUID, **said: object):  # type: ignore[no-untyped-def]  # a test answer
    here = f"/suppliers/{supplier_id}/papers"
    on = f"{here}/new?kind={said['kind']}"
    return post(client, here, on=on, **{"scan": (io.BytesIO(a_scan()), "报告.png"), **said})


def test_what_is_missing_is_offered_first_and_batch_papers_not_at_all(
    people: People, supplier: FlaskClient
) -> None:
    draft = a_draft_supplier(people)
    text = supplier.get(f"/suppliers/{draft.id}/papers/new").text
    offered = re.findall(r"kind=(\w+)", text)
    assert offered[:3] == ["licence", "inspection_report", "food_production"]
    elsewhere = {*kinds_for(PaperScope.BATCH), PaperKind.BANK_ACCOUNT}  # with the account itself
    assert set(offered) == set(PaperKind) - elsewhere


WITH_FORM = [
    k
    for k in PaperKind
    if KINDS[k].scope is not PaperScope.BATCH and k is not PaperKind.BANK_ACCOUNT  # its own page
]


@pytest.mark.parametrize("kind", WITH_FORM)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_has_a_form_with_its_own_fields_in_both_languages(
    people: People, supplier: FlaskClient, kind: PaperKind, language: str
) -> None:
    draft = a_draft_supplier(people)
    supplier.set_cookie("mp_language", language)
    text = supplier.get(f"/suppliers/{draft.id}/papers/new?kind={kind}").text
    for field in KINDS[kind].field:
        assert f'name="{field.name}"' in text
        assert field.in_language(language) in html.unescape(text)
    assert ('name="number"' in text) == ("number" not in KINDS[kind].without)


def test_the_form_can_take_a_picture_with_the_phone(people: People, supplier: FlaskClient) -> None:
    draft = a_draft_supplier(people)
    text = supplier.get(f"/suppliers/{draft.id}/papers/new?kind=licence").text
    (photo,) = re.findall(r'<input[^>]*name="photo"[^>]*>', text)
    assert 'capture="environment"' in photo


def test_a_picture_that_was_taken_there_is_handed_in(people: People, supplier: FlaskClient) -> None:
    draft = a_draft_supplier(people)
    photo = (io.BytesIO(a_scan()), "IMG_1.png")
    answer = send(supplier, draft.id, **{**REPORT, "photo": photo, "scan": (io.BytesIO(), "")})
    assert answer.status_code == 303


def test_what_is_known_stands_in_the_form_already(people: People, supplier: FlaskClient) -> None:
    draft = a_draft_supplier(people)
    text = supplier.get(f"/suppliers/{draft.id}/papers/new?kind=licence").text
    assert f'value="{draft.credit_code}"' in text
    assert f'value="{draft.legal_name}"' in text


def test_the_fields_of_the_kind_are_kept_and_shown_to_the_reviewer(
    people: People, supplier: FlaskClient, client_as: Callable[[str], FlaskClient]
) -> None:
    draft = a_draft_supplier(people)
    assert send(supplier, draft.id, **REPORT).status_code == 303
    with people.runtime.reading() as session:
        (paper,) = queries.papers(session, draft.id)
    assert paper.details == {
        "sample": "伽师瓜", "cma": "240020340567", "standard": "GB 2763-2021",
        "conclusion": "pass", "batch": "B-7", "made_on": "2026-03-20",
    }  # fmt: skip
    text = client_as("reviewer").get(f"/suppliers/papers/{paper.id}").text
    for words in ("样品名称", "伽师瓜", "检验结论", "合格", "平台采信至", "系统核验"):
        assert words in text


def test_a_failed_check_is_told_beside_its_field_with_what_to_do_and_keeps_nothing(
    people: People, supplier: FlaskClient
) -> None:
    draft = a_draft_supplier(people)
    said = {**REPORT, "kind": "food_production", "number": "SC12345678901234",
            "categories": "水果制品"}  # fmt: skip
    answer = send(supplier, draft.id, **said)
    assert answer.status_code == 422
    (told,) = re.findall(r'id="number-error">(.*?)</ul>', answer.text, re.DOTALL)
    assert "不是真实编号" in told
    assert "请照证照填写真实编号" in told
    with people.runtime.reading() as session:
        assert queries.papers(session, draft.id) == ()
    assert not list((people.runtime.tools.config.data / "papers").glob("*/*"))


def test_a_warning_is_told_to_supplier_and_reviewer_and_stops_nothing(
    people: People, supplier: FlaskClient, client_as: Callable[[str], FlaskClient]
) -> None:
    draft = a_draft_supplier(people)
    said = {**REPORT, "conclusion": "no_verdict"}
    assert send(supplier, draft.id, **said).status_code == 303
    assert "1 处提示" in supplier.get(f"/suppliers/{draft.id}").text
    with people.runtime.reading() as session:
        (paper,) = queries.papers(session, draft.id)
    for client in (supplier, client_as("reviewer")):
        text = client.get(f"/suppliers/papers/{paper.id}").text
        assert "没有合格结论" in text
        assert "请上传写明检验结论合格的报告" in text


def test_a_kind_that_nobody_knows_is_refused(people: People, supplier: FlaskClient) -> None:
    draft = a_draft_supplier(people)
    assert supplier.get(f"/suppliers/{draft.id}/papers/new?kind=nothing").status_code == 422
    assert supplier.get(f"/suppliers/{draft.id}/papers/new?kind=licence&after=x").status_code == 404


def test_a_field_that_stayed_empty_is_refused_by_the_service_too(people: People) -> None:
    draft = a_draft_supplier(people)
    with pytest.raises(ChecksFailed) as refusal:
        handed_in(people, draft.id, a_paper(PaperKind.INSPECTION_REPORT, details={}))
    assert refusal.value.data["field"] == "sample"


def test_the_region_of_a_licence_is_found_in_the_table_of_all_years(people: People) -> None:
    draft = a_draft_supplier(people)
    licence = a_paper(PaperKind.FOOD_PRODUCTION)
    assert grades(handed_in(people, draft.id, licence))["number_region"] is Grade.PASS
    elsewhere = replace(licence, number="SC11834020305037", scan=a_scan())
    assert grades(handed_in(people, draft.id, elsewhere))["number_region"] is Grade.WARN
    zone = replace(licence, number="SC10811310111839", scan=a_scan())
    assert grades(handed_in(people, draft.id, zone))["number_region_unknown"] is Grade.WARN


def test_an_authorisation_that_is_there_makes_the_chain(people: People) -> None:
    draft = a_draft_supplier(people)
    made_by = a_paper(PaperKind.FOOD_PRODUCTION, holder="示例加工厂")
    assert grades(handed_in(people, draft.id, made_by))["holder_chain"] is Grade.WARN
    agreement = a_paper(
        PaperKind.CONTRACT_MAKING, holder="示例加工厂", number="",
        details={**the_details(PaperKind.CONTRACT_MAKING), "grantee": draft.legal_name},
    )  # fmt: skip
    handed_in(people, draft.id, agreement)
    again = replace(made_by, scan=a_scan())
    assert grades(handed_in(people, draft.id, again))["holder_chain"] is Grade.PASS


def test_a_number_and_a_file_of_another_supplier_are_noticed_without_saying_whose(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """P18: a finding tells nothing of the other supplier."""
    first = a_draft_supplier(people)
    licence = a_paper(PaperKind.FOOD_PRODUCTION)
    handed_in(people, first.id, licence)
    second = a_draft_supplier(people, "second_supplier", 2)
    same = replace(licence, holder="示例合作社2", number="sc " + licence.number[2:])
    paper = handed_in(people, second.id, same, "second_supplier")
    assert grades(paper)["number_elsewhere"] is Grade.WARN
    assert grades(paper)["file_elsewhere"] is Grade.WARN
    text = client_as("second_supplier").get(f"/suppliers/papers/{paper.id}").text
    assert "已有其他供应商提交过" in text
    assert first.legal_name not in text
    assert str(first.id) not in text


def test_a_bank_account_of_another_supplier_is_refused(people: People) -> None:
    first = a_draft_supplier(people)
    handed_in(people, first.id, a_paper(PaperKind.BANK_ACCOUNT, number="6222 0000 0001"))
    second = a_draft_supplier(people, "second_supplier", 2)
    same = a_paper(PaperKind.BANK_ACCOUNT, 2, number="622200000001")
    with pytest.raises(ChecksFailed):
        handed_in(people, second.id, same, "second_supplier")


def test_a_refused_number_is_free_for_its_owner(people: People) -> None:
    first = an_approved_supplier(people)
    paper = handed_in(people, first.id, a_paper(PaperKind.BANK_ACCOUNT, number="622200000001"))
    with people.runtime.work(people.actor("reviewer")) as w:
        service.refuse_paper(w, paper.id, "不是你们的账号")
    second = a_draft_supplier(people, "second_supplier", 2)
    own = a_paper(PaperKind.BANK_ACCOUNT, 2, number="622200000001")
    assert handed_in(people, second.id, own, "second_supplier").state is PaperState.PENDING


def test_a_correction_takes_the_place_of_a_pending_submission_and_keeps_it(people: People) -> None:
    draft = a_draft_supplier(people)
    wrong = handed_in(people, draft.id, a_paper(PaperKind.INSPECTION_REPORT, number="错 1"))
    right = a_paper(PaperKind.INSPECTION_REPORT, corrects_id=wrong.id)
    correction = handed_in(people, draft.id, right)
    earlier = kept(people, wrong.id)
    assert (earlier.state, earlier.number) == (PaperState.REPLACED, "错 1")
    assert correction.corrects_id == wrong.id
    with people.runtime.reading() as session:
        assert [one.id for one in queries.history(session, earlier)] == [correction.id, wrong.id]


def test_a_correction_may_bring_the_scan_of_what_it_corrects(people: People) -> None:
    draft = a_draft_supplier(people)
    wrong = a_paper(PaperKind.INSPECTION_REPORT, number="错 1")
    first = handed_in(people, draft.id, wrong)
    right = replace(wrong, number="对 1", corrects_id=first.id)
    assert grades(handed_in(people, draft.id, right))["file_elsewhere"] is Grade.PASS
    again = handed_in(people, draft.id, replace(wrong, number="另 1"))
    assert grades(again)["file_again"] is Grade.WARN


def test_what_was_corrected_is_not_accepted_with_the_application(people: People) -> None:
    draft = a_draft_supplier(people)
    wrong = handed_in(people, draft.id, a_paper(PaperKind.INSPECTION_REPORT))
    handed_in(people, draft.id, a_paper(PaperKind.INSPECTION_REPORT, corrects_id=wrong.id))
    with people.runtime.reading() as session:
        pending = [p for p in queries.papers(session, draft.id) if p.state is PaperState.PENDING]
    assert len(pending) == 1
    with pytest.raises(WrongState):
        handed_in(people, draft.id, a_paper(PaperKind.INSPECTION_REPORT, corrects_id=wrong.id))


def test_a_refused_paper_stays_refused_when_it_is_corrected(people: People) -> None:
    supplier = an_approved_supplier(people)
    paper = handed_in(people, supplier.id, a_paper(PaperKind.FOOD_PRODUCTION))
    with people.runtime.work(people.actor("reviewer")) as w:
        service.refuse_paper(w, paper.id, "照片不清楚")
    again = a_paper(PaperKind.FOOD_PRODUCTION, corrects_id=paper.id)
    correction = handed_in(people, supplier.id, again)
    assert kept(people, paper.id).state is PaperState.REFUSED
    assert correction.state is PaperState.PENDING


def test_an_accepted_paper_is_renewed_not_corrected(people: People) -> None:
    supplier = an_approved_supplier(people)
    with people.runtime.reading() as session:
        accepted = [p for p in queries.papers(session, supplier.id) if p.kind is PaperKind.LICENCE]
    with pytest.raises(WrongState):
        handed_in(people, supplier.id, a_paper(corrects_id=accepted[0].id))


def test_a_correction_is_of_the_own_paper_and_of_the_same_kind(people: People) -> None:
    """P18: a foreign paper cannot be corrected, nor found."""
    first = a_draft_supplier(people)
    paper = handed_in(people, first.id, a_paper(PaperKind.FOOD_PRODUCTION))
    with pytest.raises(Invalid, match="paper_other_kind"):
        handed_in(people, first.id, a_paper(PaperKind.INSPECTION_REPORT, corrects_id=paper.id))
    second = a_draft_supplier(people, "second_supplier", 2)
    foreign = a_paper(PaperKind.FOOD_PRODUCTION, 2, corrects_id=paper.id)
    with pytest.raises(Missing):
        handed_in(people, second.id, foreign, "second_supplier")


def test_the_form_of_a_correction_keeps_everything_and_tells_the_reason(
    people: People, supplier: FlaskClient
) -> None:
    approved = an_approved_supplier(people)
    paper = handed_in(people, approved.id, a_paper(PaperKind.FOOD_PRODUCTION, issuer="某局"))
    with people.runtime.work(people.actor("reviewer")) as w:
        service.refuse_paper(w, paper.id, "照片不清楚")
    shown = supplier.get(f"/suppliers/papers/{paper.id}").text
    (link,) = re.findall(r'href="([^"]*papers/new[^"]*after[^"]*)"', shown)
    text = supplier.get(link.replace("&amp;", "&")).text
    assert "照片不清楚" in text
    for value in (paper.number, "某局", "2027-03-31", "水果制品"):
        assert f'value="{value}"' in text


def test_a_renewal_keeps_everything_typed_but_its_days(
    people: People, supplier: FlaskClient
) -> None:
    approved = an_approved_supplier(people)
    text = supplier.get(f"/suppliers/{approved.id}/papers/new?kind=inspection_report").text
    for value in ("示例 0001", "示例合作社1", "240020340567"):
        assert f'value="{value}"' in text
    assert "2027-03-31" not in text
    assert re.search(r'<option[^>]*selected[^>]*value="pass"', text)


def test_a_correction_sent_through_the_page_points_to_the_earlier_one(
    people: People, supplier: FlaskClient
) -> None:
    draft = a_draft_supplier(people)
    wrong = handed_in(people, draft.id, a_paper(PaperKind.INSPECTION_REPORT, number="错 1"))
    assert send(supplier, draft.id, **REPORT, after=str(wrong.id)).status_code == 303
    assert kept(people, wrong.id).state is PaperState.REPLACED
    text = supplier.get(f"/suppliers/papers/{wrong.id}").text
    assert "提交记录" in text
    assert "已更正" in text


def test_nothing_is_replaced_when_the_correction_fails(people: People) -> None:
    draft = a_draft_supplier(people)
    wrong = handed_in(people, draft.id, a_paper(PaperKind.INSPECTION_REPORT))
    expired = a_paper(
        PaperKind.INSPECTION_REPORT, valid_until=date(2026, 5, 1), corrects_id=wrong.id
    )
    with pytest.raises(ChecksFailed):
        handed_in(people, draft.id, expired)
    assert kept(people, wrong.id).state is PaperState.PENDING


def test_the_verb_of_a_correction_has_no_address(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    approved = an_approved_supplier(people)
    paper = handed_in(people, approved.id, a_paper(PaperKind.FOOD_PRODUCTION))
    here = f"/suppliers/{approved.id}"
    answer = post(client_as("reviewer"), f"/suppliers/papers/{paper.id}/replace", on=here)
    assert answer.status_code == 404
    assert kept(people, paper.id).state is PaperState.PENDING


def test_the_number_of_a_paper_is_built_as_its_kind_asks() -> None:
    """The makers of tests: else every other test here would stand on a broken number."""
    assert a_number(PaperKind.FOOD_PRODUCTION).startswith("SC")
    assert len(a_number(PaperKind.FOOD_TRADE)) == 16
