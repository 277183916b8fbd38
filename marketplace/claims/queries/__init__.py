"""Questions about claims: whose, what may be claimed, what waits too long, what does not agree."""

from marketplace.claims.queries.claims import (
    BUYERS,
    ClaimView,
    claim,
    claims_of,
    lines_of,
    listed,
    overdue,
    photo,
    roles_for,
    row,
    to_answer,
    waiting_claim,
)
from marketplace.claims.queries.faults import faults
from marketplace.claims.queries.open_to import OpenLine, OpenTo, open_to

__all__ = [
    "BUYERS",
    "ClaimView",
    "OpenLine",
    "OpenTo",
    "claim",
    "claims_of",
    "faults",
    "lines_of",
    "listed",
    "open_to",
    "overdue",
    "photo",
    "roles_for",
    "row",
    "to_answer",
    "waiting_claim",
]
