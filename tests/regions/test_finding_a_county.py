"""A place is found by code of any year and by a name as people write it; never guessed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.regions import queries
from marketplace.regions.models import Designation
from marketplace.regions.rules.names import short_name
from marketplace.work import Work


def found(w: Work, text: str) -> list[str]:
    return [place.label for place in queries.find_county(w.session, text)]


@pytest.mark.parametrize(
    "text",
    [
        "653129",
        "伽师县",
        "伽师",
        "喀什伽师县",
        "新疆喀什伽师县",
        "新疆维吾尔自治区喀什地区伽师县",
        " 新疆喀什地区 · 伽师县 ",
        "新疆/喀什/伽师",
    ],
)
def test_one_county_is_found_however_it_is_written(w: Work, text: str) -> None:
    assert found(w, text) == ["新疆喀什地区 · 伽师县"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("开县", "500154"),
        ("那曲县", "540602"),
        ("林芝县", "540402"),
        ("重庆市重庆市酉阳县", "500242"),
        ("三江", "450226"),
        ("云南省红河州屏边县", "532523"),
        ("四川省涪陵地区武隆县", "500156"),
        ("六枝", "520203"),
        ("赣县", "360704"),
    ],
)
def test_older_names_short_names_and_self_rule_are_understood(
    w: Work, text: str, code: str
) -> None:
    assert [place.code for place in queries.find_county(w.session, text)] == [code]


def test_a_name_that_several_counties_bear_answers_all_of_them(w: Work) -> None:
    assert found(w, "城关区") == ["西藏拉萨市 · 城关区", "甘肃兰州市 · 城关区"]
    assert found(w, "拉萨城关区") == ["西藏拉萨市 · 城关区"]


def test_an_older_name_does_not_hide_the_short_name_of_another_county(w: Work) -> None:
    assert found(w, "东乡县") == ["江西抚州市 · 东乡区", "甘肃临夏回族自治州 · 东乡族自治县"]


def test_a_prefecture_alone_is_a_prefecture_not_one_of_its_counties(w: Work) -> None:
    (zhenjiang,) = queries.find_county(w.session, "镇江")
    assert (zhenjiang.level, zhenjiang.province) == (queries.PREFECTURE, "江苏省")


@pytest.mark.parametrize("text", ["", "  ", "县", "没有这个县", "000000", "65312", "喀什县", "%"])
def test_nothing_is_found_for_what_is_no_place(w: Work, text: str) -> None:
    assert found(w, text) == []


def test_a_code_in_use_an_older_one_and_a_chain_lead_to_today(w: Work) -> None:
    names = {
        code: place.name if (place := queries.county(w.session, code)) else None
        for code in ("653129", "542421", "542232", "513425", "520222")
    }
    assert names == {
        "653129": "伽师县",
        "542421": "色尼区",
        "542232": "错那市",
        "513425": "会理市",
        "520222": "盘州市",
    }


def test_a_code_that_was_split_is_several_counties_and_therefore_not_one(w: Work) -> None:
    assert queries.county(w.session, "130103") is None
    assert found(w, "130103") == ["河北石家庄市 · 长安区", "河北石家庄市 · 桥西区"]


@pytest.mark.parametrize(
    ("name", "code"), [("冷湖", "632803"), ("茫崖行委", "632803"), ("大柴旦行政委员会", "632857")]
)
def test_committees_without_a_code_of_their_own_are_found(w: Work, name: str, code: str) -> None:
    assert [place.code for place in queries.find_county(w.session, name)] == [code]


def test_every_name_on_the_832_list_leads_to_its_county(w: Work) -> None:
    listed = w.session.execute(
        select(Designation.name_as_listed, Designation.county_code).where(
            Designation.list_slug == "832"
        )
    ).all()
    several = set()
    for name, code in listed:
        codes = [place.code for place in queries.find_county(w.session, name)]
        assert code in codes
        if len(codes) > 1:
            several.add(name)
    assert several == {"宣化县", "南康市", "水城县", "城关区"}  # split, or borne by two


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("东乡族自治县", "东乡"),
        ("鄂温克族自治旗", "鄂温克"),
        ("巴里坤哈萨克自治县", "巴里坤"),
        ("隆林各族自治县", "隆林"),
        ("内蒙古自治区", "内蒙古"),
        ("瀍河回族区", "瀍河"),
        ("赣县区", "赣县"),
        ("开县", "开县"),
        ("神农架林区", "神农架"),
    ],
)
def test_the_short_name_is_what_people_say(name: str, short: str) -> None:
    assert short_name(name) == short
