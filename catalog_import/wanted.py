"""What a reader expects of a file."""

from dataclasses import dataclass

from catalog_import.mapping import Mapping
from catalog_import.synonyms import Kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the sheet should be: its kind, how its headings are read, and which sheet of a book."""

    kind: Kind = "listing"
    mapping: Mapping | None = None
    sheet: str = ""
