"""Counting sales: a fact per order line when its order is paid, its mirror when that is undone."""

from __future__ import annotations

import uuid

from marketplace.events import OrderCancelled, OrderPaid, OrderTakenBack
from marketplace.kernel.clock import local_month
from marketplace.statistics import queries
from marketplace.statistics.models import FactDesignation, FactKind, SalesFact
from marketplace.work import Work


def count_sale(w: Work, event: OrderPaid) -> None:
    """One positive fact per line of the paid order; lines that are counted already stay as they
    are."""
    counted = queries.facts_of(w.session, event.order_id)
    for line in event.lines:
        if (line.order_line_id, FactKind.SALE) in counted:
            continue
        fact = SalesFact(
            id=uuid.uuid4(),
            kind=FactKind.SALE,
            order_line_id=line.order_line_id,
            order_id=event.order_id,
            order_number=event.number,
            at=event.at,
            month=local_month(event.at),
            supplier_id=event.supplier_id,
            supplier_name=event.supplier_name,
            county_code=line.county_code,
            county_name=line.county_name,
            organisation_id=event.organisation_id,
            source=event.source,
            title=line.title,
            quantity=line.quantity,
            amount=line.amount,
        )
        _add(w, fact, line.designations)


def count_refund(w: Work, event: OrderCancelled | OrderTakenBack) -> None:
    """The mirror of every sale that was counted for the order, now; an order that nobody paid was
    never counted."""
    counted = queries.facts_of(w.session, event.order_id)
    lists = queries.lists_of_facts(w.session, [fact.id for fact in counted.values()])
    for (line_id, kind), sale in counted.items():
        if kind is not FactKind.SALE or (line_id, FactKind.REFUND) in counted:
            continue
        fact = SalesFact(
            id=uuid.uuid4(),
            kind=FactKind.REFUND,
            order_line_id=line_id,
            order_id=sale.order_id,
            order_number=sale.order_number,
            at=event.at,
            month=local_month(event.at),
            supplier_id=sale.supplier_id,
            supplier_name=sale.supplier_name,
            county_code=sale.county_code,
            county_name=sale.county_name,
            organisation_id=sale.organisation_id,
            source=sale.source,
            title=sale.title,
            quantity=-sale.quantity,
            amount=-sale.amount,
        )
        _add(w, fact, lists.get(sale.id, ()))


def _add(w: Work, fact: SalesFact, lists: tuple[str, ...]) -> None:
    w.session.add(fact)
    w.session.flush()  # before the rows that name it
    w.session.add_all(FactDesignation(fact_id=fact.id, slug=slug) for slug in sorted(set(lists)))
