"""Spans of time as the gate reckons with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from marketplace.suppliers.rules import in_force
from marketplace.suppliers.rules.spans import DAWN, Span, both, holds, united

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
hours = st.integers(0, 40)
spans = st.lists(st.tuples(hours, st.none() | hours), max_size=6)


def at(hour: int) -> datetime:
    return BEGIN + timedelta(hours=hour)


def of(pairs: list[tuple[int, int | None]]) -> list[Span]:
    return [(at(a), None if b is None else at(b)) for a, b in pairs]


def is_in(pairs: list[tuple[int, int | None]], hour: int) -> bool:
    return any(a <= hour and (b is None or hour < b) for a, b in pairs)


@given(spans, st.integers(0, 45))
def test_an_instant_is_in_the_union_when_it_is_in_any(
    pairs: list[tuple[int, int | None]], hour: int
) -> None:
    assert bool(holds(united(of(pairs)), at(hour))) == is_in(pairs, hour)


@given(spans, spans, st.integers(0, 45))
def test_an_instant_is_in_both_when_it_is_in_each(
    one: list[tuple[int, int | None]], other: list[tuple[int, int | None]], hour: int
) -> None:
    found = both(united(of(one)), united(of(other)))
    assert bool(holds(found, at(hour))) == (is_in(one, hour) and is_in(other, hour))


@given(spans)
def test_spans_that_touch_are_one_and_the_others_stand_apart_in_order(
    pairs: list[tuple[int, int | None]],
) -> None:
    found = united([(DAWN, at(0)), *of(pairs)])
    for (_, ends_at), (starts_at, _) in pairwise(found):
        assert ends_at is not None
        assert ends_at < starts_at


def test_a_period_begins_with_its_first_instant_and_ends_before_its_last() -> None:
    """P16: as the gate has it, so do the checklist and the desk."""
    asked = [in_force(at(1), at(3), at(hour)) for hour in range(5)]
    assert asked == [False, True, True, False, False]
    assert in_force(at(1), None, at(40))
