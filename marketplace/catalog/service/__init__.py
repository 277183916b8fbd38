"""The writers of goods: drafting, revising, importing, deciding, moving stock, indexing."""

from marketplace.catalog.rules import ImportReport
from marketplace.catalog.service.asking import (
    archive_key,
    ask_columns,
    keep_archive,
    remember_columns,
    sheet_key,
)
from marketplace.catalog.service.batches import (
    NewBatch,
    open_batch,
    paper_batch,
    recall,
    use_batch,
)
from marketplace.catalog.service.bringing import let_go, same_photos, with_archive
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
    accept,
    confirm,
    forget,
    import_sheet,
    keep_marked,
    look,
    marked_key,
    preview,
    report_of,
    stop,
    write_part,
)
from marketplace.catalog.service.photos import Chosen, Received, receive, show_photos
from marketplace.catalog.service.pricing import Elsewhere, compare_price, explain_price
from marketplace.catalog.service.refusing import ABSENT, kept_refused, refused_key
from marketplace.catalog.service.revising import (
    approve_change,
    refuse_change,
    reprice,
    revise,
    use_change,
    withdraw_change,
)
from marketplace.catalog.service.searching import advice, rebuild_search, reindex, tend_search
from marketplace.catalog.service.standing import reckon_supplier, stand_anew
from marketplace.catalog.service.stock import (
    NotForSale,
    OutOfStock,
    hold,
    release,
    restock,
    sell,
    set_stock,
)
from marketplace.catalog.service.undoing import undo
from marketplace.catalog.service.writing import draft

__all__ = [
    "ABSENT",
    "SMALL",
    "Chosen",
    "Elsewhere",
    "ImportReport",
    "NewBatch",
    "NotForSale",
    "NotForZone",
    "OutOfStock",
    "Received",
    "accept",
    "advice",
    "approve",
    "approve_change",
    "approve_many",
    "archive_key",
    "ask_columns",
    "compare_price",
    "confirm",
    "draft",
    "explain_price",
    "forget",
    "hold",
    "import_sheet",
    "keep_archive",
    "keep_marked",
    "kept_refused",
    "let_go",
    "look",
    "marked_key",
    "open_batch",
    "paper_batch",
    "preview",
    "rebuild_search",
    "recall",
    "receive",
    "reckon_supplier",
    "refuse_change",
    "refused_key",
    "reindex",
    "release",
    "remember_columns",
    "report_of",
    "reprice",
    "restock",
    "revise",
    "same_photos",
    "sell",
    "send_back",
    "set_stock",
    "sheet_key",
    "show_photos",
    "stand_anew",
    "stop",
    "submit",
    "submit_all",
    "tend_search",
    "undo",
    "use",
    "use_batch",
    "use_change",
    "with_archive",
    "withdraw",
    "withdraw_change",
    "write_part",
]
