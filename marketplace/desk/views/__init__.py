"""Pages of the desk: the inbox, goods that wait for a decision, lists of counties that operators
keep, parcels that could not be delivered."""

from marketplace.desk.views import inbox, listings, lists, outbox
from marketplace.desk.views.blueprint import pages

__all__ = ["inbox", "listings", "lists", "outbox", "pages"]
