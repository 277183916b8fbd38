"""Pages of outside look-ups: what is due, writing down, deciding about a hit."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask.testing import FlaskClient

from marketplace.suppliers.models import Supplier
from tests.fixtures import People, post
from tests.makers.suppliers import SCAN, an_approved_supplier


def written(client: FlaskClient, supplier: Supplier, **changes: object) -> object:
    path = f"/desk/suppliers/{supplier.id}/lookups/enterprise-credit"
    said: dict[str, object] = {
        "searched_for": "示例",
        "looked_on": "2026-11-20",
        "result": "hit",
        "found": "示例：列入异常名录",
        "shot": (io.BytesIO(SCAN), "截图.png"),
        "again_on": "",
    }
    return post(client, path, **{**said, **changes})


def test_a_reviewer_finds_what_is_due_and_writes_down_what_was_found(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    reviewer = client_as("reviewer")
    assert "还没有查过" in reviewer.get("/desk/lookups").text
    form = reviewer.get(f"/desk/suppliers/{supplier.id}/lookups/enterprise-credit").text
    assert supplier.credit_code in form  # what is to be typed stands in the field already
    assert "www.gsxt.gov.cn" in form
    assert written(reviewer, supplier).status_code == 303  # type: ignore[attr-defined]  # werkzeug's TestResponse
    page = reviewer.get(f"/desk/suppliers/{supplier.id}/lookups").text
    assert "命中，等待决定" in page
    assert "示例：列入异常名录" in page


def test_the_same_form_sent_twice_is_one_record(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    reviewer = client_as("reviewer")
    key = {"form_key": "0123456789abcdef0123456789abcdef"}
    for _again in range(2):
        written(reviewer, supplier, **key, result="clean", found="")
    page = reviewer.get(f"/desk/suppliers/{supplier.id}/lookups").text
    assert page.count("下载截图") == 1


def test_a_form_without_a_picture_is_shown_again_with_the_reason(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    answer = written(client_as("reviewer"), supplier, shot="")
    assert answer.status_code == 422  # type: ignore[attr-defined]  # werkzeug's TestResponse
    assert "请选择页面截图。" in answer.text  # type: ignore[attr-defined]  # the same


def test_a_hit_is_decided_on_its_page(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    reviewer = client_as("reviewer")
    written(reviewer, supplier)
    path = f"/desk/suppliers/{supplier.id}/lookups"
    page = reviewer.get(path).text
    where = page.partition('action="/desk/lookups/')[2].partition('"')[0]
    url = f"/desk/lookups/{where}"
    assert post(reviewer, url, on=path, verdict="", note="").status_code == 422
    assert post(reviewer, url, on=path, verdict="suspend", note="示例原因").status_code == 303
    page = reviewer.get(f"/suppliers/{supplier.id}").text
    assert "已暂停" in page or "示例原因" in page


def test_an_auditor_reads_the_records_and_not_the_picture(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """P17: the picture may show more than the record says."""
    supplier = an_approved_supplier(people)
    written(client_as("reviewer"), supplier)
    auditor = client_as("auditor")
    page = auditor.get(f"/desk/suppliers/{supplier.id}/lookups").text
    assert "示例：列入异常名录" in page
    assert "下载截图" not in page


def test_the_suppliers_page_shows_the_registers_to_reviewers_alone(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    path = f"/suppliers/{supplier.id}"
    assert "信用中国" in client_as("reviewer").get(path).text
    assert "信用中国" not in client_as("supplier").get(path).text
