"""Which code in use today a code of the past became."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.regions.rules.tables import DivisionRow


def codes_today(rows: Iterable[DivisionRow]) -> dict[int, tuple[str, ...]]:
    """For each line its codes in use today: one, several after a split, none where unknown."""
    spans: dict[str, list[DivisionRow]] = {}
    listed = list(rows)
    for row in listed:
        spans.setdefault(row.code, []).append(row)
    return {row.line: tuple(sorted(_today(row, spans, frozenset()))) for row in listed}


def _today(
    row: DivisionRow, spans: dict[str, list[DivisionRow]], seen: frozenset[int]
) -> frozenset[str]:
    if row.until is None:
        return frozenset({row.code})
    if row.line in seen:
        return frozenset()
    found: set[str] = set()
    for code in row.successors:
        for later in spans.get(code, ()):
            if _took_over(later, row.until):
                found |= _today(later, spans, seen | {row.line})
    return frozenset(found)


def _took_over(later: DivisionRow, year: int) -> bool:
    """Whether the span was alive after the year: one that ended in it took nothing over."""
    began = later.since is None or later.since <= year
    return began and (later.until is None or later.until > year)
