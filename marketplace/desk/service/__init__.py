"""The writers of the desk: tasks, and parcels that could not be delivered."""

from marketplace.desk.service.deciding import Decision, add_note, approve_many, decide
from marketplace.desk.service.parcels import LONGEST_NOTE, drop, try_again
from marketplace.desk.service.tasks import (
    Claimed,
    claim,
    close,
    fill,
    follow_accounts,
    follow_papers,
    open_task,
    release,
)
from marketplace.desk.service.telling import note_decision, tell_decisions

__all__ = [
    "LONGEST_NOTE",
    "Claimed",
    "Decision",
    "add_note",
    "approve_many",
    "claim",
    "close",
    "decide",
    "drop",
    "fill",
    "follow_accounts",
    "follow_papers",
    "note_decision",
    "open_task",
    "release",
    "tell_decisions",
    "try_again",
]
