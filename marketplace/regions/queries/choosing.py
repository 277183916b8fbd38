"""One county or a clear refusal: nothing is guessed from a name that several counties bear."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from marketplace.kernel.errors import Invalid
from marketplace.regions.queries.counties import COUNTY, County, find_county, parts
from marketplace.regions.queries.villages import villages_of


def the_county(session: Session, text: str) -> County:
    """The county that `text` (a code of any year, or a name) means.

    Raises Invalid county_unknown, county_ambiguous or county_too_wide, each with `field` county.
    """
    return _narrow(_the_one(session, text), text)


def the_destination(session: Session, text: str) -> County:
    """The same for a parcel: also a place that has no counties, such as 东莞市. Raises alike."""
    found = _the_one(session, text)
    return _narrow(found, text) if parts(session, found.code) else found


def _the_one(session: Session, text: str) -> County:
    found = find_county(session, text)
    if not found:
        raise Invalid("county_unknown", field="county", value=text)
    if len(found) > 1:
        choices = "；".join(place.label for place in found[:8])
        raise Invalid("county_ambiguous", field="county", value=text, choices=choices)
    return found[0]


def _narrow(found: County, text: str) -> County:
    if found.level != COUNTY:
        raise Invalid("county_too_wide", field="county", value=text, place=found.label)
    return found


def find_villages(
    session: Session, county_code: str, names: Iterable[str]
) -> dict[str, uuid.UUID | None]:
    """For each name the village of that county; None where there is none of that name."""
    known = {village.name: village.id for village in villages_of(session, county_code)}
    return {name: known.get(name) for name in names}


def label_of(session: Session, code: str) -> str:
    """The whole name of the county with this code; the code itself when nobody knows it."""
    found = find_county(session, code) if code else ()
    return found[0].label if found else code
