"""Looking for goods by words and filters: the index proposes, the database decides.

The index may be some seconds behind, and its answer is narrowed by the suppliers and counties of
this very instant before it counts. What is left to disagree about is a listing that was withdrawn
or revised in these seconds: it is taken off the page and off the total, and the next page is not
filled up with it. Without an index, the database looks into titles and counts nothing beside.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing
from marketplace.catalog.queries.shelves import shelves
from marketplace.catalog.queries.visible import Good, goods, on_sale, read_goods
from marketplace.kernel.money import Money
from marketplace.ports.search import DEEPEST, Found, Question, SearchDown, SearchIndex, Sort

log = logging.getLogger(__name__)
MOST_WORDS = 10  # of a question that the database answers

_ORDERS: dict[Sort, tuple[SQLColumnExpression[Any], ...]] = {
    Sort.BEST: (func.length(Listing.name), Listing.decided_at.desc(), Listing.id),
    Sort.NEWEST: (Listing.decided_at.desc(), Listing.id),
    Sort.CHEAPEST: (Listing.sale_price, Listing.decided_at.desc(), Listing.id),
    Sort.DEAREST: (Listing.sale_price.desc(), Listing.decided_at.desc(), Listing.id),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One page of what may be bought at the instant; `total` is of all pages.

    `categories` and `counties` count as `ports.search.Found` does; both are empty when the index
    did not answer (`by_index`).
    """

    listings: tuple[Good, ...]
    total: int
    by_index: bool
    categories: Mapping[str, int] = field(default_factory=dict)
    counties: Mapping[str, int] = field(default_factory=dict)


def find(session: Session, index: SearchIndex, question: Question, at: datetime) -> Finding:
    """Never fails for the index's sake. `question.counties` should be those of the instant."""
    asked = replace(question, without=shelves(session, at).out)
    try:
        found = index.find(asked)
    except SearchDown:
        return _without_index(session, question, at)
    except Exception:  # whatever a strange backend says, the page must come
        log.exception("the search index did not answer")
        return _without_index(session, question, at)
    return _seen(session, found, at)


def totals(
    session: Session, index: SearchIndex, questions: Iterable[Question], at: datetime
) -> Iterator[int]:
    """How much each question would find, by the index alone; nothing where it does not answer."""
    without = shelves(session, at).out
    for question in questions:
        try:
            yield index.find(replace(question, without=without, limit=0)).total
        except Exception:  # as above; it was told there
            yield 0


def _seen(session: Session, found: Found, at: datetime) -> Finding:
    """Of a page of the index, what may be seen, in the index's order (P16)."""
    if not found.ids:
        return Finding((), found.total, True, found.categories, found.counties)
    seen = read_goods(session, goods(at, Listing.id.in_(found.ids)))
    by_id = {one.id: one for one in seen}
    listings = tuple(by_id[one] for one in found.ids if one in by_id)
    total = found.total - (len(found.ids) - len(listings))
    return Finding(listings, total, True, found.categories, found.counties)


def _without_index(session: Session, question: Question, at: datetime) -> Finding:
    wanted = on_sale(at).where(*_conditions(question))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    limit = max(0, min(question.limit, DEEPEST - question.start))
    listings: list[Good] = []
    if limit:
        page = goods(at, *_conditions(question)).order_by(*_ORDERS[question.sort])
        listings = read_goods(session, page.offset(question.start).limit(limit))
    return Finding(tuple(listings), total, False)


def _conditions(question: Question) -> Iterator[ColumnElement[bool]]:
    for word in question.words.replace("\x00", " ").split()[:MOST_WORDS]:
        yield Listing.name.icontains(word, autoescape=True)
    if question.category:
        yield Listing.category == question.category
    if question.counties is not None:
        yield Listing.county_code.in_(sorted(question.counties))
    if question.price_from is not None:
        yield Listing.sale_price >= Money(question.price_from)
    if question.price_to is not None:
        yield Listing.sale_price <= Money(question.price_to)
