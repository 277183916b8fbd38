"""What a machine checks of a paper in the moment it is handed in: pure, each check a sentence.

A failure stops the hand-in, a warning goes to a person; see docs/papers.md for the list.
"""

from __future__ import annotations

from marketplace.suppliers.rules.checks.contents import check_contents
from marketplace.suppliers.rules.checks.days import check_days, ended
from marketplace.suppliers.rules.checks.details import details_of
from marketplace.suppliers.rules.checks.facts import Known, Link, Place, Submission
from marketplace.suppliers.rules.checks.holders import check_holder
from marketplace.suppliers.rules.checks.numbers import check_number, number_key, region_of
from marketplace.suppliers.rules.checks.twice import check_twice
from marketplace.suppliers.rules.findings import Finding

__all__ = ["Known", "Link", "Place", "Submission", "details_of", "ended", "look_at",
           "number_key", "region_of"]  # fmt: skip


def look_at(paper: Submission, known: Known) -> tuple[Finding, ...]:
    """Everything that a machine can say of a paper from what was typed and what is known."""
    return (
        *check_number(paper, known),
        *check_holder(paper, known),
        *check_days(paper, known),
        *check_contents(paper, known),
        *check_twice(paper, known),
    )
