"""The zone's pages, open to everyone: home, zones, categories, search, listings, villages."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.kernel.errors import Missing
from marketplace.ports.search import DEEPEST
from marketplace.regions import queries as regions
from marketplace.reviews import queries as reviews
from marketplace.reviews.rules import mean
from marketplace.web import (
    Page,
    identity,
    looking,
    now,
    open_to_all,
    page,
    page_number,
    search_index,
    urls,
)
from marketplace.web.pages import face_url
from marketplace.web.words import words
from marketplace.zone import queries, rules
from marketplace.zone.forms import SearchForm

pages = Blueprint("zone", __name__)
ON_HOME = 12
MOST_OF_COUNTY = 48
CODE_LENGTH = 6


@pages.get("/")
@open_to_all
def home() -> ResponseReturnValue:
    at = now()
    with looking() as session:
        shelves = catalog.shelves(session, at)
        return page(
            "zone/home.html",
            standing=queries.standing(shelves),
            zones=[_zone_card(zone) for zone in queries.zones(shelves)],
            cards=_cards(shelves.atlas, queries.newest_of_all(session, at, ON_HOME)),
            categories=catalog.categories(),
            category_url=_category_url,
        )


@pages.get("/zone/<slug>")
@open_to_all
def show(slug: str) -> ResponseReturnValue:
    at = now()
    with looking() as session:
        shelves = catalog.shelves(session, at)
        zone = shelves.atlas.list_named(slug)
        shown = queries.Shown({"slugs": [slug]}, shelves.on_list(slug), _province())
        return _shelf(
            session,
            "zone/zone.html",
            at,
            shown,
            zone=zone,
            title=rules.said(zone.name_zh, zone.name_en, words().language),
        )


@pages.get("/category/<slug>")
@open_to_all
def category(slug: str) -> ResponseReturnValue:
    kind = catalog.category(slug)
    at = now()
    with looking() as session:
        title = kind.name(words().language)
        counties = catalog.shelves(session, at).of_category(slug)
        shown = queries.Shown({"category": slug}, counties, _province())
        return _shelf(session, "zone/category.html", at, shown, category=kind, title=title)


@pages.get("/search")
@open_to_all
def search() -> ResponseReturnValue:
    at = now()
    form = SearchForm()
    form.validate()  # what cannot be read is told beside its field and does not count
    wanted = form.wanted()
    with looking() as session:
        found = queries.look(session, search_index(), wanted, at)
        ways = () if found.total else queries.other_ways(session, search_index(), wanted, at)
        return page(
            "zone/search.html",
            form=form,
            wanted=wanted,
            found=found,
            shelf=Page(found.listings, wanted.page, min(found.total, DEEPEST)),
            cards=_cards(regions.atlas(session, at), found.listings),
            ways=ways,
            choices=_choices(session, wanted, found),
            search_url=_search_url,
            categories=catalog.categories(),
            category_url=_category_url,
        )


@pages.get("/listings/<uuid:listing_id>")
@open_to_all
def listing(listing_id: uuid.UUID) -> ResponseReturnValue:
    at = now()
    with looking() as session:
        offer = catalog.offer(session, listing_id, at)
        made_in = catalog.villages(session, listing_id)
        evidence = catalog.evidence_of(session, offer, at, made_in)
        return page(
            "zone/listing.html",
            offer=offer,
            listing=offer.listing,
            supplier=offer.supplier,
            category=catalog.category(offer.listing.category),
            category_url=_category_url,
            evidence=evidence,
            ticket=rules.ticket(
                evidence,
                words(),
                identity().name_of,
                unknown=regions.atlas(session, at).undetermined(offer.county.code),
            ),
            steps=rules.steps(offer.listing, words()),
            facts=rules.facts(offer.listing, words()),
            takes_orders=catalog.is_open(offer.listing, at),
            ships_from=catalog.presale_day(offer.listing, at),
            sizes=catalog.sizes(session, offer.listing, at),
            drawing=rules.picture(offer.listing),
            villages=made_in,
            reviews=reviews.of_listing(session, listing_id) if offer.listing.reviews else (),
            mean=mean(offer.listing.stars, offer.listing.reviews),
        )


@pages.get("/villages")
@open_to_all
def villages() -> ResponseReturnValue:
    at = now()
    with looking() as session:
        found = [
            (village, count, regions.county(session, village.county_code))
            for village, count in queries.villages(session, at)
        ]
        return page("zone/villages.html", villages=found)


@pages.get("/villages/<uuid:village_id>")
@open_to_all
def village(village_id: uuid.UUID) -> ResponseReturnValue:
    at = now()
    with looking() as session:
        found = regions.village(session, village_id)
        return page(
            "zone/village.html",
            village=found,
            county=regions.county(session, found.county_code),
            cards=_cards(
                regions.atlas(session, at), queries.village_goods(session, village_id, at)
            ),
        )


@pages.get("/counties")
@open_to_all
def find_county() -> ResponseReturnValue:
    asked = request.args.get("q", "").strip()[:80]
    with looking() as session:
        places = regions.find_county(session, asked)
    if len(places) == 1 and places[0].level == regions.COUNTY:
        return redirect(url_for("marketplace.zone.county", code=places[0].code))
    return page("zone/counties.html", asked=asked, places=places)


@pages.get("/counties/<code>")
@open_to_all
def county(code: str) -> ResponseReturnValue:
    at = now()
    with looking() as session:
        found = regions.county(session, code)
        if found is None or found.level != regions.COUNTY:
            raise Missing(code=code)
        goods = queries.of_county(session, found.code, at, MOST_OF_COUNTY)
        return page(
            "zone/county.html",
            county=found,
            answers=regions.standings(session, found.code, at),
            cards=_cards(regions.atlas(session, at), goods),
        )


def _shelf(
    session: Session, template: str, at: datetime, shown: queries.Shown, **context: object
) -> ResponseReturnValue:
    """A paged shelf of cards, filtered by province on request."""
    shelves = catalog.shelves(session, at)
    shelf = queries.shelf(session, shown, at, page_number())
    return page(
        template,
        shelf=shelf,
        cards=_cards(shelves.atlas, shelf.items),
        provinces=queries.provinces(shelves),
        province=shown.province,
        **context,
    )


def _province() -> str:
    """The chosen one; nonsense is none."""
    asked = request.args.get("province", "")
    return asked if asked.isascii() and asked.isdigit() and len(asked) == CODE_LENGTH else ""


def _choices(
    session: Session, wanted: rules.Wanted, found: queries.Result
) -> dict[str, list[rules.Choice]]:
    """What each filter offers: what there is of it, by the index's counts."""
    language = words().language
    atlas = regions.atlas(session, now())
    names = {
        "category": {kind.slug: kind.name(language) for kind in catalog.categories()},
        "province": {place.code: place.name for place in atlas.provinces},
        "listed": {one.slug: rules.said(one.name_zh, one.name_en, language) for one in atlas.lists},
    }
    counts = {"category": found.categories, "province": found.provinces, "listed": found.lists}
    return {
        name: rules.choices(names[name], counts[name] if found.by_index else None, chosen)
        for name, chosen in (
            ("category", wanted.category),
            ("province", wanted.province),
            ("listed", wanted.listed),
        )
    }


def _search_url(wanted: rules.Wanted) -> str:
    return url_for("marketplace.zone.search", **wanted.address())  # type: ignore[arg-type]  # Flask wants Any


def _cards(atlas: regions.Atlas, goods: Sequence[catalog.Good]) -> list[rules.Card]:
    say = words()
    to = urls("zone.listing", "listing_id")
    return [
        replace(rules.card(one, atlas, to(one.id), say), photo=face_url(one.id, one.photos))
        for one in goods
    ]


def _zone_card(zone: queries.ZoneCount) -> dict[str, object]:
    title = rules.said(zone.entry.name_zh, zone.entry.name_en, words().language)
    url = url_for("marketplace.zone.show", slug=zone.entry.slug)
    return {"title": title, "url": url, "goods": zone.goods, "counties": zone.counties}


def _category_url(slug: str) -> str:
    return url_for("marketplace.zone.category", slug=slug)
