"""Counting sales: a fact per order line when its order is paid, its mirror when that is undone."""

from __future__ import annotations

import uuid
from datetime import datetime

from marketplace.events import OrderCancelled, OrderPaid, OrderPartRefunded, OrderTakenBack
from marketplace.kernel.clock import local_month
from marketplace.kernel.money import total
from marketplace.statistics import queries
from marketplace.statistics.models import FactDesignation, FactKind, SalesFact
from marketplace.work import Work


def count_sale(w: Work, event: OrderPaid) -> None:
    """One positive fact per line of the paid order; lines that are counted already stay as they
    are."""
    counted = queries.facts_of(w.session, event.order_id)
    for line in event.lines:
        if (line.order_line_id, FactKind.SALE, "") in counted:
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
    """The mirror of what is left of every sale that was counted for the order, now; an order that
    nobody paid was never counted."""
    counted = queries.facts_of(w.session, event.order_id)
    lists = queries.lists_of_facts(w.session, [fact.id for fact in counted.values()])
    for (line_id, kind, _cause), sale in counted.items():
        if kind is not FactKind.SALE or (line_id, FactKind.REFUND, "") in counted:
            continue
        own = [fact for key, fact in counted.items() if key[0] == line_id]
        fact = _against(sale, FactKind.REFUND, event.at)
        fact.quantity = -sum(one.quantity for one in own)
        fact.amount = -total(one.amount for one in own)
        _add(w, fact, lists.get(sale.id, ()))


def count_part_refund(w: Work, event: OrderPartRefunded) -> None:
    """A negative fact per line of which a part goes back; the order stays counted."""
    counted = queries.facts_of(w.session, event.order_id)
    lists = queries.lists_of_facts(w.session, [fact.id for fact in counted.values()])
    cause = str(event.refund_id)
    for line in event.lines:
        if (line.order_line_id, FactKind.PART, cause) in counted:
            continue
        sale = counted[line.order_line_id, FactKind.SALE, ""]
        fact = _against(sale, FactKind.PART, event.at)
        fact.cause, fact.quantity, fact.amount = cause, -line.pieces, -line.amount
        _add(w, fact, lists.get(sale.id, ()))


def _against(sale: SalesFact, kind: FactKind, at: datetime) -> SalesFact:
    """The same words as the sale, counted against it."""
    return SalesFact(
        id=uuid.uuid4(),
        kind=kind,
        order_line_id=sale.order_line_id,
        order_id=sale.order_id,
        order_number=sale.order_number,
        at=at,
        month=local_month(at),
        supplier_id=sale.supplier_id,
        supplier_name=sale.supplier_name,
        county_code=sale.county_code,
        county_name=sale.county_name,
        organisation_id=sale.organisation_id,
        source=sale.source,
        title=sale.title,
    )


def _add(w: Work, fact: SalesFact, lists: tuple[str, ...]) -> None:
    w.session.add(fact)
    w.session.flush()  # before the rows that name it
    w.session.add_all(FactDesignation(fact_id=fact.id, slug=slug) for slug in sorted(set(lists)))
