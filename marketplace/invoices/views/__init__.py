"""Pages of invoices, by whom they are for."""

from marketplace.invoices.views import asking, comparing, entering
from marketplace.invoices.views.blueprint import pages

__all__ = ["asking", "comparing", "entering", "pages"]
