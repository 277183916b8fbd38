"""Forms of goods, of their batches, and of the sheets that bring many."""

from marketplace.catalog.forms.goods import (
    BatchForm,
    ComparisonForm,
    GoodsForm,
    NewGoodsForm,
    PriceForm,
    ReasonForm,
    RecallForm,
    StockForm,
    said_of,
)
from marketplace.catalog.forms.photos import PhotosForm
from marketplace.catalog.forms.sheets import ColumnsForm, ConfirmForm, SheetForm

__all__ = [
    "BatchForm",
    "ColumnsForm",
    "ComparisonForm",
    "ConfirmForm",
    "GoodsForm",
    "NewGoodsForm",
    "PhotosForm",
    "PriceForm",
    "ReasonForm",
    "RecallForm",
    "SheetForm",
    "StockForm",
    "said_of",
]
