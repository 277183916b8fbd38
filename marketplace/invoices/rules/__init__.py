"""Pure answers about invoices: what a file says, and whether it is the one that was asked for."""

from marketplace.invoices.rules.checking import (
    Title,
    Wanted,
    check,
    check_title,
    is_vague,
    note,
    plain,
    rate_of,
    standing,
)
from marketplace.invoices.rules.facts import Facts, facts, read_facts
from marketplace.invoices.rules.reading import Fapiao, Item, file_kind, read_xml

__all__ = [
    "Facts",
    "Fapiao",
    "Item",
    "Title",
    "Wanted",
    "check",
    "check_title",
    "facts",
    "file_kind",
    "is_vague",
    "note",
    "plain",
    "rate_of",
    "read_facts",
    "read_xml",
    "standing",
]
