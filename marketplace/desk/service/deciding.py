"""Decisions made at the desk: one with its reasons and notes, or many at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.desk import queries
from marketplace.desk.models import ReviewNote, ReviewTask
from marketplace.desk.queries import Subject
from marketplace.desk.rules import note_of
from marketplace.desk.service.tasks import leave, take
from marketplace.desk.states import Audience
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import service as suppliers
from marketplace.work import Work

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer says: ticked reasons and words for the supplier, words for colleagues alone,
    and `seen`, the digest of what the page showed."""

    reasons: tuple[str, ...] = ()
    text: str = ""
    internal: str = ""
    seen: str = ""


Verbs = Callable[[Work, uuid.UUID, str, str, str], object]
# verb, note, seen
_VERBS: dict[ReviewKind, Verbs] = {
    ReviewKind.SUPPLIER: lambda w, one, verb, note, seen: suppliers.use(
        w, one, verb, note=note, seen=seen
    ),
    ReviewKind.PAPER: lambda w, one, verb, note, _seen: suppliers.use_paper(w, one, verb, note),
    ReviewKind.DECLARATION: lambda w, one, verb, note, _seen: suppliers.use_declaration(
        w, one, verb, note
    ),
    ReviewKind.LISTING: lambda w, one, verb, note, seen: catalog.use(
        w, one, verb, note=note, seen=seen
    ),
    ReviewKind.CHANGE: lambda w, one, verb, note, seen: catalog.use_change(
        w, one, verb, note=note, seen=seen
    ),
}
MAY = {
    ReviewKind.SUPPLIER: frozenset({"check", "approve", "return", "suspend", "restore"}),
    ReviewKind.PAPER: frozenset({"accept", "refuse", "revoke"}),
    ReviewKind.DECLARATION: frozenset({"accept", "refuse"}),
    ReviewKind.LISTING: frozenset({"approve", "return", "withdraw"}),
    ReviewKind.CHANGE: frozenset({"approve", "refuse"}),
}
AGREES = frozenset({"check", "approve", "accept", "restore"})


def decide(
    w: Work, kind: ReviewKind, subject_id: uuid.UUID, verb: str, decision: Decision
) -> Subject:
    """Use a verb of the thing's state table with the reasons that its supplier is told; both kinds
    of notes are kept.

    Raises Missing for a verb that is no reviewer's, Claimed, and as the verb itself does.
    """
    if verb not in MAY.get(kind, ()):
        raise Missing(verb=verb)
    note = note_of(kind, decision.reasons, decision.text)
    _check_length(note, decision.internal)
    if decision.reasons and verb in AGREES:  # pressed by mistake, or ticked by mistake
        raise Invalid("reasons_with_yes", field="reasons")
    subject = queries.subject(w.session, w.actor, kind, subject_id)
    _VERBS[kind](w, subject_id, verb, note, decision.seen)
    for audience, text in ((Audience.EXTERNAL, note), (Audience.INTERNAL, decision.internal)):
        if text.strip():
            _keep(w, subject, audience, text, verb=verb)
    return subject


def add_note(w: Work, kind: ReviewKind, subject_id: uuid.UUID, text: str) -> ReviewNote:
    """A remark for colleagues alone. Raises Missing, Forbidden, Invalid (note_missing, …)."""
    if Role.REVIEWER not in w.actor.roles:
        raise Forbidden
    if not text.strip():
        raise Invalid("note_missing", field="note")
    _check_length(text)
    subject = queries.subject(w.session, w.actor, kind, subject_id)
    note = _keep(w, subject, Audience.INTERNAL, text)
    w.record("add", note, about=str(subject_id))
    return note


def approve_many(
    w: Work, ticked: Mapping[uuid.UUID, str]
) -> tuple[tuple[ReviewTask, ...], tuple[tuple[ReviewTask, Refused], ...]]:
    """Approve each of the tasks whose every machine check holds now; answers those, and the others
    with the reason. A task is of one submission: what was handed in anew meanwhile is another one.
    `ticked`: task → the `queries.seen_mark` of the photographs that stood beside its tick.

    Raises Missing, Forbidden: then nothing is approved.
    """
    if Role.REVIEWER not in w.actor.roles:
        raise Forbidden
    tasks = [queries.task(w.session, task_id) for task_id in ticked]
    clean = queries.clean(w.session, tasks, w.now)
    approved: list[ReviewTask] = []
    refused: list[tuple[ReviewTask, Refused]] = []
    for task in tasks:
        try:
            take(w, task)
            _approve(w, task, ticked[task.id], is_clean=task.id in clean)
        except Refused as fault:
            leave(w, task)
            refused.append((task, fault))
        else:
            approved.append(task)
    return tuple(approved), tuple(refused)


def _approve(w: Work, task: ReviewTask, seen: str, *, is_clean: bool) -> None:
    """Raises Refused (checks_not_passed, photos_not_seen, and as the single decision does)."""
    if task.kind is ReviewKind.LISTING:
        listing = w.session.get_one(Listing, task.subject_id)
        if queries.has_doubts(listing):
            raise Refused("checks_not_passed")
        if seen != queries.seen_mark(listing):
            raise Refused("photos_not_seen")
        catalog.approve(w, listing.id, listing.fingerprint)  # why else not is told by name
    elif not is_clean:
        raise Refused("checks_not_passed")
    elif task.kind is ReviewKind.PAPER:
        suppliers.accept_paper(w, task.subject_id)


def _keep(
    w: Work, subject: Subject, audience: Audience, text: str, *, verb: str = ""
) -> ReviewNote:
    note = ReviewNote(
        id=uuid.uuid4(),
        kind=subject.kind,
        subject_id=subject.id,
        supplier_id=subject.supplier.id,
        audience=audience,
        verb=verb,
        text=text.strip(),
        at=w.now,
        by=w.actor.person_id,
        by_name=w.actor.name,
    )
    w.session.add(note)
    return note


def _check_length(*texts: str) -> None:
    if any(len(text) > LONGEST_NOTE for text in texts):
        raise Invalid("note_too_long", field="note")
