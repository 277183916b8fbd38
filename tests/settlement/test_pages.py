"""What leaves as a file: sums to what the page says, amounts as numbers, texts as texts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Listing
from tests.fixtures import People
from tests.makers.settlement import a_completed_order, decided, made, next_month, taken_back


@pytest.mark.sqlite_only  # what a file says of rows that other tests look at on both
def test_a_statement_leaves_as_csv_and_workbook(
    people: People, melon: Listing, client_as: Callable[[str], FlaskClient]
) -> None:
    """P27: the last column sums to the total; a line that was taken back is below zero."""
    first, _second = (a_completed_order(people, melon) for _ in range(2))
    taken_back(people, first)
    next_month(people)
    statement = decided(people, made(people), ("issue", "manager"))
    client = client_as("supplier")
    page = client.get(f"/settlement/statements/{statement.id}").get_data(as_text=True)
    assert str(statement.total) in page
    sheet = client.get(f"/settlement/statements/{statement.id}/sheet.csv").get_data()
    _headings, *rows = csv.reader(io.StringIO(sheet.decode("utf-8-sig")))
    assert sum(Decimal(row[-1]) for row in rows) == statement.total.decimal
    assert sorted(Decimal(row[-1]) < 0 for row in rows) == [False, False, True]
    data = client.get(f"/settlement/statements/{statement.id}/sheet.xlsx").get_data()
    book = openpyxl.load_workbook(io.BytesIO(data)).active
    assert book is not None
    _headings, *cells = book.iter_rows(values_only=True)
    assert [[str(cell) for cell in row[:4]] for row in cells] == [row[:4] for row in rows]
    assert all(isinstance(cell, int | float) for row in cells for cell in row[4:])


@pytest.mark.sqlite_only  # the reasons are words of a page
def test_what_was_objected_and_answered_stands_on_both_pages(
    people: People, melon: Listing, client_as: Callable[[str], FlaskClient]
) -> None:
    a_completed_order(people, melon)
    next_month(people)
    statement = decided(
        people, made(people), ("issue", "manager"), ("dispute", "supplier"), note="少了一单"
    )
    for who in ("supplier", "manager", "auditor"):
        page = client_as(who).get(f"/settlement/statements/{statement.id}")
        assert "少了一单" in page.get_data(as_text=True)
    sent = client_as("supplier").get("/notices").get_data(as_text=True)
    assert statement.number in sent
