"""What a sheet really holds, whatever size it declares: one cheap pass over its XML."""

import re
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from catalog_import.refusal import refuse

BLOCK = 64 * 1024
MAX_CELLS = 600_000
LAST_ROW = 1_048_576  # that a spreadsheet has
PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
SAYING = frozenset({"v", "is", "f"})  # children by which a cell says something
YES = frozenset({"1", "true"})


class Outline:
    """Last row and column that say anything, and what people do not see. Raises CellRefused."""

    def __init__(self, source: IO[bytes]) -> None:
        self.last_row = self.last_column = self.cells = 0
        self.hidden_rows: list[int] = []
        self.merged: list[str] = []
        self._hidden_columns: list[range] = []
        self._seen_columns: set[int] = set()
        self._row, self._column = 0, 0
        self._row_hidden = self._row_told = False
        self._read(source)

    @property
    def hidden_columns(self) -> list[int]:
        """Hidden columns that say something, counted from 1."""
        return [
            column
            for column in sorted(self._seen_columns)
            if any(column in hidden for hidden in self._hidden_columns)
        ]

    def merges(self, most: int) -> list[tuple[int, str]]:
        """Merged ranges, each with its last row."""
        return [(_last_row(ref), ref) for ref in self.merged[:most]]

    def _read(self, source: IO[bytes]) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        try:
            for block in iter(lambda: source.read(BLOCK), b""):
                parser.Parse(block)
            parser.Parse(b"", True)
        except expat.ExpatError as broken:
            raise refuse("workbook_damaged") from broken

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name in SAYING:
            self._says()
        elif name == "c":
            self._cell(attributes.get("r"))
        elif name == "row":
            self._row = _number(attributes.get("r"), self._row + 1)
            self._column = 0
            self._row_hidden, self._row_told = attributes.get("hidden") in YES, False
        elif name == "col" and attributes.get("hidden") in YES:
            first, last = _number(attributes.get("min"), 0), _number(attributes.get("max"), 0)
            self._hidden_columns.append(range(first, last + 1))
        elif name == "mergeCell" and len(self.merged) <= MAX_CELLS:
            self.merged.append(attributes.get("ref", ""))

    def _cell(self, place: str | None) -> None:
        found = PLACE.fullmatch(place or "")
        if found:
            self._column, self._row = column_number(found[1]), int(found[2])
        else:
            self._column += 1

    def _says(self) -> None:
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise refuse("workbook_cells", limit=f"{MAX_CELLS:,}")
        self.last_row = max(self.last_row, self._row)
        self.last_column = max(self.last_column, self._column)
        self._seen_columns.add(self._column)
        if self._row_hidden and not self._row_told:
            self._row_told = True
            self.hidden_rows.append(self._row)


def column_number(letters: str) -> int:
    """A = 1, Z = 26, AA = 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 = A, 27 = AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def runs(numbers: list[int]) -> Iterator[str]:
    """Numbers that follow each other as “5-9”."""
    first = last = None
    for number in [*numbers, None]:
        if last is not None and number == last + 1:
            last = number
            continue
        if first is not None:
            yield str(first) if first == last else f"{first}-{last}"
        first = last = number


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def _last_row(ref: str) -> int:
    """Of “A1:C2” 2; of what is none the last row there can be."""
    found = PLACE.fullmatch(ref.rpartition(":")[2])
    return int(found[2]) if found else LAST_ROW


def _refuse_doctype(*_told: Any) -> None:
    raise refuse("workbook_doctype")
