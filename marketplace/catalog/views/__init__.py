"""Pages of the supplier: its goods and their batches, and the taking in of sheets."""

from marketplace.catalog.views import batches, goods, imports, papers, photos, prices, sheets
from marketplace.catalog.views.blueprint import pages

__all__ = ["batches", "goods", "imports", "pages", "papers", "photos", "prices", "sheets"]
