"""Who reacts to what: two tables, read from top to bottom, and the list of what nobody hears.

WITHIN runs in the same transaction; AFTER is written to the outbox in it and delivered at least
once, so those reactions must be safe to repeat.
"""

from __future__ import annotations

from marketplace import events
from marketplace.work import Wire, on

WITHIN: tuple[Wire, ...] = ()
AFTER: tuple[Wire, ...] = ()
SILENT: frozenset[type[events.Event]] = frozenset()

__all__ = ["AFTER", "SILENT", "WITHIN", "on"]
