"""Pages of claims: what may be claimed of an order, one claim and its answers, the list."""

from marketplace.claims.views import answering, opening
from marketplace.claims.views.blueprint import pages

__all__ = ["answering", "opening", "pages"]
