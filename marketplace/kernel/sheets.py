"""What can be wrong with a row of somebody's sheet beyond its shape: our own refusal, in place."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.kernel.errors import MarketplaceError


@dataclass(frozen=True, slots=True)
class RowFault:
    """`row` counts as a spreadsheet does; `column` is the heading as the file has it."""

    row: int | None
    column: str
    value: str
    fault: MarketplaceError
