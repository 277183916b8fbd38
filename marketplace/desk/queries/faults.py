"""Whether the desk holds what waits, once, and by the time that was promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.desk.models import ReviewTask
from marketplace.desk.queries.waiting import KINDS, accounts_alone, open_subjects, waiting
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers.models import BankAccount
from marketplace.suppliers.states import AccountState


def faults(session: Session, at: datetime) -> Iterator[str]:
    """Everything that waits without a task, every task of something that does not wait, and every
    task, closed or not, that is due at another instant than was promised."""
    for kind in KINDS:
        waits = {one.subject_id: one for one in waiting(session, kind)}
        tasks = open_subjects(session, kind)
        for subject_id in sorted(waits.keys() - tasks, key=str):
            yield f"desk: {kind} {subject_id} ({waits[subject_id].title}) waits and has no task"
        for subject_id in sorted(tasks - waits.keys(), key=str):
            yield f"desk: {kind} {subject_id} has a task and does not wait"
    proposed = select(BankAccount.id).where(BankAccount.state == AccountState.PROPOSED)
    accounts = open_subjects(session, ReviewKind.ACCOUNT) - set(session.scalars(proposed))
    for subject_id in sorted(accounts, key=str):
        yield f"desk: {ReviewKind.ACCOUNT} {subject_id} has a task and does not wait"
    for one in accounts_alone(session, at, days=0):
        name = f"desk: {one.kind} {one.subject_id} ({one.title})"
        yield f"{name} has no second owner and no task: the worker opens one in its next round"
    yield from _due_faults(session)


def _due_faults(session: Session) -> Iterator[str]:
    t = ReviewTask
    asked = select(t.kind, t.subject_id, t.opened_at, t.due_at, t.promised_days)
    asked = asked.order_by(t.opened_at, t.id)
    rows = session.execute(asked, execution_options=catalog.IN_PARTS)
    for kind, subject_id, since, due, days in rows:
        if not catalog.is_kept_promise(since, due, days):
            yield f"desk: {kind} {subject_id} is due when nobody promised it"
