"""Pages of the supplier: its goods, and the taking in of sheets."""

from marketplace.catalog.views import goods, imports, prices, sheets
from marketplace.catalog.views.blueprint import pages

__all__ = ["goods", "imports", "pages", "prices", "sheets"]
