"""One good in several sizes: each is a listing of its own, a group code holds them together."""

from __future__ import annotations

from catalog_import import ListingRow
from marketplace.catalog.rules.goods import MAKE, Content, Goods
from marketplace.kernel.errors import Invalid

SHARED = ("title", "category", "county", *MAKE)  # what all of a group say alike
LONGEST_NAME = 200  # signs of title and variant together, as an order line keeps them


def variant_fault(said: Goods | ListingRow) -> Invalid | None:
    """A group code without a variant, a variant without a group code, or a name that is too long
    with it: group_missing, variant_missing, name_too_long."""
    if said.group_code and not said.variant:
        return Invalid("variant_missing", field="variant", value="", group=said.group_code)
    if said.variant and not said.group_code:
        return Invalid("group_missing", field="group_code", value="", variant=said.variant)
    length = len(said.title) + 1 + len(said.variant)
    if said.variant and length > LONGEST_NAME:
        return Invalid("name_too_long", field="variant", value=said.variant, most=LONGEST_NAME)
    return None


def shared(content: Content) -> tuple[str, ...]:
    """What a listing says of SHARED, from its whole content."""
    return tuple(str(content[name]) for name in SHARED)


def differing(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """The first field of SHARED in which two differ; empty when in none."""
    pairs = zip(SHARED, one, other, strict=True)
    return next((name for name, left, right in pairs if left != right), "")
