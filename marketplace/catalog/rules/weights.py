"""How much one sold piece weighs, read from what its supplier wrote; what is not plain is unknown.

Never guessed: a range, an "about", a volume, a count of fruits, or a container whose number in the
sold piece is not told, all mean unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from marketplace.catalog.rules.goods import plain
from marketplace.kernel.money import Money

HALF_KILO = 500  # grams
LEAST, MOST = 1, 1_000_000  # grams of one piece; beyond it somebody mistyped
GRAMS = {"千克": 1000, "公斤": 1000, "kg": 1000, "克": 1, "g": 1, "斤": 500, "市斤": 500, "两": 50}
_UNITS = "|".join(sorted(GRAMS, key=len, reverse=True))
_NUMBER = r"(\d{1,7}(?:\.\d{1,3})?)"
_LABEL = re.compile(r"^(?:净含量|净重|毛重|规格)[:：]?")
_WEIGHT = re.compile(rf"{_NUMBER}({_UNITS})(?:/(\D{{1,3}}))?")
_TIMES = re.compile(r"(\d{1,4})(\D{1,2})?(?:/(\D{1,3}))?")
_BETWEEN = re.compile(r"([x×*,、;])")


@lru_cache(5_000)
def grams(text: str, unit: str) -> Fraction | None:
    """Of one sold piece, a `unit`: "5kg", "500g×10", "10斤", "2.5千克/箱", "250克/袋,2袋/盒"."""
    said = _LABEL.sub("", plain(text))
    parts = _BETWEEN.split(said)
    weights = [found for part in parts[::2] if (found := _WEIGHT.fullmatch(part))]
    if len(weights) != 1 or len(parts) > 5:
        return None
    total = Fraction(weights[0][1]) * GRAMS[weights[0][2]]
    holder = weights[0][3] or ""  # what one of holds so much
    is_list = not {"x", "×", "*"} & set(parts[1::2])  # then each count must name what it counts
    for part in parts[::2]:
        if part == weights[0][0]:
            continue
        times = _TIMES.fullmatch(part)
        if times is None or not _counts(times[2] or "", holder, is_list=is_list):
            return None
        total *= int(times[1])
        holder = times[3] or ""
    if holder not in {"", plain(unit)}:
        return None
    return total if LEAST <= total <= MOST else None


def _counts(what: str, holder: str, *, is_list: bool) -> bool:
    """Whether a count is of the containers that hold the weight."""
    if is_list:
        return bool(holder) and what == holder
    return what == holder or not what or not holder


def is_between(price: Money, one: Money | None, other: Money) -> bool:
    """Whether a price is no farther from `other` than `one` is, on the same side."""
    return one is not None and min(one.fen, other.fen) <= price.fen <= max(one.fen, other.fen)


def per_500g(said: Mapping[str, object]) -> int | None:
    """The sale price of 500 g in fen, half a fen rounded up; by the net content, else by the
    specification; None when neither tells the weight of a piece."""
    text = str(said["net_content"]) or str(said["spec"])
    weight = grams(text, str(said["unit"]))
    price = said["sale_price"]
    if weight is None or not isinstance(price, int):
        return None
    return (2 * price * HALF_KILO * weight.denominator + weight.numerator) // (2 * weight.numerator)
