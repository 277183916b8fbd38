"""Granting credit, paying with it, and vouchers: the only writer of all three."""

from marketplace.credit.service.granting import (
    NewGrant,
    approve,
    export_report,
    fund,
    propose,
    refuse,
    withdraw,
)
from marketplace.credit.service.holding import hold, pay, take_back
from marketplace.credit.service.returning import end_due, give_back_budget
from marketplace.credit.service.vouchers import NewBatch, issue, make_batch, stop

__all__ = [
    "NewBatch",
    "NewGrant",
    "approve",
    "end_due",
    "export_report",
    "fund",
    "give_back_budget",
    "hold",
    "issue",
    "make_batch",
    "pay",
    "propose",
    "refuse",
    "stop",
    "take_back",
    "withdraw",
]
