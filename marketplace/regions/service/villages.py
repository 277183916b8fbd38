"""Villages that goods come from."""

from __future__ import annotations

from marketplace.kernel.errors import Invalid
from marketplace.regions import queries
from marketplace.regions.models import Village
from marketplace.work import Work

LONGEST_NAME = 100


def add_village(
    w: Work,
    county_code: str,
    name: str,
    *,
    households: int | None = None,
    story: str = "",
    craft: str = "",
    is_example: bool = False,
) -> Village:
    """Add a village to a county in use; an older county code is kept as today's.

    Raises Invalid with the field: county, name or households.
    """
    county = queries.county(w.session, county_code)
    if county is None or county.level != queries.COUNTY:
        raise Invalid(field="county", value=county_code)
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise Invalid(field="name", value=name)
    if households is not None and households < 1:
        raise Invalid(field="households", value=households)
    village = Village(
        county_code=county.code,
        name=name.strip(),
        households=households,
        story=story,
        craft=craft,
        is_example=is_example,
    )
    w.session.add(village)
    w.record("add_village", village, county=county.code, is_example=is_example)
    return village
