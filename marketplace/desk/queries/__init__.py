"""Questions of the desk: what waits, whose work it is, and whether each open thing has its task."""

from marketplace.desk.queries.clean import clean, has_doubts, pictured, seen_mark
from marketplace.desk.queries.faults import faults
from marketplace.desk.queries.inbox import (
    MOST_COUNTED,
    PER_PAGE,
    Asked,
    Board,
    Key,
    Row,
    board,
    counts,
    inbox,
    late,
    open_task,
    overdue,
    task,
    tasks_of,
)
from marketplace.desk.queries.subjects import History, Subject, history, state_now, subject
from marketplace.desk.queries.to_do import to_do
from marketplace.desk.queries.waiting import (
    KINDS,
    Waits,
    accounts_alone,
    open_subjects,
    waiting,
)

__all__ = [
    "KINDS",
    "MOST_COUNTED",
    "PER_PAGE",
    "Asked",
    "Board",
    "History",
    "Key",
    "Row",
    "Subject",
    "Waits",
    "accounts_alone",
    "board",
    "clean",
    "counts",
    "faults",
    "has_doubts",
    "history",
    "inbox",
    "late",
    "open_subjects",
    "open_task",
    "overdue",
    "pictured",
    "seen_mark",
    "state_now",
    "subject",
    "task",
    "tasks_of",
    "to_do",
    "waiting",
]
