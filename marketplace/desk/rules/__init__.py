"""Pure answers of the desk: how long something has waited, and what is looked at first."""

from marketplace.desk.rules.spans import Span, waited
from marketplace.regions.rules.green import FIRST, USUAL, Green, priority_of

__all__ = ["FIRST", "USUAL", "Green", "Span", "priority_of", "waited"]
