"""Names of places as people write them: without spaces, suffix or the peoples of a self-rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_PEOPLE = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|"
    "东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|"
    "鄂温克|德昂|保安|裕固|独龙|鄂伦春|各"
)
_SELF_RULE = re.compile(rf"(?P<stem>.{{2,}}?)(?:(?:{_PEOPLE})族?)*自治[县州旗区]")
_PEOPLES_DISTRICT = re.compile(rf"(?P<stem>.{{2,}}?)(?:(?:{_PEOPLE})族)+区")
_SUFFIX = re.compile(r"(?P<stem>.{2,}?)(?:行委|地区|新区|林区|特区|矿区|省|市|县|区|旗|州|盟)")
_FILLING = re.compile(r"[\s·・/\\>\-—,，、|]+")
_KINDS = "县市区旗州盟省"


class Reading(NamedTuple):
    """One way to read a text: the places it is said to lie in, and the name itself."""

    province: str | None
    prefectures: frozenset[str]  # empty: none named
    name: str


def tidy(text: str) -> str:
    """The text without blanks and separators."""
    return _FILLING.sub("", text).replace("行政委员会", "行委")


def short_name(name: str) -> str:
    """The name people use: 伽师 for 伽师县, 三江 for 三江侗族自治县; one syllable keeps its 县."""
    for pattern in (_SELF_RULE, _PEOPLES_DISTRICT, _SUFFIX):
        if found := pattern.fullmatch(name):
            return found["stem"].removesuffix("族") if pattern is _SELF_RULE else found["stem"]
    return name


def same_kind(text: str, name: str) -> bool:
    """Whether a written 县, 市, 区 … agrees with the name; a text without one agrees with all."""
    return text[-1] not in _KINDS or text == short_name(name) or text[-1] == name[-1]


def readings(
    text: str, provinces: Iterable[str], prefectures: Iterable[tuple[str, str]]
) -> Iterator[Reading]:
    """Every way to read a tidy text; `prefectures` are (province, prefecture) pairs."""
    known = tuple(prefectures)
    starts: list[tuple[str | None, str]] = [(None, text)]
    for province in provinces:
        rest = _without(text, province)
        if rest:
            starts += [(province, rest)]
            if twice := _without(rest, province):  # "重庆市重庆市酉阳县" of many a spreadsheet
                starts += [(province, twice)]
    for said, rest in starts:
        yield Reading(said, frozenset(), rest)
        inside: dict[str, set[str]] = {}
        for province, prefecture in known:
            if said in (None, province) and (name := _without(rest, prefecture)):
                inside.setdefault(name, set()).add(prefecture)
        for name, named in inside.items():
            yield Reading(said, frozenset(named), name)


def _without(text: str, place: str) -> str:
    """What follows the place at the beginning of the text; empty if it does not stand there."""
    short = short_name(place)
    for form in (place, short + place[-1], short):  # 红河哈尼族彝族自治州, 红河州, 红河
        if text.startswith(form) and len(text) > len(form):
            return text[len(form) :]
    return ""
