"""Verbs of invoices: titles, what is asked for, what comes in."""

from marketplace.invoices.service.asking import (
    ask,
    ask_as_chosen,
    ask_for_union,
    decide,
    follow_order,
)
from marketplace.invoices.service.entering import (
    HandedIn,
    decide_invoice,
    enter,
    read_file,
    received,
)
from marketplace.invoices.service.tending import remind
from marketplace.invoices.service.titles import add_title, drop_title, make_default

__all__ = [
    "HandedIn",
    "add_title",
    "ask",
    "ask_as_chosen",
    "ask_for_union",
    "decide",
    "decide_invoice",
    "drop_title",
    "enter",
    "follow_order",
    "make_default",
    "read_file",
    "received",
    "remind",
]
