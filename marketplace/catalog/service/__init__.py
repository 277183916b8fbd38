"""The writers of goods: drafting, revising, importing, deciding, moving stock, indexing."""

from marketplace.catalog.rules import ImportReport
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
from marketplace.catalog.service.importing import (
    SMALL,
    ImportRunning,
    accept,
    confirm,
    forget,
    import_sheet,
    keep_marked,
    marked_key,
    preview,
    stop,
    write_part,
)
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
    "SMALL",
    "ImportReport",
    "ImportRunning",
    "NotForSale",
    "NotForZone",
    "OutOfStock",
    "accept",
    "advice",
    "approve",
    "approve_many",
    "confirm",
    "draft",
    "forget",
    "hold",
    "import_sheet",
    "keep_marked",
    "marked_key",
    "preview",
    "rebuild_search",
    "reindex",
    "release",
    "restock",
    "revise",
    "sell",
    "send_back",
    "set_stock",
    "stop",
    "submit",
    "submit_all",
    "tend_search",
    "use",
    "withdraw",
    "write_part",
]
