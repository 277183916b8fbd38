"""Pages of buying: basket, addresses, checkout, and what became of it."""

from marketplace.orders.views import following, shopping
from marketplace.orders.views.blueprint import pages

__all__ = ["following", "pages", "shopping"]
