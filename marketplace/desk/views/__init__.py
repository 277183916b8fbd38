"""Pages of the desk: goods that wait for a decision, lists of counties that operators keep,
parcels that could not be delivered."""

from marketplace.desk.views import listings, lists, outbox
from marketplace.desk.views.blueprint import pages

__all__ = ["listings", "lists", "outbox", "pages"]
