"""Reasons of reviewers as data: ticked in the reader's language, told in Chinese."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from marketplace.kernel.errors import Invalid
from marketplace.kernel.reviews import ReviewKind

BETWEEN = "；"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, written to the supplier; `kinds` are the tasks in which it may be ticked."""

    slug: str
    kinds: frozenset[ReviewKind]
    zh: str
    en: str

    def said(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


def _read() -> tuple[Reason, ...]:
    """Raises TypeError, KeyError, ValueError for a row that is not as it should be."""
    text = resources.files("marketplace.desk").joinpath("reasons.toml").read_text("utf-8")
    rows = tomllib.loads(text)["reason"]
    return tuple(
        Reason(**{**row, "kinds": frozenset(ReviewKind(kind) for kind in row["kinds"])})
        for row in rows
    )


REASONS = _read()


def reasons_of(kind: ReviewKind) -> tuple[Reason, ...]:
    """What may be ticked for a task of this kind."""
    return tuple(reason for reason in REASONS if kind in reason.kinds)


def note_of(kind: ReviewKind, slugs: Iterable[str], text: str) -> str:
    """What the supplier reads: the ticked reasons, then what was written. Raises Invalid for a
    reason that this kind does not know."""
    known = {reason.slug: reason for reason in reasons_of(kind)}
    ticked = list(dict.fromkeys(slugs))
    if not known.keys() >= set(ticked):
        raise Invalid("reason_unknown", field="reasons")
    said = [reason.zh for slug, reason in known.items() if slug in ticked]
    return BETWEEN.join([*said, *([text.strip()] if text.strip() else [])])


def in_language(note: str, language: str) -> str:
    """The note with its ticked reasons in the reader's language; what was written stays."""
    if language == "zh":
        return note
    told = {reason.zh: reason.en for reason in REASONS}
    return "; ".join(told.get(part, part) for part in note.split(BETWEEN))
