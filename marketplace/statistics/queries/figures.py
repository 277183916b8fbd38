"""Sums over facts: the totals, the same cut into groups, and the tie to the ledger."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Organisation
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.money import ZERO, total
from marketplace.ledger import queries as ledger
from marketplace.statistics.models import FactDesignation, FactKind, SalesFact
from marketplace.statistics.queries.scope import OVERSEERS, among
from marketplace.statistics.rules import PRIVATE, Figures, Filter, Grouping, GroupRow, Tie

_SOLD = SalesFact.kind == FactKind.SALE
# column of the key, column of the words that were stored with it
_CUTS: dict[Grouping, tuple[Any, Any]] = {
    Grouping.MONTH: (SalesFact.month, SalesFact.month),
    Grouping.SUPPLIER: (SalesFact.supplier_id, SalesFact.supplier_name),
    Grouping.COUNTY: (SalesFact.county_code, SalesFact.county_name),
    Grouping.DESIGNATION: (FactDesignation.slug, FactDesignation.slug),
    Grouping.ORGANISATION: (SalesFact.organisation_id, Organisation.name),
    Grouping.SOURCE: (SalesFact.source, SalesFact.source),
}


def totals(session: Session, actor: Actor, asked: Filter) -> Figures:
    """The sums over everything that the filter asks for and the actor may see."""
    row = session.execute(select(*_sums()).where(among(actor, asked))).one()
    return _figures(row)


def groups(session: Session, actor: Actor, asked: Filter, by: Grouping) -> tuple[GroupRow, ...]:
    """The same sums cut by one thing: the latest month first, others with the most money first."""
    key, name = _CUTS[by]
    cut = select(key.label("key"), func.max(name).label("name"), *_sums())
    if by is Grouping.DESIGNATION:
        cut = cut.join(FactDesignation, FactDesignation.fact_id == SalesFact.id)
        if asked.designation:  # a line may stand on other lists too; they were not asked for
            cut = cut.where(FactDesignation.slug == asked.designation)
    if by is Grouping.ORGANISATION:
        cut = cut.outerjoin(Organisation, SalesFact.organisation_id == Organisation.id)
    rows = session.execute(cut.where(among(actor, asked)).group_by(key))
    found = [
        GroupRow(PRIVATE if row.key is None else str(row.key), row.name or "", _figures(row))
        for row in rows
    ]
    if by is Grouping.MONTH:
        return tuple(sorted(found, key=lambda group: group.key, reverse=True))
    return tuple(sorted(found, key=lambda group: (-group.figures.amount.fen, group.key)))


def tie(session: Session, actor: Actor) -> Tie | None:
    """Everything counted beside everything booked, for those who oversee all; None for others.

    One session, so both are of the same instant.
    """
    if not actor.roles & OVERSEERS:
        return None
    counted = totals(session, SYSTEM, Filter()).amount
    return Tie(counted, total(ledger.sales_by_order(session).values()))


def _sums() -> tuple[ColumnElement[Any], ...]:
    """A refund takes its order and its line back out; a part of one takes only money and pieces."""
    refunded = SalesFact.kind == FactKind.REFUND
    paid_orders = func.count(case((_SOLD, SalesFact.order_id)).distinct())
    refunded_orders = func.count(case((refunded, SalesFact.order_id)).distinct())
    return (
        func.sum(SalesFact.amount).label("amount"),
        (paid_orders - refunded_orders).label("orders"),
        func.sum(case((_SOLD, 1), (refunded, -1), else_=0)).label("lines"),
        func.sum(SalesFact.quantity).label("pieces"),
    )


def _figures(row: Any) -> Figures:
    return Figures(row.amount or ZERO, row.orders, row.lines or 0, row.pieces or 0)
