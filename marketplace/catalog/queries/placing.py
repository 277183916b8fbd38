"""Whether what a supplier says of a good can stand in the zone: category, county, villages."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from marketplace.catalog import rules
from marketplace.catalog.rules import Category, Goods
from marketplace.kernel.errors import Invalid
from marketplace.regions import queries as regions
from marketplace.regions.queries import County
from marketplace.suppliers.rules import Make
from marketplace.suppliers.states import Maker, Packaging, Processing


@dataclass(frozen=True, slots=True)
class Placed:
    """The words of a supplier, looked up."""

    category: Category
    county: County
    villages: tuple[uuid.UUID, ...]
    make: Make

    @property
    def made(self) -> tuple[Processing, Packaging, Maker]:
        """As a listing and its fingerprint have them."""
        return self.make.processing, self.make.packaging, self.make.maker


Words = tuple[str, str, tuple[str, ...], tuple[str, ...]]  # category, county, villages, make


class Placing:
    """Looks words up for one instant and remembers the answers: a long sheet asks once each."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._session, self._at = session, at
        self._counties: dict[str, County | Invalid] = {}
        self._villages: dict[tuple[str, tuple[str, ...]], dict[str, uuid.UUID | None]] = {}
        self._placed: dict[Words, Placed] = {}
        self._faults: dict[Words, tuple[Invalid, ...]] = {}

    def place(self, goods: Goods) -> Placed:
        """Raises Invalid with the first thing that does not hold."""
        words = rules.words_of(goods)
        for fault in self.faults(words):
            raise fault
        if bad := rules.variant_fault(goods) or rules.terms_fault(goods):
            raise bad
        rules.check_prices(goods)
        rules.check_texts(goods)
        return self.placed(words)

    def placed(self, words: Words) -> Placed:
        """Words without `faults`, looked up."""
        if words not in self._placed:
            category, county, villages, make = words
            place = self.county(county)
            found = self._find_villages(place.code, villages)
            ids = tuple(found_id for found_id in found.values() if found_id)
            kind = rules.category_of(category)
            self._placed[words] = Placed(kind, place, ids, rules.make_of(kind, make))
        return self._placed[words]

    def faults(self, words: Words) -> tuple[Invalid, ...]:
        """Everything that does not hold; empty words are not asked about."""
        if words not in self._faults:
            self._faults[words] = tuple(self._find_faults(*words))
        return self._faults[words]

    def _find_faults(
        self, category: str, county: str, villages: tuple[str, ...], make: tuple[str, ...]
    ) -> Iterator[Invalid]:
        yield from _fault_of(rules.category_of, category)
        for part, text in zip(rules.MAKE, make, strict=True):
            yield from _fault_of(partial(rules.make_word, part), text)
        yield from _fault_of(self.county, county)
        if not villages or any(_fault_of(self.county, county)):
            return
        place = self.county(county)
        for name, village_id in self._find_villages(place.code, villages).items():
            if village_id is None:
                yield Invalid("village_unknown", field="villages", value=name, county=place.label)

    def county(self, text: str) -> County:
        """The county of origin, designated at the instant.

        Raises Invalid: county_unknown, county_ambiguous, county_too_wide, province_not_designated,
        county_not_designated, county_not_known (a list is known here only in part).
        """
        if text not in self._counties:
            try:
                self._counties[text] = self._designated(text)
            except Invalid as fault:
                self._counties[text] = fault
        answer = self._counties[text]
        if isinstance(answer, Invalid):
            raise answer
        return answer

    def _designated(self, text: str) -> County:
        provinces = {place.province for place in regions.find_county(self._session, text)}
        if len(provinces) == 1:  # said first: no other county of that province would help
            province = provinces.pop()
            if not regions.designated_in_province(self._session, province):
                raise Invalid(
                    "province_not_designated", field="county", value=text, province=province
                )
        place = regions.the_county(self._session, text)
        if not regions.is_designated(self._session, place.code, self._at):
            if unknown := unknown_lists(self._session, place.code, self._at):
                names = "、".join(unknown)
                raise Invalid(
                    "county_not_known", field="county", value=text, county=place.label, lists=names
                )
            raise Invalid("county_not_designated", field="county", value=text, county=place.label)
        return place

    def _find_villages(
        self, county_code: str, names: tuple[str, ...]
    ) -> dict[str, uuid.UUID | None]:
        key = (county_code, names)
        if names and key not in self._villages:
            self._villages[key] = regions.find_villages(self._session, county_code, names)
        return self._villages.get(key, {})


def unknown_lists(session: Session, county_code: str, at: datetime) -> tuple[str, ...]:
    """The lists that open the zone and may have the county, without it being known here."""
    unclear = regions.undetermined(session, county_code, at)
    return tuple(one.name_zh for one in unclear if one.qualifies)


def _fault_of(ask: Callable[[str], object], text: str) -> Iterator[Invalid]:
    if not text:
        return
    try:
        ask(text)
    except Invalid as fault:
        yield fault
