"""Taking statements in, matching their lines, and placing by hand what does not match. The only
writer."""

from marketplace.banking.service.matching import claim_settled, match_lines
from marketplace.banking.service.placing import dismiss, put, send_back
from marketplace.banking.service.taking import NewStatement, Taken, take_statement

__all__ = [
    "NewStatement",
    "Taken",
    "claim_settled",
    "dismiss",
    "match_lines",
    "put",
    "send_back",
    "take_statement",
]
