"""The order lines under a figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.statistics.models import SalesFact
from marketplace.statistics.queries.scope import among
from marketplace.statistics.rules import Filter
from marketplace.web.paging import Page, paged

BATCH = 500


def lines(session: Session, actor: Actor, asked: Filter, number: int) -> Page[Any]:
    """One page of the facts that a figure sums, newest first; items are SalesFact."""
    return paged(session, _asked(actor, asked), number)


def every_line(session: Session, actor: Actor, asked: Filter) -> Iterator[SalesFact]:
    """All of them, in the same order, without holding them all at once."""
    yield from session.scalars(_asked(actor, asked).execution_options(yield_per=BATCH))


def _asked(actor: Actor, asked: Filter) -> Select[Any]:
    newest = (SalesFact.at.desc(), SalesFact.order_number, SalesFact.title, SalesFact.id)
    return select(SalesFact).where(among(actor, asked)).order_by(*newest)
