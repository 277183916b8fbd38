"""Sums, ceiling and hash of a plan; no database."""

from __future__ import annotations

import uuid
from dataclasses import replace
from fractions import Fraction

import pytest

from marketplace.kernel.money import ZERO, Money
from marketplace.purchasing import rules
from marketplace.suppliers.rules.freight import FreightGroup

FIRST = rules.Chosen(
    listing_id=uuid.UUID(int=1),
    fingerprint="a" * 64,
    supplier_id=uuid.UUID(int=10),
    pieces_each=2,
    unit_price=Money(59_00),
    freight_included=False,
    grams=Fraction(500),
    price=FreightGroup(base=Money(10_00)),
)
OTHER = replace(FIRST, listing_id=uuid.UUID(int=2), supplier_id=uuid.UUID(int=11), pieces_each=1)
PEOPLE = [("甲", "E1", "13900000001", ""), ("乙", "E2", "13900000002", "")]
ADDRESS = ("示例", "13700000001", "653129", "示例路 1 号")


def test_each_supplier_asks_for_its_freight_once() -> None:
    cost = rules.sums([FIRST, OTHER, replace(FIRST, listing_id=uuid.UUID(int=3))], 30)
    assert cost.goods_each == Money(5 * 59_00)
    assert cost.freight == Money(20_00)
    assert cost.total == Money(30 * 5 * 59_00 + 20_00)


def test_a_large_order_travels_free() -> None:
    free = replace(FIRST, price=FreightGroup(base=Money(10_00), free_from=Money(3540_00)))
    assert rules.sums([free], 30).freight == ZERO
    assert rules.sums([free], 29).freight == Money(10_00)


def test_weight_is_that_of_everybodys_pieces_together() -> None:
    """30 people, 2 pieces of 500 g each: 30 kg, and a good of 1 kg more for each of them."""
    by_weight = replace(FIRST, price=FreightGroup(base=Money(10_00), per_kg=Money(1_00)))
    assert rules.sums([by_weight], 30).freight == Money(40_00)
    heavy = replace(by_weight, listing_id=uuid.UUID(int=4), pieces_each=1, grams=Fraction(1000))
    assert rules.sums([by_weight, heavy], 30).freight == Money(70_00)
    light = replace(by_weight, pieces_each=1, grams=Fraction(1, 3))
    assert rules.sums([light], 4).freight == Money(11_00)


def test_freight_in_the_price_is_not_asked_again() -> None:
    included = replace(FIRST, freight_included=True)
    assert rules.sums([included], 30).freight == ZERO
    by_weight = replace(FIRST, price=FreightGroup(base=Money(10_00), per_kg=Money(1_00)))
    heavy = replace(included, listing_id=uuid.UUID(int=4), grams=Fraction(10_000))
    assert rules.sums([by_weight, heavy], 30).freight == Money(40_00)  # as without it


def test_the_share_of_freight_is_rounded_up_and_the_total_is_exact() -> None:
    cost = rules.sums([FIRST], 30)
    assert cost.freight_each == Money(34)
    assert cost.each == Money(118_34)
    assert cost.total == Money(30 * 118_00 + 10_00)


@pytest.mark.parametrize(("ceiling", "kept"), [(118_34, True), (118_33, False), (118_00, False)])
def test_a_ceiling_is_never_passed(ceiling: int, kept: bool) -> None:
    assert rules.sums([FIRST], 30).within(Money(ceiling)) is kept


def test_nobody_costs_nothing() -> None:
    cost = rules.sums([FIRST], 0)
    assert (cost.total, cost.freight_each) == (ZERO, ZERO)
    assert not cost.within(Money(117_99))


def test_the_order_of_lines_and_people_does_not_matter() -> None:
    cost = rules.sums([FIRST, OTHER], 2)
    one = rules.content_hash([FIRST, OTHER], PEOPLE, cost, ADDRESS)
    assert one == rules.content_hash([OTHER, FIRST], PEOPLE[::-1], cost, ADDRESS)


@pytest.mark.parametrize(
    "change",
    [
        {"pieces_each": 3},
        {"unit_price": Money(58_99)},
        {"listing_id": uuid.UUID(int=9)},
        {"fingerprint": "b" * 64},
        {"price": FreightGroup(base=Money(11_00))},
    ],
)
def test_another_plan_has_another_hash(change: dict[str, object]) -> None:
    changed = replace(FIRST, **change)  # type: ignore[arg-type]  # named by the parameters
    hashes = {
        rules.content_hash([one], PEOPLE, rules.sums([one], 2), ADDRESS) for one in (FIRST, changed)
    }
    assert len(hashes) == 2


def test_other_people_or_another_address_have_another_hash() -> None:
    cost = rules.sums([FIRST], 2)
    moved = (*ADDRESS[:3], "示例路 2 号")
    renamed = [PEOPLE[0], ("丙", *PEOPLE[1][1:])]
    hashes = {
        rules.content_hash([FIRST], people, cost, address)
        for people, address in ((PEOPLE, ADDRESS), (renamed, ADDRESS), (PEOPLE, moved))
    }
    assert len(hashes) == 3


@pytest.mark.parametrize("mobile", ["13812345678", "1234567", ""])
def test_a_masked_number_cannot_be_called(mobile: str) -> None:
    assert rules.masked(mobile) == ("138****5678" if mobile == "13812345678" else "****")
