"""Which foods a production licence is for: sc_categories.toml."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from marketplace.suppliers.rules.checks.facts import Known, Submission
from marketplace.suppliers.rules.findings import Finding, doubtful, good
from marketplace.suppliers.rules.reading import BrokenFile, Row, entries, line_of, packaged

FILE = "sc_categories.toml"
_SAY_NOTHING = ("制品", "食品", "产品", "及其", "相关", "及相", "关制", "品及")


class Category(Row):
    """One category of the licence, by the three digits that begin its number."""

    code: str = Field(pattern=r"^[12]\d\d$")
    zh: str = Field(min_length=2)
    en: str = Field(min_length=2)
    goods: tuple[str, ...] = ()


def categories_of(text: str, name: str = FILE) -> dict[str, Category]:
    """By code, each once. Raises BrokenFile."""
    found: dict[str, Category] = {}
    for number, row in enumerate(entries(name, text, "category", Category)):
        if row.code in found:
            line = line_of(text, "category", (number, "code"))
            raise BrokenFile(name, line, f"category {row.code} stands twice")
        found[row.code] = row
    return found


CATEGORIES = categories_of(packaged(FILE))


def category_findings(code: str, paper: Submission, known: Known) -> Iterator[Finding]:
    """Against what was typed from the licence, and against the goods where they are known."""
    own = CATEGORIES[code]
    typed = str(paper.details.get("categories", ""))
    covered = {code} | {one.code for one in CATEGORIES.values() if _named(one.zh, typed)}
    if typed and not _named(own.zh, typed):
        yield doubtful("sc_category", "categories", category=own.zh, typed=typed)
    else:
        yield good("sc_category", category=own.zh)
    fitting = {one.code for one in CATEGORIES.values() if known.goods_category in one.goods}
    if fitting and not fitting & covered:
        asked = "、".join(CATEGORIES[one].zh for one in sorted(fitting))
        yield doubtful("sc_goods", "number", category=own.zh, asked=asked)


def _named(name: str, typed: str) -> bool:
    """Whether a text speaks of a category: two signs in a row of its name that say something."""
    pairs = {name[at : at + 2] for at in range(len(name) - 1)}
    return any(pair in typed for pair in pairs if pair not in _SAY_NOTHING and "、" not in pair)
