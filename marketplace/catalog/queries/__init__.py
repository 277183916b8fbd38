"""Questions about goods: what may be seen now, why, what waits, and what does not add up."""

from marketplace.catalog.queries.checking import Check, checks
from marketplace.catalog.queries.documents import all_documents, documents, listings_of
from marketplace.catalog.queries.evidence import Evidence, evidence, evidence_of
from marketplace.catalog.queries.faults import stock_faults, zone_faults
from marketplace.catalog.queries.finding import Finding, find, totals
from marketplace.catalog.queries.lists import (
    counts,
    imports,
    listing,
    mine,
    open_imports,
    origin,
    own_import,
    own_listing,
    roles_for,
    villages,
)
from marketplace.catalog.queries.placing import Placed, Placing, unknown_lists
from marketplace.catalog.queries.sheets import (
    PART,
    Checked,
    Entry,
    Upload,
    bundle,
    check_sheet,
    part_of,
    unpack,
)
from marketplace.catalog.queries.shelves import Shelf, Shelves, shelves
from marketplace.catalog.queries.sorting import Ready, foretold, sort_out
from marketplace.catalog.queries.visible import (
    Good,
    Instant,
    Offer,
    goods,
    offer,
    offers,
    on_sale,
    read_goods,
    to_hold,
    visible,
)
from marketplace.catalog.rules import Category, categories, category

__all__ = [
    "PART",
    "Category",
    "Check",
    "Checked",
    "Entry",
    "Evidence",
    "Finding",
    "Good",
    "Instant",
    "Offer",
    "Placed",
    "Placing",
    "Ready",
    "Shelf",
    "Shelves",
    "Upload",
    "all_documents",
    "bundle",
    "categories",
    "category",
    "check_sheet",
    "checks",
    "counts",
    "documents",
    "evidence",
    "evidence_of",
    "find",
    "foretold",
    "goods",
    "imports",
    "listing",
    "listings_of",
    "mine",
    "offer",
    "offers",
    "on_sale",
    "open_imports",
    "origin",
    "own_import",
    "own_listing",
    "part_of",
    "read_goods",
    "roles_for",
    "shelves",
    "sort_out",
    "stock_faults",
    "to_hold",
    "totals",
    "unknown_lists",
    "unpack",
    "villages",
    "visible",
    "zone_faults",
]
