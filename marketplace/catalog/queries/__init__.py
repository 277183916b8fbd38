"""Questions about goods: what may be seen now, why, what waits, and what does not add up."""

from marketplace.catalog.queries.checking import Check, checks
from marketplace.catalog.queries.documents import all_documents, documents, listings_of
from marketplace.catalog.queries.evidence import Evidence, evidence
from marketplace.catalog.queries.faults import stock_faults, zone_faults
from marketplace.catalog.queries.finding import Finding, find
from marketplace.catalog.queries.lists import (
    Waiting,
    counts,
    imports,
    listing,
    mine,
    origin,
    own_listing,
    roles_for,
    villages,
    waiting,
)
from marketplace.catalog.queries.placing import Placed, Placing, unknown_lists
from marketplace.catalog.queries.visible import (
    Offer,
    offer,
    offers,
    offers_of,
    on_sale,
    visible,
)
from marketplace.catalog.rules import Category, categories, category

__all__ = [
    "Category",
    "Check",
    "Evidence",
    "Finding",
    "Offer",
    "Placed",
    "Placing",
    "Waiting",
    "all_documents",
    "categories",
    "category",
    "checks",
    "counts",
    "documents",
    "evidence",
    "find",
    "imports",
    "listing",
    "listings_of",
    "mine",
    "offer",
    "offers",
    "offers_of",
    "on_sale",
    "origin",
    "own_listing",
    "roles_for",
    "stock_faults",
    "unknown_lists",
    "villages",
    "visible",
    "waiting",
    "zone_faults",
]
