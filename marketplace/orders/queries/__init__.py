"""What a person may see of baskets, purchases and orders; a stranger's thing is Missing."""

from marketplace.orders.queries.addresses import addresses, own_address
from marketplace.orders.queries.basket import (
    Basket,
    BasketParcel,
    BasketRow,
    Wish,
    basket,
    basket_count,
    parcels,
    title_in_basket,
)
from marketplace.orders.queries.faults import faults
from marketplace.orders.queries.orders import (
    SUPPLIER,
    UNION_OFFICERS,
    OrderRow,
    OrderView,
    for_supplier,
    lines_of,
    mine,
    order,
    orders_of,
    roles_for,
    row,
    sold_lines,
)
from marketplace.orders.queries.purchases import PurchaseView, by_key, overdue, purchase

__all__ = [
    "SUPPLIER",
    "UNION_OFFICERS",
    "Basket",
    "BasketParcel",
    "BasketRow",
    "OrderRow",
    "OrderView",
    "PurchaseView",
    "Wish",
    "addresses",
    "basket",
    "basket_count",
    "by_key",
    "faults",
    "for_supplier",
    "lines_of",
    "mine",
    "order",
    "orders_of",
    "overdue",
    "own_address",
    "parcels",
    "purchase",
    "roles_for",
    "row",
    "sold_lines",
    "title_in_basket",
]
