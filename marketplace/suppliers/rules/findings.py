"""What a machine found when it looked at a paper or at the words of a listing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Grade(StrEnum):
    """How a check ended; only a failure stops a hand-in, a warning goes to a person."""

    PASS = "pass"  # noqa: S105  # the grade of a check
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check with its end and its evidence; in words: `finding.<check>.<grade>`.

    `data` fills the places of the words and holds texts and numbers alone, for it is kept as JSON;
    `field` is the field of the form that somebody must look at, `""` when it is none.
    """

    check: str
    grade: Grade
    data: Mapping[str, str | int] = field(default_factory=dict)
    field: str = ""

    def as_json(self) -> dict[str, Any]:
        """As `Paper.findings` keeps it."""
        return {
            "check": self.check,
            "grade": self.grade.value,
            "data": dict(self.data),
            "field": self.field,
        }


def finding_of(kept: Mapping[str, Any]) -> Finding:
    """The finding that `as_json` wrote."""
    return Finding(kept["check"], Grade(kept["grade"]), kept["data"], kept.get("field", ""))


def good(check: str, **evidence: str | int) -> Finding:
    """A check that found nothing to say against it."""
    return Finding(check, Grade.PASS, evidence)


def doubtful(check: str, field: str = "", **evidence: str | int) -> Finding:
    """A check that a person should look at."""
    return Finding(check, Grade.WARN, evidence, field)


def bad(check: str, field: str = "", **evidence: str | int) -> Finding:
    """A check that stops the hand-in."""
    return Finding(check, Grade.FAIL, evidence, field)


def failures(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What stops a hand-in."""
    return tuple(one for one in findings if one.grade is Grade.FAIL)


def warnings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What a person should look at."""
    return tuple(one for one in findings if one.grade is Grade.WARN)
