"""Making, answering and ending claims; the only writer."""

from marketplace.claims.service.answering import Answer, decide, drop_claim, drop_unsent, tend
from marketplace.claims.service.opening import Wish, WishedLine, check, open_claim

__all__ = [
    "Answer",
    "Wish",
    "WishedLine",
    "check",
    "decide",
    "drop_claim",
    "drop_unsent",
    "open_claim",
    "tend",
]
