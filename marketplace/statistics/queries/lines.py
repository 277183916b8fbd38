"""The order lines under a figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from catalog_import import Cell
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import SHANGHAI
from marketplace.statistics.models import SalesFact
from marketplace.statistics.queries.facts import lists_of_facts
from marketplace.statistics.queries.scope import among, organisation_names
from marketplace.statistics.rules import Filter, Say
from marketplace.web.paging import Page, paged

BATCH = 500


def lines(session: Session, actor: Actor, asked: Filter, number: int) -> Page[Any]:
    """One page of the facts that a figure sums, newest first; items are SalesFact."""
    return paged(session, _asked(actor, asked), number)


def line_cells(
    session: Session, actor: Actor, asked: Filter, *, lists: Mapping[str, str], say: Say
) -> Iterator[list[Cell]]:
    """All of them in the same order, as rows of a sheet under `rules.LINE_HEADINGS`; money in yuan.

    Read in batches, so that a long sheet does not fill the memory with facts.
    """
    buyers = organisation_names(session)
    question = _asked(actor, asked).execution_options(yield_per=BATCH)
    for batch in session.scalars(question).partitions():
        slugs = lists_of_facts(session, [fact.id for fact in batch])
        for fact in batch:
            buyer = fact.organisation_id
            yield [
                fact.order_number,
                say(f"FactKind.{fact.kind}"),
                fact.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
                fact.month,
                fact.supplier_name,
                fact.title,
                fact.county_code,
                fact.county_name,
                "；".join(lists.get(slug, slug) for slug in slugs.get(fact.id, ())),
                say("个人购买") if buyer is None else buyers.get(buyer, str(buyer)),
                say(f"FundSource.{fact.source}"),
                fact.quantity,
                fact.amount.decimal,
            ]


def _asked(actor: Actor, asked: Filter) -> Select[Any]:
    newest = (SalesFact.at.desc(), SalesFact.order_number, SalesFact.title, SalesFact.id)
    return select(SalesFact).where(among(actor, asked)).order_by(*newest)
