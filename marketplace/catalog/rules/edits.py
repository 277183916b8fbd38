"""Edits of goods on sale: what changed, and which rule lets it through without a person.

The rules are data, see edits.toml. An edit goes through as a whole or waits as a whole.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from marketplace.catalog.rules.goods import (
    DAYS,
    LOOKED_UP,
    NUMBERS,
    PHOTOS,
    PLAIN,
    YES_OR_NO,
    Content,
    plain,
)
from marketplace.catalog.rules.wording import says_more

FIELDS = (*PLAIN, *sorted(LOOKED_UP), PHOTOS)  # everything an edit may change, in one order
PRICES = frozenset({"supply_price", "sale_price"})
HOWS = {  # how a rule lets a field through → which fields it can judge
    "fall": PRICES,
    "small_rise": PRICES,
    "any": frozenset(PLAIN) - PRICES,
    "spelling": frozenset(PLAIN) - PRICES - {*DAYS, *NUMBERS, *YES_OR_NO},
}


@dataclass(frozen=True, slots=True)
class EditRule:
    """One sort of change that needs no person, since a day, by somebody's word."""

    name: str
    fields: frozenset[str]
    how: str
    source: str
    since: date


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Prices in fen as a person last saw them, and the share in percent by which one may rise."""

    supply_price: int
    sale_price: int
    percent: int


def read_rules(text: str) -> tuple[EditRule, ...]:
    """Raises ValueError, which names the rule and what is wrong with it."""
    found: list[EditRule] = []
    for place, row in enumerate(tomllib.loads(text).get("rule", ()), 1):
        where = f"edits.toml: rule {place} ({row.get('name', '')})"
        if set(row) != {"name", "fields", "how", "source", "since"}:
            raise ValueError(f"{where}: has {sorted(row)}")
        rule = EditRule(**{**row, "fields": frozenset(row["fields"])})
        if rule.how not in HOWS:
            raise ValueError(f"{where}: how is {rule.how!r}, not one of {sorted(HOWS)}")
        if strange := rule.fields - HOWS[rule.how]:
            raise ValueError(f"{where}: {rule.how} cannot judge {sorted(strange)}")
        if type(row["since"]) is not date or not rule.fields or not rule.source.strip():
            raise ValueError(f"{where}: fields, source or day is missing")
        if rule.name in {one.name for one in found}:
            raise ValueError(f"{where}: stands twice")
        found.append(rule)
    return tuple(found)


@cache
def edit_rules() -> tuple[EditRule, ...]:
    """As packaged."""
    return read_rules(
        resources.files("marketplace.catalog").joinpath("edits.toml").read_text("utf-8")
    )


def changed(before: Content, after: Content) -> tuple[str, ...]:
    """The names of what differs, in the order of FIELDS."""
    return tuple(name for name in FIELDS if _known(before, name) != _known(after, name))


def let_through(before: Content, after: Content, reviewed: Reviewed, day: date) -> tuple[str, ...]:
    """The names of the rules that together let everything through; none when a person must look."""
    used: dict[str, None] = {}
    in_force = [rule for rule in edit_rules() if rule.since <= day]
    for name in changed(before, after):
        fits = [rule.name for rule in in_force if name in rule.fields]
        hows = {rule.name: rule.how for rule in in_force}
        names = [one for one in fits if _fits(hows[one], name, (before, after), reviewed)]
        if not names:
            return ()
        used[names[0]] = None
    return tuple(used)


def seen_of(base: str, fingerprint: str) -> str:
    """What was shown to whoever decides: this proposal, against that state of the listing."""
    return hashlib.sha256(f"{base}:{fingerprint}".encode()).hexdigest()


def _fits(how: str, name: str, both: tuple[Content, Content], reviewed: Reviewed) -> bool:
    before, after = both[0][name], both[1][name]
    if how == "fall":
        return bool(after < before)
    if how == "small_rise":  # against what a person saw: small steps do not add up to a large one
        last = getattr(reviewed, name)
        return bool(after * 100 <= last * (100 + reviewed.percent))
    if how == "any":  # but what claims something is looked at wherever it stands
        return not says_more(name, str(before), str(after))
    return plain(str(before)) == plain(str(after))


def _known(content: Content, name: str) -> object:
    return sorted(content[name]) if name == "villages" else content[name]
