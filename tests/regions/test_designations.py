"""The lists add up to the official totals, hold from day to day, and say what is unknown."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.kernel.clock import end_of_day
from marketplace.regions import queries
from marketplace.regions.models import Designation, Division
from marketplace.work import Work

PER_PROVINCE = {
    "云南": 88, "西藏": 74, "贵州": 66, "四川": 66, "甘肃": 58, "陕西": 56, "河北": 45, "青海": 42,
    "湖南": 40, "河南": 38, "山西": 36, "广西": 33, "新疆": 32, "内蒙古": 31, "湖北": 28,
    "江西": 24, "安徽": 20, "黑龙江": 20, "重庆": 14, "宁夏": 8, "吉林": 8, "海南": 5,
}  # fmt: skip  # a table of totals is read by row
PER_EXIT_YEAR = {2016: 28, 2017: 125, 2018: 283, 2019: 344, 2020: 52}


def test_the_832_counties_agree_with_the_official_totals(w: Work) -> None:
    counties = queries.counties_on(w.session, "832", w.now)
    assert Counter(fact.exit_year for fact in counties) == PER_EXIT_YEAR
    places = {fact.county_code: queries.county(w.session, fact.county_code) for fact in counties}
    provinces = Counter(place.label[:2] for f in counties if (place := places[f.county_code]))
    assert provinces == {name[:2]: number for name, number in PER_PROVINCE.items()}
    assert len(counties) == sum(PER_PROVINCE.values()) == 832


def test_forty_counties_bear_another_name_today_than_on_the_list(w: Work) -> None:
    pairs = {
        (fact.county_name, place.name)
        for fact in queries.counties_on(w.session, "832", w.now)
        if (place := queries.county(w.session, fact.county_code)) and place.name != fact.county_name
    }
    # the sources count 41: with 大柴旦, which has no name in the standard
    assert len(pairs) == 40
    assert {("泸水县", "泸水市"), ("那曲县", "色尼区"), ("冷湖行委", "茫崖市")} <= pairs


def test_sixty_three_counties_bear_another_code_than_in_2014(w: Work) -> None:
    moved = [
        (row.code_as_listed, row.county_code)
        for row in w.session.scalars(select(Designation).where(Designation.list_slug == "832"))
        if row.county_code not in (row.code_as_listed, "632857")
    ]
    without = [code for listed, code in moved if listed is None]
    assert (len(moved), without) == (63, ["632803", "632803"])
    for listed, code in moved:
        if listed:
            facts = queries.designations_of(w.session, listed, w.now)
            assert code in {fact.county_code for fact in facts}


def test_a_merged_county_keeps_both_entries(w: Work) -> None:
    names = [f.county_name for f in queries.designations_of(w.session, "632803", w.now)]
    assert names == ["冷湖行委", "茫崖行委", "茫崖市"]


def test_muli_stands_in_two_regions(w: Work) -> None:
    regions = [f.region for f in queries.designations_of(w.session, "513422", w.now) if f.region]
    assert regions == ["四省藏区（四川）", "四川凉山州"]


def test_jiangsu_has_no_designated_county_and_yunnan_has_88(w: Work) -> None:
    numbers = [
        queries.designated_in_province(w.session, name) for name in ("江苏", "江苏省", "云南", "无")
    ]
    assert numbers == [0, 0, 88, 0]


def test_a_fact_carries_label_source_and_dates(w: Work) -> None:
    fact = next(f for f in queries.designations_of(w.session, "653129", w.now) if f.slug == "832")
    assert fact.label == "原832个贫困县（现脱贫县）"
    assert fact.source
    assert fact.exit_year == 2020
    assert fact.valid_until is None


def test_a_list_ends_with_its_last_day_in_shanghai(w: Work) -> None:
    county = next(iter(queries.counties_on(w.session, "supervised-52", w.now)))
    assert county.valid_until is not None
    ends = end_of_day(county.valid_until)
    for at, expected in ((ends - timedelta(seconds=1), True), (ends, False)):
        facts = queries.designations_of(w.session, county.county_code, at)
        column = select(Division.code).where(
            Division.code == county.county_code,
            queries.designated(Division.code, at, lists=["supervised-52"]),
        )
        assert ("supervised-52" in {f.slug for f in facts}) is expected
        assert (w.session.scalar(column) is not None) is expected


def test_before_the_first_list_nothing_is_designated(w: Work) -> None:
    assert not queries.is_designated(w.session, "653129", datetime(2014, 6, 1, tzinfo=UTC))
    assert queries.is_designated(w.session, "653129", w.now)


def test_the_predicate_selects_the_counties_of_the_lists(w: Work) -> None:
    in_use = select(Division.code).where(Division.level == 3, Division.until_year.is_(None))
    every = w.session.scalars(in_use.where(queries.designated(Division.code, w.now))).all()
    former = queries.designated(Division.code, w.now, lists=["832"])
    assert len(w.session.scalars(in_use.where(former)).all()) == 831  # two merged into one
    assert len(every) == 831 + 13  # of the three regions, never on the 832


def test_a_list_known_in_part_says_so(w: Work) -> None:
    known = {
        one.slug: (one.known, one.entries, one.complete) for one in queries.lists(w.session, w.now)
    }
    assert known == {
        "832": (832, 832, True),
        "three-regions": (212, 212, True),
        "supervised-52": (52, 52, True),
        "key-160": (92, 160, False),
    }


@pytest.mark.parametrize("code", ["", "999999", "320100", "x"])
def test_what_is_no_designated_county_has_no_designation(w: Work, code: str) -> None:
    assert queries.designations_of(w.session, code, w.now) == ()
