"""One county or a clear refusal: nothing is guessed from a name that several counties bear."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from marketplace.kernel.errors import Invalid
from marketplace.regions.queries.counties import COUNTY, County, find_county
from marketplace.regions.queries.villages import villages_of


def the_county(session: Session, text: str) -> County:
    """The county that `text` (a code of any year, or a name) means.

    Raises Invalid county_unknown, county_ambiguous or county_too_wide, each with `field` county.
    """
    found = find_county(session, text)
    if not found:
        raise Invalid("county_unknown", field="county", value=text)
    if len(found) > 1:
        choices = "；".join(place.label for place in found[:8])
        raise Invalid("county_ambiguous", field="county", value=text, choices=choices)
    if found[0].level != COUNTY:
        raise Invalid("county_too_wide", field="county", value=text, place=found[0].label)
    return found[0]


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
