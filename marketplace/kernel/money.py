"""Money is a whole number of fen; yuan exist only at the edges, where people read and write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

CURRENCY = "CNY"
LARGEST_FEN = (
    10**12
)  # ten thousand million yuan; far below 2**53 so that JSON readers keep it exact

_YUAN = re.compile(r"(?P<sign>-?)(?P<yuan>\d{1,10})(?:\.(?P<fen>\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in fen of CNY; negative only in journal entries and refunds."""

    fen: int

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __mul__(self, times: int) -> Money:
        return Money(self.fen * times)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    @property
    def yuan(self) -> str:
        """Plain decimal text with two places, as it stands in a spreadsheet: "1234.50"."""
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"

    @property
    def decimal(self) -> Decimal:
        """Yuan for a form field; exact."""
        return Decimal(self.yuan)

    def __str__(self) -> str:
        sign = "-" if self.fen < 0 else ""
        return f"{sign}¥{abs(self.fen) // 100:,}.{abs(self.fen) % 100:02d}"


ZERO = Money(0)


def total(amounts: Iterable[Money]) -> Money:
    """The sum; ¥0.00 for nothing."""
    return Money(sum(amount.fen for amount in amounts))


def split(amount: Money, weights: Sequence[Money]) -> tuple[Money, ...]:
    """`amount` in shares as the weights are, to the fen: by largest remainder, the first of equals
    first. No share is above its weight unless `amount` is above their sum."""
    whole = sum(weight.fen for weight in weights)
    if not whole:
        return tuple(ZERO for _ in weights)
    floors = [amount.fen * weight.fen // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda place: -(amount.fen * weights[place].fen % whole)
    )
    for place in by_remainder[: amount.fen - sum(floors)]:
        floors[place] += 1
    return tuple(Money(fen) for fen in floors)


def parse_yuan(text: str) -> Money:
    """Read "59", "59.9" or "59.90" exactly. Raises ValueError for anything else."""
    found = _YUAN.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    fen = int(found["yuan"]) * 100 + int((found["fen"] or "0").ljust(2, "0"))
    if fen > LARGEST_FEN:
        raise ValueError(text)
    return Money(-fen if found["sign"] else fen)
