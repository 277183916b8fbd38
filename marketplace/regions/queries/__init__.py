"""Which county is meant, what it is designated as, which villages it has."""

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
    "is_designated",
    "lists",
    "village",
    "villages_of",
]
