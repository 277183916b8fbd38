"""Whose name stands on a paper."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from marketplace.suppliers.rules.checks.facts import Known, Link, Submission
from marketplace.suppliers.rules.findings import Finding, bad, doubtful, good
from marketplace.suppliers.rules.kinds import KINDS
from marketplace.suppliers.states import HolderRule

FIELD = "holder"


def check_holder(paper: Submission, known: Known) -> Iterator[Finding]:
    """The holder against the supplier's legal name, as the kind of paper asks."""
    rule = KINDS[paper.kind].holder
    if rule is HolderRule.ANY:
        yield good("holder_any", holder=paper.holder)
    elif same_name(paper.holder, known.legal_name):
        yield good("holder", holder=paper.holder)
    elif rule is HolderRule.EQUAL:
        yield bad("holder", FIELD, holder=paper.holder, legal_name=known.legal_name)
    elif reaches(known.links, paper.holder, known.legal_name):
        yield good("holder_chain", holder=paper.holder)
    else:
        yield doubtful("holder_chain", FIELD, holder=paper.holder, legal_name=known.legal_name)


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same apart from width, blanks and the kind of brackets."""
    return name_key(one) == name_key(other)


def name_key(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    plain = plain.translate(str.maketrans("〔〕【】", "()()"))
    return "".join(sign for sign in plain if not sign.isspace())


def reaches(links: Iterable[Link], holder: str, wanted: str) -> bool:
    """Whether authorisations lead from the holder to the wanted name, over any number of steps."""
    steps: dict[str, set[str]] = {}
    for link in links:
        steps.setdefault(name_key(link.by), set()).add(name_key(link.to))
    seen: set[str] = set()
    waiting = [name_key(holder)]
    while waiting:
        here = waiting.pop()
        if here == name_key(wanted):
            return True
        if here not in seen:
            seen.add(here)
            waiting += steps.get(here, ())
    return False
