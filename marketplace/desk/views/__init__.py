"""Pages of the desk: goods that wait for a decision, lists of counties that operators keep."""

from marketplace.desk.views import listings, lists
from marketplace.desk.views.blueprint import pages

__all__ = ["listings", "lists", "pages"]
