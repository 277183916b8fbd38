"""The unit of work: one transaction, one actor, one instant; with its trail and its outbox."""

from marketplace.work.rows import insert_rows
from marketplace.work.runtime import Runtime
from marketplace.work.trail import Deed
from marketplace.work.unit import Tools, Work, move
from marketplace.work.wires import Wire, on

__all__ = ["Deed", "Runtime", "Tools", "Wire", "Work", "insert_rows", "move", "on"]
