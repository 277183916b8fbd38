"""The problems of a sheet in words: where, what it says, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalog_import import Lang, Problem
from marketplace.kernel.sheets import RowFault
from marketplace.web.labels import error_words
from marketplace.web.words import Words, words


@dataclass(frozen=True, slots=True)
class Told:
    """One problem as the reader's language tells it."""

    row: int | None
    column: str
    value: str
    what: str
    remedy: str


def told(found: Problem | RowFault, say: Words | None = None) -> Told:
    """One problem, in the language of this page; a command says in which language."""
    say = say or words()
    if isinstance(found, Problem):
        lang: Lang = "en" if say.language == "en" else "zh"
        column = found.heading(lang)
        return Told(found.row, column, found.value, found.what(lang), found.remedy(lang))
    what, remedy = error_words(found.fault, say)
    return Told(found.row, found.column, found.value, what, remedy)


def tell(problems: Iterable[Problem | RowFault], most: int) -> list[Told]:
    """The first of them, in order; the page says when there are more."""
    return [told(one) for _n, one in zip(range(most), problems, strict=False)]
