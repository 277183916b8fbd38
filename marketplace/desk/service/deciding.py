"""Decisions made at the desk: many at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.desk import queries
from marketplace.desk.models import ReviewTask
from marketplace.desk.service.tasks import leave, take
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import service as suppliers
from marketplace.work import Work


def approve_many(
    w: Work, ticked: Iterable[uuid.UUID]
) -> tuple[tuple[ReviewTask, ...], tuple[tuple[ReviewTask, Refused], ...]]:
    """Approve each of the tasks whose every machine check holds now; answers those, and the others
    with the reason. A task is of one submission: what was handed in anew meanwhile is another one.

    Raises Missing, Forbidden: then nothing is approved.
    """
    if Role.REVIEWER not in w.actor.roles:
        raise Forbidden
    tasks = [queries.task(w.session, task_id) for task_id in dict.fromkeys(ticked)]
    clean = queries.clean(w.session, tasks, w.now)
    approved: list[ReviewTask] = []
    refused: list[tuple[ReviewTask, Refused]] = []
    for task in tasks:
        try:
            take(w, task)
            _approve(w, task, is_clean=task.id in clean)
        except Refused as fault:
            leave(w, task)
            refused.append((task, fault))
        else:
            approved.append(task)
    return tuple(approved), tuple(refused)


def _approve(w: Work, task: ReviewTask, *, is_clean: bool) -> None:
    """Raises Refused (checks_not_passed, and as the single decision does)."""
    if task.kind is ReviewKind.LISTING:
        listing = w.session.get_one(Listing, task.subject_id)
        catalog.approve(w, listing.id, listing.fingerprint)  # why it may not pass is told by name
    elif not is_clean:
        raise Refused("checks_not_passed")
    elif task.kind is ReviewKind.PAPER:
        suppliers.accept_paper(w, task.subject_id)
