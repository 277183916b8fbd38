"""The columns of a sheet before its rows are read: what each says, and what we take it for."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

from catalog_import.headings import candidates_of
from catalog_import.mapping import Mapping
from catalog_import.synonyms import Kind, ambiguous_headings, field_of_heading, plain_heading
from catalog_import.table import OpenTable, TableRow

FIRST_ROWS = 3  # shown beside a heading
SHOWN = 40  # characters of a cell


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the first things that it says, and the field it is taken for.

    `asks`: it may be one of several fields, so that a person decides; then there is no field.
    """

    heading: str
    field: str
    asks: bool
    samples: tuple[str, ...]


def columns_of(table: OpenTable, kind: Kind, mapping: Mapping | None = None) -> tuple[Column, ...]:
    """Every column that has a heading; the rows of the table are still to come, all of them.

    Raises UnreadableFile.
    """
    first = tuple(islice(table.rows, FIRST_ROWS))
    table.rows = chain(first, table.rows)
    headings = [cell.strip() for cell in table.heading.cells]
    fields, asks = _guessed([plain_heading(one) for one in headings], kind, mapping)
    return tuple(
        Column(heading, fields.get(index, ""), index in asks, _samples(first, index))
        for index, heading in enumerate(headings)
        if plain_heading(heading)
    )


def known_headings(cells: Sequence[str], kind: Kind, more: frozenset[str] = frozenset()) -> int:
    """How many of the cells are headings of ours, or of a mapping (`more`, plain)."""
    prices = ambiguous_headings() if kind == "listing" else frozenset()
    known = field_of_heading(kind)
    said = {plain_heading(cell) for cell in cells if cell and not cell.isspace()}
    return sum(one in known or one in prices or one in more for one in said)


def _guessed(
    plain: list[str], kind: Kind, mapping: Mapping | None
) -> tuple[dict[int, str], set[int]]:
    """Index → field, and the columns that a person must decide about."""
    said = mapping.by_heading() if mapping else {}
    candidates = candidates_of(plain, kind, said)
    fields = {places[0]: field for field, places in candidates.items() if len(places) == 1}
    asks = {index for places in candidates.values() if len(places) > 1 for index in places}
    if kind == "listing" and not {"sale_price", "supply_price"} <= candidates.keys():
        asks |= {
            index
            for index, heading in enumerate(plain)
            if heading in ambiguous_headings() and heading not in said
        }
    return fields, asks


def _samples(rows: Sequence[TableRow], index: int) -> tuple[str, ...]:
    """What the first rows say in this column."""
    said = (row.cells[index].strip() for row in rows if index < len(row.cells))
    return tuple(text[:SHOWN] for text in said if text)
