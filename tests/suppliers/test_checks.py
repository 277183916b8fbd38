"""What a machine checks of a paper, check by check; the vectors are of number-checks, see docs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketplace.kernel.errors import Invalid
from marketplace.suppliers.rules import Finding, Grade, checks, failures, warnings
from marketplace.suppliers.rules.checks.days import months_later
from marketplace.suppliers.rules.checks.numbers import check_digit
from marketplace.suppliers.states import PaperKind

TODAY = date(2026, 11, 23)
NAME = "示例合作社1"
HERE = checks.Place("653129", "新疆喀什地区 · 伽师县", 3)
KNOWN = checks.Known(NAME, "93653129MA000001XX", TODAY, counties=(HERE,))
LICENCE = checks.Submission(
    PaperKind.FOOD_PRODUCTION, "SC11765312900016", NAME, date(2025, 1, 1), date(2029, 12, 31),
    {"categories": "水果制品"},
)  # fmt: skip
REPORT = checks.Submission(
    PaperKind.INSPECTION_REPORT, "A 1", "别人", date(2026, 4, 1), date(2027, 3, 31),
    {"sample": "瓜", "cma": "240020340567", "standard": "GB 2763", "conclusion": "pass"},
)  # fmt: skip


def found(paper: checks.Submission, known: checks.Known = KNOWN) -> dict[str, Finding]:
    """By name; of one name the more pressing."""
    order = [Grade.PASS, Grade.WARN, Grade.FAIL]
    all_ = sorted(checks.look_at(paper, known), key=lambda one: order.index(one.grade))
    return {one.check: one for one in all_}


def failed(paper: checks.Submission, known: checks.Known = KNOWN) -> set[str]:
    return {one.check for one in failures(checks.look_at(paper, known))}


def doubted(paper: checks.Submission, known: checks.Known = KNOWN) -> set[str]:
    return {one.check for one in warnings(checks.look_at(paper, known))}


def sc(body: str) -> str:
    """A production licence with the right check digit."""
    return f"SC{body}{check_digit(body)}"


@pytest.mark.parametrize(
    "number",
    ["SC10811310111839", "SC11834020305037", "SC12441112200063", "SC11464010500015",
     "SC10744030704994", "SC12221021200659"],
)  # fmt: skip
def test_real_production_licences_have_the_check_digit_that_the_rule_gives(number: str) -> None:
    assert check_digit(number[2:-1]) == int(number[-1])
    assert failed(replace(LICENCE, number=number)) == set()


@pytest.mark.parametrize(("number", "expected"), [("SC12442011202449", 0), ("SC11453282248002", 4)])
def test_a_wrong_check_digit_is_a_warning_because_real_labels_have_them(
    number: str, expected: int
) -> None:
    finding = found(replace(LICENCE, number=number))["sc_digit"]
    assert (finding.grade, finding.data["expected"]) == (Grade.WARN, expected)
    assert failed(replace(LICENCE, number=number)) == set()


@pytest.mark.parametrize("number", ["SC12345678901234", "SC10512345678901", "SC11111111111111"])
def test_numbers_that_somebody_made_up_are_found(number: str) -> None:
    assert failed(replace(LICENCE, number=number)) == {"number_made_up"}


@pytest.mark.parametrize(
    ("number", "check"),
    [
        ("SC1234567890123", "sc_structure"),
        ("QS653129010001", "sc_structure"),
        ("11765312900016", "sc_structure"),
        ("SC1176531290001A", "sc_structure"),
        (sc("9176531290001"), "sc_category_unknown"),
        (sc("1326531290001"), "sc_category_unknown"),
        (sc("1179931290001"), "number_province"),
    ],
)
def test_a_production_licence_that_is_built_wrongly_fails(number: str, check: str) -> None:
    assert failed(replace(LICENCE, number=number)) == {check}


def test_a_number_is_read_with_blanks_and_in_full_width() -> None:
    assert failed(replace(LICENCE, number="ｓｃ１１７ 653129 0001 6")) == set()


def test_a_region_that_no_table_knows_is_a_warning() -> None:
    assert "number_region_unknown" in doubted(LICENCE, replace(KNOWN, number_places=()))


def test_a_region_elsewhere_is_a_warning_that_names_both_places() -> None:
    there = checks.Place("340203", "安徽芜湖市 · 弋江区", 3)
    finding = found(LICENCE, replace(KNOWN, number_places=(there,)))["number_region"]
    assert finding.grade is Grade.WARN
    assert finding.data["place"] == there.label
    assert finding.data["own"] == HERE.label


def test_the_own_county_and_the_prefecture_above_it_are_in_order() -> None:
    above = checks.Place("653100", "新疆喀什地区", 2)
    for place in (HERE, above):
        known = replace(KNOWN, number_places=(place,))
        assert found(LICENCE, known)["number_region"].grade is Grade.PASS


def test_a_contract_maker_works_where_it_works() -> None:
    there = checks.Place("340203", "安徽芜湖市 · 弋江区", 3)
    other = replace(LICENCE, holder="别的公司")
    assert "number_region" not in found(other, replace(KNOWN, number_places=(there,)))


def test_the_category_of_the_number_is_compared_with_what_was_typed() -> None:
    assert "sc_category" in doubted(replace(LICENCE, details={"categories": "茶叶及相关制品"}))


def test_the_category_is_compared_with_the_goods_where_they_are_known() -> None:
    assert "sc_goods" in doubted(LICENCE, replace(KNOWN, goods_category="tea"))
    assert "sc_goods" not in doubted(LICENCE, replace(KNOWN, goods_category="fruit"))
    covered = replace(LICENCE, details={"categories": "水果制品、茶叶及相关制品"})
    assert "sc_goods" not in doubted(covered, replace(KNOWN, goods_category="tea"))
    assert "sc_goods" not in doubted(LICENCE, replace(KNOWN, goods_category="herbs"))


def test_a_trade_licence_is_built_in_its_own_way() -> None:
    body = "1653129000012"
    trade = replace(LICENCE, kind=PaperKind.FOOD_TRADE, number=f"JY{body}{check_digit(body)}")
    assert failed(trade) == set()
    assert failed(replace(trade, number="JY4653129000012")) == {"jy_structure"}
    assert failed(replace(trade, number=sc("1176531290001"))) == {"jy_structure"}
    wrong = f"JY{body}{(check_digit(body) + 1) % 10}"
    assert doubted(replace(trade, number=wrong)) == {"jy_digit", "number_region_unknown"}


@pytest.mark.parametrize(
    ("number", "check"),
    [
        ("91110000600037341N", "credit_code_check"),
        ("911100006000373410", "credit_code_check"),
        ("9111000060003IOZSV", "credit_code_letter"),
        ("12345", "credit_code_length"),
        ("91110000600037341L", "credit_code_own"),
    ],
)
def test_a_licence_bears_the_suppliers_own_well_formed_code(number: str, check: str) -> None:
    licence = checks.Submission(PaperKind.LICENCE, number, NAME, date(2020, 1, 1), None)
    assert failed(licence) == {check}


def test_the_inner_check_character_of_a_licence_is_looked_at() -> None:
    licence = checks.Submission(
        PaperKind.LICENCE, "91110000600037351L", NAME, date(2020, 1, 1), None
    )
    assert failed(licence) == {"credit_code_inner_check"}


def test_the_holder_of_a_licence_is_the_supplier() -> None:
    trade = replace(LICENCE, kind=PaperKind.LINKED_FARMERS, holder="别的公司")
    assert "holder" in failed(trade)


@pytest.mark.parametrize(
    "name", ["示例（伽师）公司", "示例(伽师)公司", " 示例（伽师）公 司", "示例〔伽师〕公司"]
)
def test_brackets_and_blanks_in_a_name_make_no_difference(name: str) -> None:
    known = replace(KNOWN, legal_name="示例（伽师）公司")
    assert found(replace(LICENCE, holder=name), known)["holder"].grade is Grade.PASS


def test_another_holder_of_a_production_licence_is_a_to_do_until_a_chain_is_there() -> None:
    made_by = replace(LICENCE, holder="加工厂")
    assert "holder_chain" in doubted(made_by)
    assert failed(made_by) == set()
    chained = replace(KNOWN, links=(checks.Link("加工厂", NAME),))
    assert found(made_by, chained)["holder_chain"].grade is Grade.PASS


def test_a_chain_may_have_several_links_and_a_circle_leads_nowhere() -> None:
    links = (checks.Link("甲", "乙"), checks.Link("乙", NAME), checks.Link("丙", "丁"),
             checks.Link("丁", "丙"))  # fmt: skip
    known = replace(KNOWN, links=links)
    assert "holder_chain" not in doubted(replace(LICENCE, holder="甲"), known)
    assert "holder_chain" in doubted(replace(LICENCE, holder="丙"), known)


def test_the_holder_of_a_report_is_not_compared() -> None:
    assert found(REPORT)["holder_any"].grade is Grade.PASS


def test_a_paper_is_good_on_its_last_day_and_not_after_it() -> None:
    assert "expired" not in failed(replace(REPORT, valid_until=TODAY))
    yesterday = found(replace(REPORT, valid_until=date(2026, 11, 22)))["expired"]
    assert (yesterday.grade, yesterday.data["days"]) == (Grade.FAIL, 1)


def test_a_paper_that_begins_tomorrow_is_told_to_a_person() -> None:
    assert doubted(replace(LICENCE, valid_from=date(2026, 11, 24))) >= {"not_begun"}
    assert "not_begun" not in doubted(replace(LICENCE, valid_from=TODAY))


def test_a_paper_that_must_end_has_an_end() -> None:
    assert failed(replace(LICENCE, valid_until=None)) == {"end_missing"}
    farmers = replace(LICENCE, kind=PaperKind.GEOGRAPHICAL_INDICATION, valid_until=None)
    assert "end_missing" not in failed(farmers)


def test_a_report_is_accepted_for_twelve_months_at_most() -> None:
    assert "accepted_too_long" not in doubted(replace(REPORT, valid_until=date(2027, 4, 1)))
    late = found(replace(REPORT, valid_until=date(2027, 4, 2)))["accepted_too_long"]
    assert (late.grade, late.data["latest"]) == (Grade.WARN, "2027-04-01")


def test_months_end_where_the_month_ends() -> None:
    assert months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_later(date(2026, 8, 31), 1) == date(2026, 9, 30)
    assert months_later(date(2026, 12, 15), 1) == date(2027, 1, 15)


def test_a_report_that_says_failed_is_refused_and_one_without_verdict_is_looked_at() -> None:
    assert failed(replace(REPORT, details={**REPORT.details, "conclusion": "fail"})) == {
        "conclusion"
    }
    assert doubted(replace(REPORT, details={**REPORT.details, "conclusion": "no_verdict"})) == {
        "conclusion"
    }
    assert doubted(REPORT) == set()


@pytest.mark.parametrize(
    ("cma", "check"),
    [("2400203405", "cma"), ("123456789012", "cma"), ("270020340567", "cma_year"),
     ("190020340567", "cma_year")],
)  # fmt: skip
def test_a_laboratory_number_that_cannot_be_is_told_to_a_person(cma: str, check: str) -> None:
    assert doubted(replace(REPORT, details={**REPORT.details, "cma": cma})) == {check}


def test_a_required_field_that_is_empty_fails_beside_its_field() -> None:
    said = {name: value for name, value in REPORT.details.items() if name != "standard"}
    (finding,) = failures(checks.look_at(replace(REPORT, details=said), KNOWN))
    assert (finding.check, finding.field) == ("detail_missing", "standard")


def test_a_certificate_of_conversion_and_a_shared_interest_are_told_to_a_person() -> None:
    organic = replace(
        LICENCE, kind=PaperKind.ORGANIC, details={"product": "瓜", "stage": "conversion"}
    )
    assert "organic_stage" in doubted(organic)
    conflict = replace(LICENCE, kind=PaperKind.CONFLICT_STATEMENT, details={"relation": "some"})
    assert "relation" in doubted(conflict)


def test_a_number_of_somebody_else_fails_only_where_it_can_be_ones_own_alone() -> None:
    known = replace(KNOWN, number_elsewhere=True)
    assert "number_elsewhere" in doubted(LICENCE, known)
    account = replace(LICENCE, kind=PaperKind.BANK_ACCOUNT, details={})
    assert failed(account, known) == {"account_elsewhere"}
    filing = replace(LICENCE, kind=PaperKind.FOOD_TRADE_FILING, details={})
    assert failed(filing, known) == {"number_elsewhere"}


def test_a_file_that_was_seen_before_is_told_to_a_person() -> None:
    assert doubted(REPORT, replace(KNOWN, file_elsewhere=True)) == {"file_elsewhere"}
    assert doubted(REPORT, replace(KNOWN, file_again=True)) == {"file_again"}


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"colour": "red"}, "detail_unknown"),
        ({"conclusion": "good"}, "detail_shape"),
        ({"sample": "长" * 201}, "detail_shape"),
        ({"made_on": "yesterday"}, "detail_shape"),
        ({"sample": 7}, "detail_shape"),
    ],
)
def test_fields_that_a_kind_does_not_have_or_cannot_hold_are_refused(
    typed: dict[str, object], fault: str
) -> None:
    with pytest.raises(Invalid, match=fault):
        checks.details_of(PaperKind.INSPECTION_REPORT, typed)


def test_details_are_kept_without_blanks_and_days_as_text() -> None:
    kept = checks.details_of(
        PaperKind.INSPECTION_REPORT,
        {"sample": " 瓜 ", "batch": "", "made_on": date(2026, 3, 1), "conclusion": "pass"},
    )
    assert kept == {"sample": "瓜", "made_on": "2026-03-01", "conclusion": "pass"}
    assert checks.details_of(PaperKind.LINKED_FARMERS, {"households": 0}) == {"households": 0}
