"""Numbers of licences: how they are built, and which place and foods they name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from marketplace.kernel import credit_code
from marketplace.suppliers.rules.checks.categories import CATEGORIES, category_findings
from marketplace.suppliers.rules.checks.facts import Known, Place, Submission
from marketplace.suppliers.rules.checks.holders import same_name
from marketplace.suppliers.rules.findings import Finding, bad, doubtful, good
from marketplace.suppliers.rules.kinds import KINDS

FIELD = "number"
_SC = re.compile(r"SC\d{14}", re.ASCII)
_JY = re.compile(r"JY[123]\d{13}", re.ASCII)  # sale, catering, canteens of units
_RUNS = ("01234567890123456789", "98765432109876543210")
_MADE_UP = 8  # so many digits in a row that only somebody inventing a number types
# GB/T 2260: the two digits of provinces
_PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55),
     *range(61, 66), 71, 81, 82]
)  # fmt: skip


def number_key(number: str) -> str:
    """The number as it is compared: half-width, upper case, nothing but letters and digits."""
    plain = unicodedata.normalize("NFKC", number).upper()
    return "".join(sign for sign in plain if sign.isalnum())


def check_number(paper: Submission, known: Known) -> Iterator[Finding]:
    """The checks that the kind of paper asks for its number."""
    code = KINDS[paper.kind].code
    if code:
        yield from _CHECKS[code](paper, known)


def region_of(code: str, number: str) -> str | None:
    """The six digits of the region in a number that is built as `code` says; None: it has none."""
    key = number_key(number)
    if code == "sc" and _SC.fullmatch(key):
        return key[5:11]
    if code == "jy" and _JY.fullmatch(key):
        return key[3:9]
    return None


def check_digit(digits: str) -> int:
    """ISO 7064 MOD 11,10 (GB/T 17710)."""
    product = 10
    for digit in digits:
        sum_ = (product + int(digit)) % 10 or 10
        product = 2 * sum_ % 11
    return (11 - product) % 10


def _credit_code(paper: Submission, known: Known) -> Iterator[Finding]:
    key = credit_code.compact(paper.number)
    if fault := credit_code.fault_of(key):
        yield bad(f"credit_code_{fault.code}", FIELD, number=key, place=fault.place)
    elif not known.credit_code:
        yield bad("credit_code_unsaid", FIELD)
    elif key != known.credit_code:
        yield bad("credit_code_own", FIELD, number=key, registered=known.credit_code)
    else:
        yield good("credit_code", number=key)


def _sc(paper: Submission, known: Known) -> Iterator[Finding]:
    key = number_key(paper.number)
    if not _SC.fullmatch(key):
        yield bad("sc_structure", FIELD, number=paper.number)
        return
    digits = key[2:]
    if is_made_up(digits):
        yield bad("number_made_up", FIELD, number=key)
    if digits[:3] not in CATEGORIES:
        yield bad("sc_category_unknown", FIELD, number=key, category=digits[:3])
        return
    if int(digits[3:5]) not in _PROVINCES:
        yield bad("number_province", FIELD, number=key, province=digits[3:5])
        return
    yield good("sc_structure", number=key)
    yield _digit("sc_digit", key, digits)
    yield from category_findings(digits[:3], paper, known)
    if same_name(paper.holder, known.legal_name):  # a contract maker works where it works
        yield from _region("number_region", digits[3:9], known)


def _jy(paper: Submission, known: Known) -> Iterator[Finding]:
    key = number_key(paper.number)
    if not _JY.fullmatch(key):
        yield bad("jy_structure", FIELD, number=paper.number)
        return
    digits = key[2:]
    if is_made_up(digits):
        yield bad("number_made_up", FIELD, number=key)
    if int(digits[1:3]) not in _PROVINCES:
        yield bad("number_province", FIELD, number=key, province=digits[1:3])
        return
    yield good("jy_structure", number=key)
    yield _digit("jy_digit", key, digits)
    yield from _region("number_region", digits[1:7], known)


def is_made_up(digits: str) -> bool:
    """Whether somebody just ran along the keys, or held one down."""
    runs = (*_RUNS, *(sign * 20 for sign in "0123456789"))
    pieces = (digits[at : at + _MADE_UP] for at in range(len(digits) - _MADE_UP + 1))
    return any(piece in run for piece in pieces for run in runs)


def _digit(check: str, number: str, digits: str) -> Finding:
    expected = check_digit(digits[:-1])
    if expected == int(digits[-1]):
        return good(check, number=number)
    return doubtful(check, FIELD, number=number, expected=expected, found=digits[-1])


def _region(check: str, code: str, known: Known) -> Iterator[Finding]:
    if not known.number_places:
        yield doubtful(f"{check}_unknown", FIELD, region=code)
        return
    there = "、".join(place.label for place in known.number_places)
    own = "、".join(place.label for place in known.counties)
    if any(_within(one, other) for one in known.number_places for other in known.counties):
        yield good(check, region=code, place=there)
    else:
        yield doubtful(check, FIELD, region=code, place=there, own=own)


def _within(one: Place, other: Place) -> bool:
    """Whether the places are the same, or one lies in the other."""
    shorter = min(one.level, other.level) * 2
    return one.code[:shorter] == other.code[:shorter]


_CHECKS: dict[str, Callable[[Submission, Known], Iterator[Finding]]] = {
    "credit_code": _credit_code,
    "sc": _sc,
    "jy": _jy,
}
