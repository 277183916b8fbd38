"""Pure answers about unions: their code, and what a budget may be."""

from __future__ import annotations

import re

from marketplace.kernel.credit_code import fault_of
from marketplace.kernel.errors import Invalid
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money

BEGINNING = "81"  # GB 32100-2015: registered by the trade union federation, a union
YEARS = range(2000, 2101)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def check_code(code: str, *, is_union: bool) -> None:
    """Raises Invalid when the compacted code is malformed, not that of a union, or a union's where
    an administration buys for itself."""
    if fault := fault_of(code):
        raise Invalid(f"credit_code_{fault.code}", field="credit_code", value=code)
    if code.startswith(BEGINNING) != is_union:
        words = "union_credit_code" if is_union else "unit_credit_code"
        raise Invalid(words, field="credit_code", value=code)


def sources(*, is_union: bool) -> tuple[FundSource, ...]:
    """Of which a budget may be: a union's dues are a union's alone."""
    own = [source for source in FundSource if source is not FundSource.PERSONAL]
    return tuple(source for source in own if is_union or source is not FundSource.UNION)


def check_budget(year: int, source: FundSource, amount: Money, *, is_union: bool = True) -> None:
    """Raises Invalid for an impossible year, private money, a union's dues in other hands, or an
    amount not above zero."""
    if source not in sources(is_union=is_union):
        words = "budget_source" if is_union else "budget_source_unit"
        raise Invalid(words, field="source", value=source)
    if year not in YEARS:
        raise Invalid("budget_year", field="year", value=year)
    if amount <= ZERO:
        raise Invalid("budget_amount", field="amount", value=amount)


def check_mobile(mobile: str) -> None:
    """Raises Invalid unless it is an 11-digit mobile number of the mainland."""
    if not _MOBILE.fullmatch(mobile):
        raise Invalid("member_mobile", field="mobile", value=mobile)
