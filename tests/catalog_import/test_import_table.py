"""Rows as a spreadsheet numbers them, separators, quotes and limits."""

import csv

import pytest

from catalog_import import Limits, UnreadableFile, read_table


def refusal(data: bytes, limits: Limits | None = None) -> tuple[str, int | None]:
    with pytest.raises(UnreadableFile) as refused:
        read_table(data, limits=limits or Limits())
    return refused.value.problem.code, refused.value.problem.line


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_seen_in_the_heading_outside_quotes(separator: str) -> None:
    heading = separator.join(['"a,;,;\t\t\t\n,,,"', "b", "c"])
    table = read_table(f"{heading}\n1{separator}2{separator}3\n".encode())
    assert table.separator == separator
    assert table.rows[0].cells == ("1", "2", "3")


def test_two_separators_of_equal_weight_are_asked_about() -> None:
    assert refusal(b"a,b;c\n1,2;3\n")[0] == "separator_unclear"


def test_a_sheet_of_one_column_is_read() -> None:
    assert read_table(b"a\n1\n2").rows_read == 2


def test_rows_are_numbered_as_seen_and_lines_as_stored() -> None:
    table = read_table(b'a,b\n\n"x\ny",1\n ,\n2,3\n')
    assert [(row.row, row.line, row.cells[0]) for row in table.rows] == [
        (3, 3, "x\ny"),
        (5, 6, "2"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(end: str) -> None:
    table = read_table(end.join(["a,b", "1,2", "", "3,4"]).encode())
    assert [(row.row, row.line) for row in table.rows] == [(2, 2), (4, 4)]


def test_blank_rows_before_the_heading_are_counted() -> None:
    table = read_table(b"\n,,\na,b,c\n1,2,3\n")
    assert table.heading_row == 3
    assert table.rows[0].row == 4


def test_a_file_of_separators_alone_is_empty() -> None:
    assert refusal(b",,,\n,,,\n")[0] == "file_empty"


def test_ragged_rows_are_told_and_kept_apart() -> None:
    table = read_table(b"a,b\n1,2\n1\n1,2,3\n")
    assert [(p.code, p.row, p.data["cells"]) for p in table.problems] == [
        ("ragged_row", 3, 1),
        ("ragged_row", 4, 3),
    ]
    assert (len(table.rows), table.rows_read) == (1, 3)


def test_a_heading_that_stands_twice_is_told() -> None:
    (problem,) = read_table("备注, 备 注,b\n1,2,3\n".encode()).problems
    assert (problem.code, problem.column) == ("heading_duplicate", "备注")
    assert problem.data["numbers"] == "1, 2"


def test_a_column_without_heading_is_told_only_when_it_holds_something() -> None:
    assert [p.code for p in read_table(b"a,\n1,2\n").problems] == ["heading_empty"]
    assert read_table(b"a,\n1,\n").problems == ()


def test_headings_without_rows_are_told() -> None:
    assert [p.code for p in read_table(b"a,b\n").problems] == ["no_rows"]


@pytest.mark.parametrize("bad", ['a,b\n1,"2\n3,4\n', 'a,b\n1,"2"x\n'])
def test_broken_quotes_refuse_the_file_at_the_row_where_they_begin(bad: str) -> None:
    assert refusal(bad.encode()) == ("quotes_broken", 2)


def test_every_limit_is_refused_with_its_line() -> None:
    small = Limits(rows=2, columns=3, cell=5)
    assert refusal(b"a\n1\n2\n3\n", small) == ("too_many_rows", 4)
    assert refusal(b"a,b,c,d\n", small) == ("too_many_columns", 1)
    assert refusal(b"a\n123456\n", small) == ("cell_too_long", 2)
    assert read_table(b"a,b,c\n12345,2,3\n1,2,3\n", limits=small).rows_read == 2


def test_the_csv_limit_of_the_process_is_left_as_it_is() -> None:
    before = csv.field_size_limit()
    assert refusal(b"a\n" + b"x" * (before + 1)) == ("cell_too_long", 2)
    assert csv.field_size_limit() == before
    read_table(b"a\n" + b"x" * 100_000)
    assert csv.field_size_limit() == before
