"""Pages of buying: basket, addresses, checkout, and what became of it."""

from marketplace.orders.views import following, holding, shopping
from marketplace.orders.views.blueprint import pages

__all__ = ["following", "holding", "pages", "shopping"]
