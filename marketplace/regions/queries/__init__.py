"""Which county is meant, what it is designated as, which villages it has."""

from marketplace.regions.queries.choosing import find_villages, the_county
from marketplace.regions.queries.counties import (
    COUNTY,
    PREFECTURE,
    PROVINCE,
    County,
    county,
    find_county,
)
from marketplace.regions.queries.designations import (
    DesignationFact,
    counties_on,
    designated,
    designated_in_province,
    designations_of,
    is_designated,
    lists,
)
from marketplace.regions.queries.villages import village, villages_of

__all__ = [
    "COUNTY",
    "PREFECTURE",
    "PROVINCE",
    "County",
    "DesignationFact",
    "counties_on",
    "county",
    "designated",
    "designated_in_province",
    "designations_of",
    "find_county",
    "find_villages",
    "is_designated",
    "lists",
    "the_county",
    "village",
    "villages_of",
]
