"""Words in listings that need a certificate, or that may not stand there; data in words.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from marketplace.catalog.rules.goods import DAYS, NUMBERS, PLAIN, YES_OR_NO, plain
from marketplace.kernel.errors import Invalid
from marketplace.suppliers.rules import Finding, Grade, failures

CLAIMS = ("organic", "green", "gi")
_NO_TEXT = {*DAYS, *NUMBERS, *YES_OR_NO}
NOT_READ = frozenset({"sku", "group_code", "barcode", "tax_rate", *_NO_TEXT})
READ = tuple(name for name in PLAIN if name not in NOT_READ)  # of these, what is text
_OTHERS = tuple(name for name in READ if name not in {"title", "supply_price", "sale_price"})
_KEYS = {"check", "grade", "words", "except", "source"}
_TAKEN = "\x00"  # stands in no text


@dataclass(frozen=True, slots=True)
class WordRule:
    """One row: words that are found, in the order in which they are looked for."""

    check: str
    grade: Grade
    words: tuple[str, ...]
    but: tuple[str, ...]
    source: str
    claim: str


def read_words(text: str) -> tuple[WordRule, ...]:
    """Raises ValueError, which names the row and what is wrong with it."""
    found: list[WordRule] = []
    known: set[str] = set()
    for place, row in enumerate(tomllib.loads(text).get("words", ()), 1):
        where = f"words.toml: row {place} ({row.get('check', '')})"
        if set(row) - {"claim"} != _KEYS:
            raise ValueError(f"{where}: has {sorted(row)}")
        if row["grade"] not in (Grade.WARN, Grade.FAIL) or row.get("claim", "gi") not in CLAIMS:
            raise ValueError(f"{where}: grade {row['grade']!r}, claim {row.get('claim')!r}")
        rule = WordRule(
            row["check"],
            Grade(row["grade"]),
            _longest_first(row["words"]),
            _longest_first(row["except"]),
            row["source"].strip(),
            row.get("claim", ""),
        )
        if fault := _fault(rule, known, len(row["words"])):
            raise ValueError(f"{where}: {fault}")
        known |= set(rule.words)
        found.append(rule)
    return tuple(found)


def _fault(rule: WordRule, known: set[str], said: int) -> str:
    """What is wrong with a row; empty when nothing is."""
    if not rule.words or not rule.source:
        return "words or source is missing"
    if known & set(rule.words) or len(rule.words) != said:
        return f"{sorted(known & set(rule.words))} stand twice"
    strange = [one for one in rule.but if not any(word in one for word in rule.words)]
    return f"{strange} look like none of its words" if strange else ""


@cache
def word_rules() -> tuple[WordRule, ...]:
    """As packaged."""
    return read_words(
        resources.files("marketplace.catalog").joinpath("words.toml").read_text("utf-8")
    )


def wording(said: Mapping[str, object]) -> tuple[Finding, ...]:
    """What was found in the texts of a good, name of PLAIN → text: one finding for each row and
    field, with the words as they stand in the data."""
    found = []
    for name in READ:
        text = said.get(name)
        if isinstance(text, str) and text:
            found += _findings(name, text)
    return tuple(found)


def claims_of(title: str, texts: Iterable[str]) -> list[str]:
    """The certificates that these words claim, in the order of CLAIMS."""
    claimed = {claim for text in (title, *texts) for claim in _claims(text)}
    return [claim for claim in CLAIMS if claim in claimed] if claimed else []


def claims_in(said: Mapping[str, object]) -> list[str]:
    """The same of a good's texts by their names."""
    return list(_claimed(_claims(str(said.get("title", ""))), tuple(map(said.get, _OTHERS))))


@lru_cache(5_000)
def _claimed(in_title: frozenset[str], others: tuple[object, ...]) -> tuple[str, ...]:
    """In a sheet nearly every row has its own title, and all else like many others."""
    claimed = in_title.union(*(_claims(text) for text in others if isinstance(text, str)))
    return tuple(claim for claim in CLAIMS if claim in claimed)


@lru_cache(5_000)
def _claims(text: str) -> frozenset[str]:
    """Kept, because most texts of a sheet stand in many rows."""
    return frozenset(rule.claim for rule, _ in _hits(text))


def says_more(name: str, before: str, after: str) -> bool:
    """Whether a field now holds words that are found, and held none of them before."""
    if name not in READ:
        return False
    known = set(_hits(before))
    return any(hit not in known for hit in _hits(after))


def check_wording(said: Mapping[str, object]) -> None:
    """Raises Invalid (words_refused) with the first field that holds a forbidden word."""
    if fault := wording_fault(said):
        raise fault


def wording_fault(said: Mapping[str, object]) -> Invalid | None:
    """The same as an answer."""
    bad = failures(wording(said))
    if not bad:
        return None
    words = "、".join(str(one.data["words"]) for one in bad if one.field == bad[0].field)
    return Invalid("words_refused", field=bad[0].field, words=words, value=words)


def _findings(name: str, text: str) -> list[Finding]:
    by_rule: dict[WordRule, dict[str, None]] = {}
    for rule, word in _hits(text):
        by_rule.setdefault(rule, {})[word] = None
    return [
        Finding(rule.check, rule.grade, {"words": "、".join(words), "source": rule.source}, name)
        for rule, words in by_rule.items()
    ]


def _hits(text: str) -> list[tuple[WordRule, str]]:
    rest = plain(text)
    found: list[tuple[WordRule, str]] = []
    by_letter = _by_letter()
    begun = [one for letter in by_letter.keys() & set(rest) for one in by_letter[letter]]
    standing = {place for place, word in begun if word in rest}
    for place in sorted(standing):  # where no word of a rule stands, none of its exceptions does
        rule = word_rules()[place]
        for phrase in rule.but:
            rest = rest.replace(phrase, _TAKEN)
        for word in rule.words:
            if word in rest:
                found.append((rule, word))
                rest = rest.replace(word, _TAKEN)
    return found


@cache
def _by_letter() -> dict[str, list[tuple[int, str]]]:
    """The words by their first letters, each with the place of its rule: nearly all texts hold
    hardly one of these letters."""
    found: dict[str, list[tuple[int, str]]] = {}
    for place, rule in enumerate(word_rules()):
        for word in rule.words:
            found.setdefault(word[0], []).append((place, word))
    return found


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({plain(word) for word in words}, key=lambda word: (-len(word), word)))
