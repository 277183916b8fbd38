"""Questions about unions, their members and their budgets."""

from marketplace.unions.queries.books import (
    BUYING,
    OFFICERS,
    READERS,
    BudgetRow,
    budget,
    budgets,
    faults,
    member_counts,
    members,
    own_unions,
    roles_in,
    union,
    without_books,
)
from marketplace.unions.queries.matching import (
    MatchRow,
    listed_in,
    matches,
    own_matches,
    without_account,
)

__all__ = [
    "BUYING",
    "OFFICERS",
    "READERS",
    "BudgetRow",
    "MatchRow",
    "budget",
    "budgets",
    "faults",
    "listed_in",
    "matches",
    "member_counts",
    "members",
    "own_matches",
    "own_unions",
    "roles_in",
    "union",
    "without_account",
    "without_books",
]
