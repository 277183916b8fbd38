"""The unit of work: one transaction, one actor, one instant; with its trail and its outbox."""

from marketplace.work.runtime import Runtime
from marketplace.work.unit import Tools, Work, move
from marketplace.work.wires import Wire, on

__all__ = ["Runtime", "Tools", "Wire", "Work", "move", "on"]
