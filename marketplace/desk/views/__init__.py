"""Pages of the desk: the inbox, goods that wait for a decision, lists of counties that operators
keep, parcels that could not be delivered, looks into outside registers."""

from marketplace.desk.views import (
    changes,
    clock,
    deciding,
    inbox,
    listings,
    lists,
    lookups,
    outbox,
    suppliers,
)
from marketplace.desk.views.blueprint import pages

__all__ = [
    "changes",
    "clock",
    "deciding",
    "inbox",
    "listings",
    "lists",
    "lookups",
    "outbox",
    "pages",
    "suppliers",
]
