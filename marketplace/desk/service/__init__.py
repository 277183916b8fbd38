"""The writers of the desk: tasks, and parcels that could not be delivered."""

from marketplace.desk.service.deciding import approve_many
from marketplace.desk.service.parcels import LONGEST_NOTE, drop, try_again
from marketplace.desk.service.tasks import (
    Claimed,
    claim,
    close,
    fill,
    follow_papers,
    open_task,
    release,
)

__all__ = [
    "LONGEST_NOTE",
    "Claimed",
    "approve_many",
    "claim",
    "close",
    "drop",
    "fill",
    "follow_papers",
    "open_task",
    "release",
    "try_again",
]
