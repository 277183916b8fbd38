"""Who carries parcels, as data: carriers.toml."""

from __future__ import annotations

import unicodedata
from importlib import resources
from urllib.parse import quote

from pydantic import Field

from marketplace.kernel.errors import Invalid
from marketplace.suppliers.rules.reading import BrokenFile, Row, entries, line_of

FILE = "carriers.toml"
NUMBER = "{number}"


class Carrier(Row):
    """One carrier; `link` holds {number} where the tracking number goes, or is empty."""

    code: str = Field(pattern=r"^[a-z0-9_]{2,20}$")
    name: str = Field(min_length=1, max_length=40)
    also: tuple[str, ...] = ()
    link: str = ""
    source: str = Field(min_length=1)


def carriers_of(text: str, name: str = FILE) -> tuple[Carrier, ...]:
    """All carriers in their order. Raises BrokenFile, also for a name that two of them have and a
    link that is not https or does not hold the number once."""
    found = entries(name, text, "carrier", Carrier)
    seen: set[str] = set()
    for number, one in enumerate(found):
        names = {_plain(said) for said in (one.code, one.name, *one.also)}
        if names & seen:
            line = line_of(text, "carrier", (number, "name"))
            raise BrokenFile(name, line, f"{one.name} has a name of another carrier")
        seen |= names
        if one.link and not (one.link.startswith("https://") and one.link.count(NUMBER) == 1):
            line = line_of(text, "carrier", (number, "link"))
            raise BrokenFile(name, line, f"link needs https:// and {NUMBER} once")
    return found


def _plain(name: str) -> str:
    """Case, width and blanks make no difference."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


CARRIERS = carriers_of(resources.files("marketplace.orders").joinpath(FILE).read_text("utf-8"))
_BY_NAME = {_plain(said): one for one in CARRIERS for said in (one.code, one.name, *one.also)}


def carrier(said: str) -> Carrier:
    """By its code or a name. Raises Invalid, which names all of them."""
    found = _BY_NAME.get(_plain(said))
    if found is None:
        raise Invalid("carrier_unknown", field="carrier", value=said, known=known_carriers())
    return found


def known_carriers() -> str:
    """Their names in one line."""
    return "、".join(one.name for one in CARRIERS)


def carrier_name(code: str) -> str:
    """As people read it; of a carrier that the data does not know any more, its code."""
    found = _BY_NAME.get(code)
    return found.name if found else code


def track_url(code: str, number: str) -> str:
    """Where the way of a parcel is looked up; empty when nobody can."""
    found = _BY_NAME.get(code)
    return found.link.replace(NUMBER, quote(number, safe="")) if found else ""
