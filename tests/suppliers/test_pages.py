"""The supplier's pages, and what people type into them by mistake."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.fixtures import People, post
from tests.makers.suppliers import (
    SCAN,
    a_credit_code,
    a_draft_supplier,
    a_submitted_supplier,
)

PAPER = {
    "kind": "licence",
    "number": a_credit_code(1),
    "holder": "示例合作社1",
    "issuer": "示例机关",
    "valid_from": "2025-04-01",
    "valid_until": "",
}


def new(supplier_id: uuid.UUID, kind: str = "licence") -> str:
    """The page with the form of that kind."""
    return f"/suppliers/{supplier_id}/papers/new?kind={kind}"


@pytest.fixture
def supplier(client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as("supplier")


def test_an_application_can_be_opened_and_corrected(people: People, supplier: FlaskClient) -> None:
    draft = a_draft_supplier(people)
    page = supplier.get(f"/suppliers/{draft.id}/steps/entity")
    assert page.status_code == 200
    assert (draft.credit_code or "no code") in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("valid_until", "9999-12-31"),
        ("valid_from", "0001-01-01"),
        ("valid_until", "2026-11-22"),
        ("valid_until", "31.12.2027"),
        ("number", ""),
        ("number", "A\x00B"),
        ("number", "A" * 201),
    ],
)
def test_a_wrong_paper_is_told_beside_its_field(
    people: People, supplier: FlaskClient, field: str, value: str
) -> None:
    draft = a_draft_supplier(people)
    said = {**PAPER, field: value, "scan": (io.BytesIO(SCAN), "scan.png")}
    answer = post(supplier, f"/suppliers/{draft.id}/papers", on=new(draft.id), **said)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "scan",
    [
        "text in place of a file",
        (b"", "empty.png"),
        (b"<html>", "page.png"),
    ],
)
def test_what_is_no_scan_is_refused(
    people: People, supplier: FlaskClient, scan: str | tuple[bytes, str]
) -> None:
    draft = a_draft_supplier(people)
    given = scan if isinstance(scan, str) else (io.BytesIO(scan[0]), scan[1])
    said = {**PAPER, "scan": given}
    answer = post(supplier, f"/suppliers/{draft.id}/papers", on=new(draft.id), **said)
    assert answer.status_code == 422
    assert 'id="scan-error"' in answer.get_data(as_text=True)


def test_a_file_in_place_of_a_text_is_an_empty_text(people: People, supplier: FlaskClient) -> None:
    draft = a_draft_supplier(people)
    said = {**PAPER, "number": (io.BytesIO(b"x"), "x.txt"), "scan": (io.BytesIO(SCAN), "s.png")}
    answer = post(supplier, f"/suppliers/{draft.id}/papers", on=new(draft.id), **said)
    assert answer.status_code == 422
    assert 'id="number-error"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("reviewer", 200),
        ("auditor", 403),
        ("manager", 403),
        ("second_supplier", 404),
        ("employee", 403),
    ],
)
def test_scans_are_read_by_their_supplier_and_reviewers_alone(
    people: People, client_as: Callable[[str], FlaskClient], name: str, status: int
) -> None:
    submitted = a_submitted_supplier(people)
    page = client_as("supplier").get(f"/suppliers/{submitted.id}").get_data(as_text=True)
    scan = page.split("/scan", 1)[0].rsplit('"', 1)[1] + "/scan"
    assert client_as(name).get(scan).status_code == status


@pytest.mark.parametrize(
    "path",
    ["/zone/832?endpoint=x", "/zone/832?_method=FOO", "/zone/832?slug=abc&_external=1",
     "/zone/832?page=" + "9" * 5000],
)  # fmt: skip
def test_senseless_questions_of_paged_lists_are_harmless(supplier: FlaskClient, path: str) -> None:
    assert supplier.get(path).status_code == 200
