"""Makers of reviews, as buyers write them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from marketplace.orders import queries as orders
from marketplace.orders.models import Order
from marketplace.reviews import queries, service
from marketplace.reviews.models import Review
from marketplace.reviews.service import Said

if TYPE_CHECKING:
    from tests.fixtures import People


def first_line(people: People, order: Order) -> uuid.UUID:
    with people.runtime.reading() as session:
        return orders.lines_of(session, order.id)[0].id


def a_review(
    people: People, order: Order, stars: int = 4, words: str = "示例：很甜", name: str = "employee"
) -> Review:
    """Of the first line of an order that its buyer has received."""
    with people.runtime.work(people.actor(name)) as w:
        return service.write(w, first_line(people, order), Said(stars, words))


def decided(people: People, review: Review, who: str, verb: str, **said: object) -> Review:
    """One verb by one person."""
    given = Said(**{"note": "示例：理由", **said})  # type: ignore[arg-type]  # named by the caller
    with people.runtime.work(people.actor(who)) as w:
        return service.decide(w, review.id, verb, given)


def review_now(people: People, review: Review) -> Review:
    with people.runtime.reading() as session:
        return queries.row(session, review.id)
