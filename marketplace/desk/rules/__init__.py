"""Pure answers of the desk: how long something has waited, and what is looked at first."""

from marketplace.desk.rules.reasons import REASONS, Reason, in_language, note_of, reasons_of
from marketplace.desk.rules.spans import Span, waited
from marketplace.regions.rules.green import FIRST, USUAL, Green, priority_of

__all__ = [
    "FIRST",
    "REASONS",
    "USUAL",
    "Green",
    "Reason",
    "Span",
    "in_language",
    "note_of",
    "priority_of",
    "reasons_of",
    "waited",
]
