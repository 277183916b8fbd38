"""Edits of goods on sale: what a listing says as a whole, what waits, and how two states differ."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalog import rules
from marketplace.catalog.models import ChangeSet, Listing, ListingVillage
from marketplace.catalog.queries.lists import listing, own_listing
from marketplace.catalog.rules import PLAIN, Content, Piece
from marketplace.catalog.states import ChangeState
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.kernel.money import Money
from marketplace.regions import queries as regions
from marketplace.regions.models import Village
from marketplace.suppliers.models import Supplier

PRICES = ("supply_price", "sale_price")
YES, NO = {"zh": "是", "en": "yes"}, {"zh": "否", "en": "no"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: both texts in pieces, and by how many percent a price moves."""

    field: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    percent: int | None = None


def contents(session: Session, found: Collection[Listing]) -> dict[uuid.UUID, Content]:
    """What each of the listings says as a whole, as `rules.fingerprint_of` takes it."""
    rows = session.execute(
        select(ListingVillage.listing_id, ListingVillage.village_id)
        .where(ListingVillage.listing_id.in_([one.id for one in found]))
        .order_by(ListingVillage.village_id)
    )
    villages: dict[uuid.UUID, list[str]] = {}
    for row in rows:
        villages.setdefault(row.listing_id, []).append(str(row.village_id))
    return {one.id: _content(one, sorted(villages.get(one.id, ()))) for one in found}


def content(session: Session, found: Listing) -> Content:
    """The same of one listing."""
    return contents(session, [found])[found.id]


def reviewed(found: Listing, percent: int) -> rules.Reviewed:
    """The prices that a person last saw, for `rules.let_through`."""
    supply, sale = found.reviewed_supply_price, found.reviewed_sale_price
    return rules.Reviewed(
        supply_price=(supply or found.supply_price).fen,
        sale_price=(sale or found.sale_price).fen,
        percent=percent,
    )


def open_change(session: Session, listing_id: uuid.UUID) -> ChangeSet | None:
    """The proposal that waits for a person, if there is one."""
    return open_changes(session, [listing_id]).get(listing_id)


def open_changes(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, ChangeSet]:
    """The same of many listings."""
    asked = select(ChangeSet).where(
        ChangeSet.listing_id.in_(ids), ChangeSet.state == ChangeState.PROPOSED
    )
    return {one.listing_id: one for one in session.scalars(asked)}


def changes_of(session: Session, listing_id: uuid.UUID, limit: int = 20) -> Sequence[ChangeSet]:
    """The edits of a listing on sale, newest first."""
    asked = select(ChangeSet).where(ChangeSet.listing_id == listing_id)
    return session.scalars(asked.order_by(ChangeSet.at.desc(), ChangeSet.id).limit(limit)).all()


def change(
    session: Session, actor: Actor, change_id: uuid.UUID
) -> tuple[ChangeSet, Listing, Supplier]:
    """One edit, for its supplier's staff and those who read all. Raises Missing."""
    found = session.get(ChangeSet, change_id)
    if found is None:
        raise Missing(change_id=change_id)
    return found, *listing(session, actor, found.listing_id)


def own_change(
    session: Session, actor: Actor, change_id: uuid.UUID
) -> tuple[ChangeSet, Listing, Supplier]:
    """One edit, for its supplier's staff alone. Raises Missing."""
    found = session.get(ChangeSet, change_id)
    if found is None:
        raise Missing(change_id=change_id)
    return found, *own_listing(session, actor, found.listing_id)


def differences(session: Session, found: ChangeSet, lang: str) -> tuple[Difference, ...]:
    """What the edit changes, field by field, in words."""
    names = _names(session, found)
    told = []
    for field in found.fields:
        if field == rules.PHOTOS:  # they are shown, not told
            continue
        before, after = (_said(field, said, names, lang) for said in (found.before, found.content))
        told.append(Difference(field, *rules.pieces(before, after), _percent(field, found)))
    return tuple(told)


def village_names(session: Session, ids: Collection[str]) -> tuple[str, ...]:
    """The villages of a content by name."""
    asked = select(Village.name).where(Village.id.in_([uuid.UUID(one) for one in ids]))
    return tuple(session.scalars(asked.order_by(Village.name)))


def said(found: Listing) -> Content:
    """What a listing says, without what was looked up; prices in fen, days as ISO text."""
    said: Content = {name: getattr(found, name) for name in PLAIN}
    said["supply_price"], said["sale_price"] = found.supply_price.fen, found.sale_price.fen
    return said | {name: str(said[name] or "") for name in rules.DAYS}


def _content(found: Listing, villages: list[str]) -> Content:
    return {
        **said(found),
        "category": found.category,
        "county": found.county_code,
        "villages": villages,
        "processing": found.processing.value,
        "packaging": found.packaging.value,
        "maker": found.maker.value,
        rules.PHOTOS: list(found.photos),
    }


def _names(session: Session, found: ChangeSet) -> dict[str, str]:
    """Counties and villages of both states, by code or id."""
    both = (found.before, found.content)
    ids = {uuid.UUID(one) for said in both for one in said["villages"]}
    villages = session.execute(select(Village.id, Village.name).where(Village.id.in_(ids)))
    names = {str(row.id): row.name for row in villages}
    for code in {said["county"] for said in both}:
        place = regions.county(session, code)
        names[code] = place.label if place else code
    return names


def _said(field: str, content: Content, names: dict[str, str], lang: str) -> str:
    value: Any = content[field]
    if field in PRICES:
        return str(Money(value))
    if field == "villages":
        return "、".join(sorted(names.get(one, one) for one in value))
    if field == "category":
        return rules.category(value).name(lang)
    if field in rules.MAKE:
        return rules.make_name(field, value, lang)
    if field in rules.YES_OR_NO:
        return YES[lang] if value else NO[lang]
    if field == "county":
        return names[value]
    return "" if value is None else str(value)


def _percent(field: str, found: ChangeSet) -> int | None:
    if field not in PRICES:
        return None
    before, after = int(found.before[field]), int(found.content[field])
    return round((after - before) * 100 / before)
