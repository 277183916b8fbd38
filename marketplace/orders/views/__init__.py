"""Pages of buying: basket, addresses, checkout, parcels, and what became of it."""

from marketplace.orders.views import (
    directing,
    following,
    freight,
    holding,
    keeping,
    packing,
    printing,
    shipping,
    shopping,
)
from marketplace.orders.views.blueprint import pages

__all__ = [
    "directing",
    "following",
    "freight",
    "holding",
    "keeping",
    "packing",
    "pages",
    "printing",
    "shipping",
    "shopping",
]
