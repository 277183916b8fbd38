"""Headings to fields: the person's mapping, then the synonyms; a price is never guessed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from catalog_import.mapping import Mapping
from catalog_import.problems import Problem, unreadable
from catalog_import.synonyms import Kind, ambiguous_headings, field_of_heading, plain_heading


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands. `places` maps field → index of its column."""

    headings: tuple[str, ...]
    places: dict[str, int]
    unknown: tuple[str, ...]
    problems: tuple[Problem, ...]
    kind: Kind

    def heading_of(self, field: str) -> str:
        """The heading in the file, or nothing when the file lacks the column."""
        return self.headings[self.places[field]] if field in self.places else ""

    def found(self) -> dict[str, str]:
        """Heading in the file → field."""
        return {self.headings[index]: field for field, index in self.places.items()}


def match(cells: tuple[str, ...], row: int, kind: Kind, mapping: Mapping | None = None) -> Columns:
    """Which column is which, by the headings in `row`.

    Raises UnreadableFile when not one heading is known.
    """
    headings = tuple(cell.strip() for cell in cells)
    said = mapping.by_heading() if mapping else {}
    plain = [plain_heading(heading) for heading in headings]
    candidates = candidates_of(plain, kind, said)
    if not any(candidates.values()):
        raise unreadable("no_known_heading", row)
    places = {field: indexes[0] for field, indexes in candidates.items() if len(indexes) == 1}
    taken = {index for indexes in candidates.values() for index in indexes}
    unknown = [heading for index, heading in enumerate(headings) if index not in taken]
    faults = [
        *_absent(mapping, plain),
        *_contested(candidates, headings),
        *_ambiguous(headings, candidates, taken | _answered(plain, said), kind),
    ]
    problems = tuple(
        Problem(code, row=row, column=column, field=field, data=data, kind=kind)
        for code, column, field, data in faults
    )
    return Columns(headings, places, tuple(filter(None, unknown)), problems, kind)


Fault = tuple[str, str, str, dict[str, str | int]]  # code, heading, field, data


def candidates_of(plain: list[str], kind: Kind, said: dict[str, str]) -> dict[str, list[int]]:
    """Field → columns that claim it. What the mapping says, no synonym may claim as well.

    A heading that stands twice stays in the list twice, so that neither is used.
    """
    synonyms = field_of_heading(kind)
    claimed = {said[heading] for heading in plain if said.get(heading)}
    candidates: dict[str, list[int]] = {}
    for index, heading in enumerate(plain):
        field = said[heading] if heading in said else synonyms.get(heading)
        if field and (heading in said or field not in claimed):
            candidates.setdefault(field, []).append(index)
    return candidates


def _answered(plain: list[str], said: dict[str, str]) -> set[int]:
    """Columns that a person spoke about, also those that are not to be read."""
    return {index for index, heading in enumerate(plain) if heading in said}


def _absent(mapping: Mapping | None, plain: list[str]) -> Iterator[Fault]:
    for heading, field in mapping.pairs if mapping else ():
        if field and plain_heading(heading) not in plain:
            yield "mapping_heading_absent", heading, field, {}


def _contested(candidates: dict[str, list[int]], headings: tuple[str, ...]) -> Iterator[Fault]:
    for field, indexes in candidates.items():
        different = Counter(plain_heading(headings[index]) for index in indexes)
        if len(different) > 1:  # the same heading twice is told by the table already
            named = ", ".join(headings[index] for index in indexes)
            yield "field_twice", headings[indexes[0]], field, {"headings": named}


def _ambiguous(
    headings: tuple[str, ...], candidates: dict[str, list[int]], taken: set[int], kind: Kind
) -> Iterator[Fault]:
    """A heading that says only "price" is asked about while one of the two prices is not named."""
    if kind != "listing" or {"sale_price", "supply_price"} <= candidates.keys():
        return
    for index, heading in enumerate(headings):
        if index not in taken and plain_heading(heading) in ambiguous_headings():
            yield "ambiguous_price", heading, "", {}
