"""Periods, fees, days and the bank's file, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.kernel.money import Money
from marketplace.settlement import rules
from marketplace.settlement.states import LineKind, Period

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "today", "first", "last"),
    [
        (Period.MONTH, "2026-12-01", "2026-11-01", "2026-11-30"),
        (Period.MONTH, "2027-01-31", "2026-12-01", "2026-12-31"),
        (Period.MONTH, "2028-03-01", "2028-02-01", "2028-02-29"),
        (Period.HALF_MONTH, "2026-12-01", "2026-11-16", "2026-11-30"),
        (Period.HALF_MONTH, "2026-12-15", "2026-11-16", "2026-11-30"),
        (Period.HALF_MONTH, "2026-12-16", "2026-12-01", "2026-12-15"),
    ],
)
def test_the_last_period_that_is_over(period: Period, today: str, first: str, last: str) -> None:
    found = rules.ended(period, date.fromisoformat(today))
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("supply", "points", "fee"),
    [(90_00, 0, 0), (90_00, 15, 14), (-90_00, 15, -14), (33, 150, 0), (34, 150, 1), (0, 500, 0)],
)
def test_a_fee_is_rounded_half_up_and_given_back_alike(supply: int, points: int, fee: int) -> None:
    owed = rules.Owed(LineKind.ORDER, NOON, Money(supply), Money(8_00), points)
    assert owed.fee == Money(fee)
    assert owed.amount == Money(supply + 8_00 - fee)


def test_parts_that_go_back_one_by_one_give_back_the_whole_fee() -> None:
    """Each of them rounded for itself would keep a fen or two."""
    stated, fees = Money(90_00), [Money(14)]
    for part in (33_33, 33_33, 23_34):
        back = rules.Owed(LineKind.REFUND, NOON, Money(-part), Money(0), 15, before=stated)
        stated += back.supply
        fees.append(back.fee)
    assert sum(fee.fen for fee in fees) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[fee]]\nvalid_from = 2026-01-01\nbasis_points = 10000\nsource = '示例'",
        "[[fee]]\nvalid_from = 2026-01-01\nbasis_points = 1.5\nsource = '示例'",
        "[[fee]]\nvalid_from = '2026-01-01'\nbasis_points = 1\nsource = '示例'",
        "[[fee]]\nvalid_from = 2026-01-01\nbasis_points = 1\nsource = ' '",
        "[[fee]]\nvalid_from = 2026-01-01\nbasis_points = 1\nsource = '示例'\n" * 2,
    ],
)
def test_a_broken_file_of_fees_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(ValueError, match=r"^fees\.toml"):
        rules.read_fees(text, "fees.toml")


def test_days_are_calendar_days_in_shanghai() -> None:
    late = NOON.replace(hour=15, minute=59)  # 23:59 there
    spans = [(late, late + timedelta(minutes=1)), (NOON, NOON + timedelta(days=9)), (NOON, NOON)]
    assert rules.days_of(spans) == rules.Days(3, 1, 9)
    assert rules.days_of([]) is None


@pytest.mark.parametrize("encoding", rules.ENCODINGS)
def test_the_banks_file_has_fixed_columns_and_amounts_that_are_numbers(encoding: str) -> None:
    """P27: every text is quoted, what breaks a line or a cell stays inside it."""
    row = (
        "FK1",
        '示例"合作社, 甲',
        "0012345678901234567",
        "示例银行",
        "=1+1",
        Money(1234_50),
        "货款",
    )
    told = rules.bank_file([row], encoding).decode(rules.ENCODINGS[encoding])
    assert told.splitlines()[1:] == [
        '"FK1","示例""合作社, 甲","0012345678901234567","示例银行","=1+1",1234.50,"货款"'
    ]
