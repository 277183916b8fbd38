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


def check_code(code: str) -> None:
    """Raises Invalid when the compacted code is malformed or not that of a union."""
    if fault := fault_of(code):
        raise Invalid(f"credit_code_{fault.code}", field="credit_code", value=code)
    if not code.startswith(BEGINNING):
        raise Invalid("union_credit_code", field="credit_code", value=code)


def check_budget(year: int, source: FundSource, amount: Money) -> None:
    """Raises Invalid for an impossible year, private money, or an amount not above zero."""
    if source is FundSource.PERSONAL:
        raise Invalid("budget_source", field="source", value=source)
    if year not in YEARS:
        raise Invalid("budget_year", field="year", value=year)
    if amount <= ZERO:
        raise Invalid("budget_amount", field="amount", value=amount)


def check_mobile(mobile: str) -> None:
    """Raises Invalid unless it is an 11-digit mobile number of the mainland."""
    if not _MOBILE.fullmatch(mobile):
        raise Invalid("member_mobile", field="mobile", value=mobile)
