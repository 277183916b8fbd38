"""What some kinds of paper say: reports their laboratory and verdict, certificates their stage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from marketplace.suppliers.rules.checks.facts import Known, Submission
from marketplace.suppliers.rules.checks.numbers import is_made_up, number_key
from marketplace.suppliers.rules.findings import Finding, bad, doubtful, good
from marketplace.suppliers.rules.kinds import KINDS
from marketplace.suppliers.states import PaperKind

CMA_YEARS = 6  # an accreditation is good for six years
_CMA = re.compile(r"\d{12}", re.ASCII)


def check_contents(paper: Submission, known: Known) -> Iterator[Finding]:
    """Fields that stayed empty, and what the filled ones say."""
    for name in KINDS[paper.kind].required:
        if paper.details.get(name) in (None, ""):
            yield bad("detail_missing", name)
    if check := _CHECKS.get(paper.kind):
        yield from check(paper, known)


def _report(paper: Submission, _known: Known) -> Iterator[Finding]:
    cma = str(paper.details.get("cma", ""))
    if cma:
        yield _cma(cma, paper.valid_from.year)
    verdict = paper.details.get("conclusion")
    if verdict == "fail":
        yield bad("conclusion", "conclusion")
    elif verdict == "no_verdict":
        yield doubtful("conclusion", "conclusion")
    elif verdict == "pass":
        yield good("conclusion")


def _cma(typed: str, year: int) -> Finding:
    """Twelve digits, of which the first two are the year when the laboratory was accredited."""
    key = number_key(typed).removeprefix("CMA")
    if not _CMA.fullmatch(key) or is_made_up(key):
        return doubtful("cma", "cma", number=typed)
    since = 2000 + int(key[:2])
    if not since <= year <= since + CMA_YEARS:
        return doubtful("cma_year", "cma", number=key, since=since, year=year)
    return good("cma", number=key)


def _organic(paper: Submission, _known: Known) -> Iterator[Finding]:
    if paper.details.get("stage") == "conversion":
        yield doubtful("organic_stage", "stage")


def _conflict(paper: Submission, _known: Known) -> Iterator[Finding]:
    if paper.details.get("relation") == "some":
        yield doubtful("relation", "relation")


_CHECKS: dict[PaperKind, Callable[[Submission, Known], Iterator[Finding]]] = {
    PaperKind.INSPECTION_REPORT: _report,
    PaperKind.ORGANIC: _organic,
    PaperKind.CONFLICT_STATEMENT: _conflict,
}
