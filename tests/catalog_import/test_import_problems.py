"""Every code has its words in both languages, and a person is told place, value and remedy."""

import re
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import catalog_import
from catalog_import import ListingSheet, Problem, UnreadableFile, read_listings
from catalog_import.words import WORDS
from tests.catalog_import.sheets import GOOD, csv_of, listings, only_problem

SOURCES = sorted(Path(catalog_import.__file__).parent.glob("*.py"))


def test_a_problem_says_place_value_and_remedy_in_chinese() -> None:
    assert only_problem(售价="12,5元").say("zh") == (
        "第 2 行「售价」：逗号的位置不对（填写的是“12,5元”）。"
        "小数点请用“.”；千位分隔须为 1,234.50，或不写逗号。"
    )


def test_a_problem_says_place_value_and_remedy_in_english() -> None:
    assert only_problem(售价="12,5元").say("en") == (
        "Row 2, column “售价”: the comma is in the wrong place (it says “12,5元”). "
        "Use “.” for decimals; thousands are written 1,234.50 or without comma."
    )


def test_a_row_below_a_cell_of_many_lines_is_named_by_row_and_line() -> None:
    sheet = listings({"备注": "一\n二\n三"}, {"库存": "x"})
    assert sheet.problems[0].say("zh").startswith("第 3 行（文本第 5 行）「库存」：")


def test_every_code_in_the_source_has_words_and_every_word_its_code() -> None:
    code = re.compile(r"(?:refuse|unreadable|Problem)\(\s*\"(\w+)\"|\"([a-z]+_[a-z_]+)\"")
    text = "".join(path.read_text() for path in SOURCES if path.name != "words.py")
    used = {found for pair in code.findall(text) for found in pair if found}
    assert set(WORDS) <= used
    told = set(re.findall(r"(?:refuse|unreadable|Problem)\(\s*\"(\w+)\"", text))
    assert told <= set(WORDS)


@pytest.mark.parametrize("code", sorted(WORDS))
def test_both_languages_use_the_same_data(code: str) -> None:
    def names(lang: catalog_import.Lang) -> set[str]:
        text = "".join(WORDS[code][lang])
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert names("zh") == names("en")
    assert re.search(r"[\u4e00-\u9fff]", WORDS[code]["zh"][0])
    assert WORDS[code]["zh"][1].endswith("。")
    assert WORDS[code]["en"][1].endswith(".")


def test_a_code_without_words_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no_such_code"):
        Problem("no_such_code")


def test_a_long_value_is_shortened_and_braces_are_left_alone() -> None:
    said = only_problem(库存="{x}" * 100).say("zh")
    assert "{x}" in said
    assert len(said) < 200


def read_or_told(data: bytes) -> ListingSheet | None:
    """The sheet, or None when the file was refused with words."""
    try:
        return read_listings(data)
    except UnreadableFile as refused:
        if not (refused.problem.say("zh") and refused.problem.say("en")):
            raise
        return None


@settings(deadline=None)  # a busy machine is no fault of the reader
@given(st.lists(st.text(), min_size=8, max_size=8))
def test_any_row_is_read_or_told_about(cells: list[str]) -> None:
    if sheet := read_or_told(csv_of(GOOD, dict(zip(GOOD, cells, strict=True)))):
        assert sheet.rows_read == len(sheet.rows) + len(sheet.partial)
        assert all(problem.say("zh") and problem.say("en") for problem in sheet.problems)


@settings(deadline=None)  # a busy machine is no fault of the reader
@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    sheet = read_or_told("货号,品名\n".encode() + data)
    assert sheet is None or sheet.rows == ()
