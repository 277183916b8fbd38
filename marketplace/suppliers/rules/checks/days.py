"""From when until when a paper is good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from marketplace.suppliers.rules.checks.facts import Known, Submission
from marketplace.suppliers.rules.findings import Finding, bad, doubtful, good
from marketplace.suppliers.rules.kinds import KINDS

FIELD = "valid_until"


def check_days(paper: Submission, known: Known) -> Iterator[Finding]:
    """Expired, not yet begun, without the end its kind must have, accepted for too long."""
    kind, until = KINDS[paper.kind], paper.valid_until
    if until is not None and until < known.today:
        yield ended(until, known.today)
        return
    if paper.valid_from > known.today:
        yield doubtful("not_begun", "valid_from", begins=paper.valid_from.isoformat())
    if until is None and kind.must_end:
        yield bad("end_missing", FIELD)
        return
    if kind.months is not None and until is not None:
        latest = months_later(paper.valid_from, kind.months)
        if until > latest:
            yield doubtful("accepted_too_long", FIELD, latest=latest.isoformat(),
                           until=until.isoformat(), months=kind.months)  # fmt: skip
            return
    yield good("in_force", until=until.isoformat() if until else "")


def ended(until: date, today: date) -> Finding:
    """A paper whose last day is past."""
    return bad("expired", FIELD, until=until.isoformat(), days=(today - until).days)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, the last of the month where it has none such."""
    year, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
