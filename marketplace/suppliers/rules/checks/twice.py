"""Papers that somebody has handed in before. Who it was, nobody is told here."""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.suppliers.rules.checks.facts import Known, Submission
from marketplace.suppliers.rules.findings import Finding, bad, doubtful, good
from marketplace.suppliers.rules.kinds import KINDS
from marketplace.suppliers.states import HolderRule, PaperKind


def check_twice(paper: Submission, known: Known) -> Iterator[Finding]:
    """A number that must be one's own is nobody else's; the rest a person looks at."""
    if known.number_elsewhere:
        if paper.kind is PaperKind.BANK_ACCOUNT:
            yield bad("account_elsewhere", "number")
        elif KINDS[paper.kind].holder is HolderRule.EQUAL:
            yield bad("number_elsewhere", "number")
        else:
            yield doubtful("number_elsewhere", "number")
    else:
        yield good("number_elsewhere")
    if known.file_elsewhere:
        yield doubtful("file_elsewhere", "scan")
    elif known.file_again:
        yield doubtful("file_again", "scan")
    else:
        yield good("file_elsewhere")
