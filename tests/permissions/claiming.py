"""Claims at each stage of theirs, of the owner's orders, made through the services."""

from __future__ import annotations

import uuid

from marketplace.catalog.models import EvidencePhoto, Listing
from marketplace.kernel.money import Money
from marketplace.orders import queries as orders
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.claims import a_quality_claim, a_return, a_shipped_order, received, said
from tests.makers.reviews import a_review, decided


def claim_all(people: People, things: dict[str, str]) -> None:
    tea = a_listing(people, sku="CH-0001", title="示例 绿茶", category="茶叶", stock=100)
    order = received(people, a_shipped_order(people, tea))
    things["claimable_order"] = str(order.id)
    with people.runtime.reading() as session:
        (line,) = orders.lines_of(session, order.id)
        things["claimable_line"] = str(line.id)
    _quality(people, things, tea)
    _reviews(people, things, tea)
    for stage in ("agreed", "sent"):
        claim = a_return(people, received(people, a_shipped_order(people, tea)), 1)
        if stage == "sent":
            said(people, claim, "employee", "send", carrier="示例速运", tracking="SL-1")
        things[f"{stage}_claim"] = str(claim.id)


def _quality(people: People, things: dict[str, str], tea: Listing) -> None:
    for stage in ("open", "offered", "disputed"):
        claim = a_quality_claim(people, a_shipped_order(people, tea), 20_00)
        if stage != "open":
            said(people, claim, "supplier", "offer", amount=Money(5_00))
        if stage == "disputed":
            said(people, claim, "employee", "dispute")
        things[f"{stage}_claim"], things[f"{stage}_claim_number"] = str(claim.id), claim.number
    with people.runtime.reading() as session:
        photo = session.query(EvidencePhoto).filter_by(subject_id=uuid.UUID(things["open_claim"]))
        things["claim_photo"] = str(photo.one().id)


def _reviews(people: People, things: dict[str, str], tea: Listing) -> None:
    things["review_words"] = "示例：等了三天"
    for name in ("review", "hidden_review"):
        order = received(people, a_shipped_order(people, tea))
        review = a_review(people, order, 2, things["review_words"] if name == "review" else "示例")
        if name == "review":
            things["reviewed_order"] = str(order.id)
        else:
            decided(people, review, "reviewer", "hide")
        things[name] = str(review.id)
