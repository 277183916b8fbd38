"""The unit of work: one transaction, one actor, one instant; with its trail and its outbox."""

from marketplace.work.rows import insert_columns, insert_rows, insert_things
from marketplace.work.runtime import Runtime
from marketplace.work.trail import Deed
from marketplace.work.unit import Tools, Work, move
from marketplace.work.wires import Outside, Sent, Wire, on, outside

__all__ = [
    "Deed",
    "Outside",
    "Runtime",
    "Sent",
    "Tools",
    "Wire",
    "Work",
    "insert_columns",
    "insert_rows",
    "insert_things",
    "move",
    "on",
    "outside",
]
