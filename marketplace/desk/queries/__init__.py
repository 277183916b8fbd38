"""Questions of the desk: what waits, whose work it is, and whether each open thing has its task."""

from marketplace.desk.queries.clean import clean
from marketplace.desk.queries.inbox import (
    MOST_COUNTED,
    Asked,
    Board,
    Key,
    Row,
    board,
    counts,
    inbox,
    open_task,
    task,
    tasks_of,
)
from marketplace.desk.queries.waiting import KINDS, Waits, faults, open_subjects, waiting

__all__ = [
    "KINDS",
    "MOST_COUNTED",
    "Asked",
    "Board",
    "Key",
    "Row",
    "Waits",
    "board",
    "clean",
    "counts",
    "faults",
    "inbox",
    "open_subjects",
    "open_task",
    "task",
    "tasks_of",
    "waiting",
]
