"""The writers of goods: drafting, revising, importing, deciding, moving stock, indexing."""

from marketplace.catalog.service.deciding import (
    NotForZone,
    approve,
    approve_many,
    send_back,
    submit,
    submit_all,
    use,
    withdraw,
)
from marketplace.catalog.service.importing import ImportReport, import_sheet
from marketplace.catalog.service.searching import advice, rebuild_search, reindex, tend_search
from marketplace.catalog.service.stock import (
    NotForSale,
    OutOfStock,
    hold,
    release,
    restock,
    sell,
    set_stock,
)
from marketplace.catalog.service.writing import draft, revise

__all__ = [
    "ImportReport",
    "NotForSale",
    "NotForZone",
    "OutOfStock",
    "advice",
    "approve",
    "approve_many",
    "draft",
    "hold",
    "import_sheet",
    "rebuild_search",
    "reindex",
    "release",
    "restock",
    "revise",
    "sell",
    "send_back",
    "set_stock",
    "submit",
    "submit_all",
    "tend_search",
    "use",
    "withdraw",
]
