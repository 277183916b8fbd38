"""The recipients of a union: who, and one mobile number each."""

import pytest

from catalog_import import Limits, UnreadableFile, read_people, template_csv
from tests.catalog_import.sheets import people


@pytest.mark.parametrize(
    "cell",
    [
        "13800000000",
        "+8613800000000",
        "+86 138-0000-0000",
        "１３８００００００００",
        "＋86 138 0000 0000",
    ],
)
def test_a_mobile_number_is_eleven_digits_however_written(cell: str) -> None:
    assert people(("示例张三", cell)).rows[0].mobile == "13800000000"


@pytest.mark.parametrize(
    ("code", "cell"),
    [
        ("mobile_unclear", "12800000000"), ("mobile_unclear", "1380000000"),
        ("mobile_unclear", "138000000000"), ("mobile_unclear", "010-12345678"),
        ("mobile_unclear", "138٠0000000"), ("spreadsheet_damaged", "1.38E+10"),
        ("value_missing", ""),
    ],
)  # fmt: skip  # a table
def test_a_number_that_is_no_mobile_number_is_refused(code: str, cell: str) -> None:
    (problem,) = people(("示例张三", cell)).problems
    assert (problem.code, problem.row, problem.column) == (code, 2, "手机号")


def test_one_number_for_two_people_refuses_both_rows_and_names_them() -> None:
    sheet = people(("甲", "13800000000"), ("乙", "13800000001"), ("丙", "+86 13800000000"))
    assert [(p.code, p.row, p.data["rows"]) for p in sheet.problems] == [
        ("duplicate_mobile", 2, "2, 4"),
        ("duplicate_mobile", 4, "2, 4"),
    ]
    assert [row.name for row in sheet.rows] == ["乙"]


def test_a_sheet_without_names_says_which_column_to_add() -> None:
    (problem,) = read_people("手机号\n13800000000\n".encode()).problems
    assert problem.code == "column_missing"
    assert "「姓名」" in problem.say("zh")
    assert "Name" in problem.say("en")


def test_a_person_keeps_the_zeros_of_an_employee_number_and_an_address() -> None:
    (row,) = read_people("姓名;工号;手机;地址\n甲;000123;13800000000;某路1号\n".encode()).rows
    assert (row.employee_no, row.address) == ("000123", "某路1号")


def test_what_is_private_stays_out_of_logs() -> None:
    assert "13800000000" not in repr(people(("甲", "13800000000")).rows[0])


def test_two_thousand_people_are_the_limit() -> None:
    def sheet(count: int) -> bytes:
        rows = "".join(f"甲,{13800000000 + n}\n" for n in range(count))
        return f"姓名,手机号\n{rows}".encode()

    assert len(read_people(sheet(2000)).rows) == 2000
    with pytest.raises(UnreadableFile) as refused:
        read_people(sheet(2001))
    assert refused.value.problem.code == "too_many_rows"
    assert refused.value.problem.data["limit"] == Limits().rows // 100


def test_the_template_for_people_reads_back_without_a_problem() -> None:
    sheet = read_people(template_csv("person"))
    assert (sheet.problems, len(sheet.rows)) == ((), 1)
