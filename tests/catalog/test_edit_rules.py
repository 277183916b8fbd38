"""The rules that let an edit through without a person are data that a broken file cannot change."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.catalog import rules

GOOD = """
[[rule]]
name = "cut"
fields = ["sale_price"]
how = "fall"
source = "示例"
since = 2026-01-01
"""
CONTENT = dict.fromkeys(rules.FIELDS, "") | {
    "supply_price": 100,
    "sale_price": 200,
    "villages": [],
    **dict.fromkeys(rules.NUMBERS),
    **dict.fromkeys(rules.YES_OR_NO, False),
}
SEEN = rules.Reviewed(supply_price=100, sale_price=200, percent=10)


def test_the_packaged_rules_hold() -> None:
    assert {"price-cut", "small-rise"} <= {rule.name for rule in rules.edit_rules()}
    assert all(rule.source for rule in rules.edit_rules())


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('how = "fall"', 'how = "always"', "how is 'always'"),
        ('"sale_price"', '"title"', "cannot judge"),
        ('["sale_price"]', "[]", "missing"),
        ('source = "示例"', 'source = " "', "missing"),
        ("2026-01-01", '"2026"', "missing"),
        ('name = "cut"', 'title = "cut"', "has"),
        ("since = 2026-01-01", "since = 2026-01-01\n" + GOOD, "stands twice"),
    ],
)
def test_a_broken_file_is_refused_with_its_rule_and_reason(was: str, now: str, told: str) -> None:
    assert rules.read_rules(GOOD)
    with pytest.raises(ValueError, match="rule") as refusal:
        rules.read_rules(GOOD.replace(was, now))
    assert told in str(refusal.value)


def test_a_rule_holds_from_its_day_on() -> None:
    cheaper = {**CONTENT, "sale_price": 150}
    assert rules.let_through(CONTENT, cheaper, SEEN, date(2026, 1, 1)) == ("price-cut",)
    assert rules.let_through(CONTENT, cheaper, SEEN, date(2019, 12, 31)) == ()


def test_villages_in_another_order_are_no_change() -> None:
    one, other = ({**CONTENT, "villages": v} for v in (["a", "b"], ["b", "a"]))
    assert rules.changed(one, other) == ()


def test_several_rules_together_let_an_edit_through() -> None:
    all_of_it = {**CONTENT, "sale_price": 150, "dispatch_hours": 24, "orders_last": "2026-12-01"}
    passed = rules.let_through(CONTENT, all_of_it, SEEN, date(2026, 1, 1))
    assert passed == ("price-cut", "dispatch", "terms")


@pytest.mark.parametrize("name", ["case_spec", "gross_weight", "no_delivery_to"])
def test_words_that_claim_something_are_looked_at_wherever_they_stand(name: str) -> None:
    """P23: whatever else a field may say without a person."""
    day = date(2026, 1, 1)
    harmless, claims = {**CONTENT, name: "青海"}, {**CONTENT, name: "有机 青海"}
    assert rules.let_through(CONTENT, harmless, SEEN, day) == ("dispatch",)
    assert rules.let_through(harmless, claims, SEEN, day) == ()
    assert rules.let_through(claims, harmless, SEEN, day) == ("dispatch",)
