"""What each kind of paper asks for, as data; a broken file is refused with line and reason."""

from __future__ import annotations

import pytest

from marketplace.suppliers.rules.kinds import FILE, KINDS, kinds_for, kinds_of
from marketplace.suppliers.rules.reading import BrokenFile, packaged
from marketplace.suppliers.states import HolderRule, PaperKind, PaperScope

TEXT = packaged(FILE)


def line_with(text: str, words: str, after: str = "") -> int:
    """The first line that holds the words, below the first that holds `after`."""
    lines = text.splitlines()
    begin = next(n for n, line in enumerate(lines) if after in line) if after else 0
    return next(n for n, line in enumerate(lines[begin:], begin + 1) if words in line)


def broken(text: str) -> BrokenFile:
    with pytest.raises(BrokenFile) as refusal:
        kinds_of(text)
    return refusal.value


def test_every_kind_of_paper_is_described_with_its_source() -> None:
    assert set(KINDS) == set(PaperKind)
    assert all(known.source for known in KINDS.values())


def test_papers_of_a_batch_are_the_three_that_travel_with_goods() -> None:
    assert kinds_for(PaperScope.BATCH) == (
        PaperKind.CONFORMITY_COMMITMENT,
        PaperKind.ANIMAL_QUARANTINE,
        PaperKind.MEAT_INSPECTION,
    )


def test_a_food_production_licence_is_reminded_of_first_and_may_be_a_contract_makers() -> None:
    known = KINDS[PaperKind.FOOD_PRODUCTION]
    assert known.remind == (120, 90, 60, 30, 7)
    assert known.holder is HolderRule.CHAIN
    assert known.must_end


def test_licence_and_bank_account_bear_the_suppliers_own_name() -> None:
    assert KINDS[PaperKind.LICENCE].holder is HolderRule.EQUAL
    assert KINDS[PaperKind.BANK_ACCOUNT].holder is HolderRule.EQUAL
    assert KINDS[PaperKind.GEOGRAPHICAL_INDICATION].holder is HolderRule.ANY


def test_an_inspection_report_names_laboratory_standard_and_conclusion() -> None:
    known = KINDS[PaperKind.INSPECTION_REPORT]
    assert known.required == ("sample", "cma", "standard", "conclusion")
    assert known.said["valid_until"].zh == "平台采信至"


def test_text_that_is_no_toml_is_refused_with_its_line() -> None:
    line = line_with(TEXT, 'slug = "green"')
    fault = broken(TEXT.replace('slug = "green"', "slug = green"))
    assert (fault.name, fault.line) == (FILE, line)


def test_a_kind_that_nobody_knows_is_refused_with_its_line() -> None:
    line = line_with(TEXT, 'slug = "green"')
    fault = broken(TEXT.replace('slug = "green"', 'slug = "greenish"'))
    assert fault.line == line
    assert "slug" in fault.reason


def test_a_word_that_is_not_known_is_refused_with_its_line() -> None:
    fault = broken(TEXT.replace('slug = "green"', 'slug = "green"\ncolour = "dark"'))
    assert fault.line == line_with(TEXT, 'slug = "green"') + 1
    assert "colour" in fault.reason


def test_a_field_of_no_known_type_is_refused_with_its_line() -> None:
    text = TEXT.replace('name = "made_on"\ntype = "date"', 'name = "made_on"\ntype = "day"')
    fault = broken(text)
    assert fault.line == line_with(text, 'type = "day"')


def test_a_choice_without_choices_is_refused() -> None:
    text = TEXT.replace('name = "agent"', 'name = "agent"\ntype = "choice"')
    assert "choices" in broken(text).reason


def test_a_label_in_one_language_alone_is_refused() -> None:
    text = TEXT.replace('en = "Agent"\n', "")
    fault = broken(text)
    assert fault.line == line_with(text, 'name = "agent"') - 1  # where its field begins
    assert "en" in fault.reason


def test_a_field_that_stands_twice_is_refused() -> None:
    text = TEXT.replace('name = "agent_id"', 'name = "agent"')
    assert "agent stands twice" in broken(text).reason


def test_reminders_out_of_order_are_refused() -> None:
    text = TEXT.replace("remind = [120, 90, 60, 30, 7]", "remind = [7, 30]")
    assert "longest first" in broken(text).reason


def test_a_paper_that_ends_without_a_reminder_is_refused() -> None:
    text = TEXT.replace("remind = [120, 90, 60, 30, 7]\n", "")
    assert "reminded of" in broken(text).reason


def test_a_kind_that_stands_twice_is_refused_with_the_line_of_the_second() -> None:
    text = TEXT.replace('slug = "organic"', 'slug = "green"')
    fault = broken(text)
    assert fault.line == line_with(text, 'slug = "green"', after='name = "quantity"')
    assert "twice" in fault.reason


def test_a_kind_that_is_missing_is_named() -> None:
    head, _tail = TEXT.split('[[kind]]\nslug = "meat_inspection"')
    assert "meat_inspection is missing" in broken(head).reason


def test_a_table_that_is_not_known_is_refused_with_its_line() -> None:
    text = TEXT + '\n[[paper]]\nslug = "licence"\n'
    fault = broken(text)
    assert fault.line == line_with(text, "[[paper]]")


def test_a_file_without_kinds_is_refused() -> None:
    assert "no [[kind]]" in broken("# nothing\n").reason
