"""Settling with suppliers: make, issue, confirm, dispute, pay; the only writer of statements."""

from marketplace.settlement.service.answering import decide
from marketplace.settlement.service.making import make_statements
from marketplace.settlement.service.paying import (
    give_file,
    make_run,
    note_bounced,
    note_paid,
    note_returned,
    propose_again,
    propose_payouts,
    release,
    withdraw_run,
)
from marketplace.settlement.service.tending import tend

__all__ = [
    "decide",
    "give_file",
    "make_run",
    "make_statements",
    "note_bounced",
    "note_paid",
    "note_returned",
    "propose_again",
    "propose_payouts",
    "release",
    "tend",
    "withdraw_run",
]
