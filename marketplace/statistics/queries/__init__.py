"""Questions about sales; each answers only what the actor may see."""

from marketplace.statistics.queries.facts import facts_of, lists_of_facts
from marketplace.statistics.queries.faults import faults
from marketplace.statistics.queries.figures import groups, tie, totals
from marketplace.statistics.queries.lines import line_cells, lines
from marketplace.statistics.queries.scope import Choices, among, choices, list_names, scope

__all__ = [
    "Choices",
    "among",
    "choices",
    "facts_of",
    "faults",
    "groups",
    "line_cells",
    "lines",
    "list_names",
    "lists_of_facts",
    "scope",
    "tie",
    "totals",
]
