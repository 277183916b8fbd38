"""Tasks follow what they are about: opened and closed within its own unit of work; and each is the
work of one reviewer at a time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, Update, or_, update

from marketplace.catalog import queries as catalog
from marketplace.desk import queries
from marketplace.desk.models import ReviewTask
from marketplace.desk.queries import Waits
from marketplace.desk.rules import priority_of
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Forbidden, Missing, Refused, SamePerson
from marketplace.kernel.reviews import ReviewKind
from marketplace.regions import queries as regions
from marketplace.suppliers.models import Supplier
from marketplace.work import Work

T = ReviewTask


class Claimed(Refused):
    """Somebody else works on it; `data`: who, until (an instant)."""

    code = "task_claimed"


def open_task(w: Work, waits: Waits) -> None:
    """It waits from now on; what waits already keeps its place."""
    if queries.open_task(w.session, waits.kind, waits.subject_id) is not None:
        return
    config, since = w.tools.config, waits.since
    promise = catalog.promise(w.session, config, waits.county_code, since)
    lists = (f.slug for f in regions.designations_of(w.session, waits.county_code, w.now))
    w.session.add(
        ReviewTask(
            kind=waits.kind,
            subject_id=waits.subject_id,
            supplier_id=waits.supplier_id,
            county_code=waits.county_code,
            title=waits.title,
            not_by=waits.by,
            priority=priority_of(lists, local_day(w.now)),
            opened_at=since,
            due_at=promise.due_at,
            promised_days=promise.days,
        )
    )
    w.session.flush()  # the next event of this unit may be about it


def close(
    w: Work, kind: ReviewKind, subject_id: uuid.UUID, *, by: str | None, outcome: str
) -> bool:
    """Nobody need look any more; answers whether there was a task. A decision by a reviewer does
    not stand while another one works on it.

    Raises Claimed: then nothing of the unit of work holds.
    """
    closing = update(T).where(T.kind == kind, T.subject_id == subject_id, T.closed_at.is_(None))
    if by is not None:
        closing = closing.where(_free_for(by, w.now))
    if _changed(w, closing.values(closed_at=w.now, closed_by=by, outcome=outcome)):
        return True
    if by is not None and (task := queries.open_task(w.session, kind, subject_id)):
        raise _claimed(task)
    return False


def claim(w: Work, task_id: uuid.UUID) -> ReviewTask:
    """认领: the work of this reviewer alone for some time; again lengthens it.

    Raises Missing, Forbidden, SamePerson, Claimed, Refused (task_closed).
    """
    task = _task(w, task_id)
    supplier = w.session.get_one(Supplier, task.supplier_id)
    is_staff = supplier.organisation_id in w.actor.organisations(Role.SUPPLIER_STAFF)
    if is_staff or task.not_by == w.actor.person_id:
        raise SamePerson
    take(w, task)
    w.session.refresh(task)
    w.record("claim", task)
    return task


def take(w: Work, task: ReviewTask) -> None:
    """For a decision in this unit of work: nobody else's. Raises Claimed, Refused (task_closed)."""
    taking = update(T).where(
        T.id == task.id, T.closed_at.is_(None), _free_for(w.actor.person_id, w.now)
    )
    until = w.now + timedelta(minutes=w.tools.config.review_lease_minutes)
    named = {"claimed_by": w.actor.person_id, "claimed_name": w.actor.name, "claimed_until": until}
    if not _changed(w, taking.values(named)):
        _refuse(w, task)


def leave(w: Work, task: ReviewTask) -> None:
    """What was taken and not decided after all is as free as it was."""
    w.session.execute(
        update(T)
        .where(T.id == task.id, T.claimed_by == w.actor.person_id)
        .values(
            claimed_by=task.claimed_by,
            claimed_name=task.claimed_name,
            claimed_until=task.claimed_until,
        ),
        execution_options={"synchronize_session": False},
    )


def release(w: Work, task_id: uuid.UUID) -> ReviewTask:
    """释放: others may take it. Raises Missing, Forbidden, Claimed, Refused (task_closed,
    task_not_claimed)."""
    task = _task(w, task_id)
    releasing = update(T).where(
        T.id == task_id, T.closed_at.is_(None), T.claimed_by == w.actor.person_id
    )
    nobody = {"claimed_by": None, "claimed_name": None, "claimed_until": None}
    if not _changed(w, releasing.values(nobody)):
        _refuse(w, task)
    w.session.refresh(task)
    w.record("release", task)
    return task


def follow_papers(w: Work, supplier_id: uuid.UUID) -> None:
    """Papers and declarations that are not decided wait for themselves while their supplier is in,
    with its application before, and not at all while it is suspended."""
    for kind in (ReviewKind.PAPER, ReviewKind.DECLARATION):
        _follow(w, kind, supplier_id)


def follow_accounts(w: Work) -> int:
    """An account whose second owner has left waits for a reviewer from then on; answers how many.
    By the worker, from time to time: people also leave where a host keeps them."""
    days = w.tools.config.payout_pause_days
    found = queries.accounts_alone(w.session, w.now, days=days)
    for waits in found:
        open_task(w, waits)
    return len(found)


def _follow(w: Work, kind: ReviewKind, supplier_id: uuid.UUID) -> None:
    waiting = {one.subject_id: one for one in queries.waiting(w.session, kind, supplier_id)}
    for subject_id in queries.open_subjects(w.session, kind, supplier_id):
        if subject_id not in waiting:
            close(w, kind, subject_id, by=None, outcome="dropped")
    for waits in waiting.values():
        open_task(w, waits)


def fill(w: Work) -> int:
    """A task for everything that waits and has none: for a database from before there were tasks;
    answers how many were made."""
    made = 0
    for kind in queries.KINDS:
        there = queries.open_subjects(w.session, kind)
        for waits in queries.waiting(w.session, kind):
            if waits.subject_id not in there:
                open_task(w, waits)
                made += 1
    return made


def _task(w: Work, task_id: uuid.UUID) -> ReviewTask:
    if Role.REVIEWER not in w.actor.roles:
        raise Forbidden
    found = w.session.get(ReviewTask, task_id)
    if found is None:
        raise Missing(task_id=task_id)
    return found


def _free_for(person_id: str, at: datetime) -> ColumnElement[bool]:
    return or_(T.claimed_by.is_(None), T.claimed_by == person_id, T.claimed_until <= at)


def _refuse(w: Work, task: ReviewTask) -> None:
    w.session.refresh(task)
    if task.closed_at is not None:
        raise Refused("task_closed")
    if task.claimed_by is None:
        raise Refused("task_not_claimed")
    raise _claimed(task)


def _claimed(task: ReviewTask) -> Claimed:
    return Claimed(who=task.claimed_name or "", until=task.claimed_until)


def _changed(w: Work, change: Update) -> bool:
    done = w.session.execute(change, execution_options={"synchronize_session": False})
    return isinstance(done, CursorResult) and bool(done.rowcount)
