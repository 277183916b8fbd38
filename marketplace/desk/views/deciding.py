"""Decisions with their reasons, and remarks for colleagues: the same for every kind of thing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.desk import queries, service
from marketplace.desk.forms import DecisionForm
from marketplace.desk.queries import Subject
from marketplace.desk.rules import in_language
from marketplace.desk.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Step
from marketplace.kernel.reviews import ReviewKind
from marketplace.web import back_to, needs, now, remark, someone, work
from marketplace.web.words import _, words

PAGES = {
    ReviewKind.SUPPLIER: ("marketplace.desk.supplier", "supplier_id"),
    ReviewKind.PAPER: ("marketplace.desk.paper", "paper_id"),
    ReviewKind.DECLARATION: ("marketplace.desk.declaration", "declaration_id"),
    ReviewKind.LISTING: ("marketplace.desk.listing", "listing_id"),
    ReviewKind.CHANGE: ("marketplace.desk.change", "change_id"),
}
# both persons work on the same page
PAGES[ReviewKind.SUPPLIER_SECOND] = PAGES[ReviewKind.SUPPLIER]


@pages.post("/suppliers/<uuid:subject_id>/<verb>", defaults={"kind": "supplier"})
@pages.post("/papers/<uuid:subject_id>/<verb>", defaults={"kind": "paper"})
@pages.post("/declarations/<uuid:subject_id>/<verb>", defaults={"kind": "declaration"})
@pages.post("/listings/<uuid:subject_id>/<verb>", defaults={"kind": "listing"})
@pages.post("/changes/<uuid:subject_id>/<verb>", defaults={"kind": "change"})
@needs(Role.REVIEWER)
def decide(kind: str, subject_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of a state table that a reviewer has a button for."""
    decision = DecisionForm().decision(request.values.get("seen", ""))
    with work() as w:
        subject = service.decide(w, ReviewKind(kind), subject_id, verb, decision)
    return back_to("desk.index", _("已办理：%(title)s", title=subject.title))


@pages.post("/suppliers/<uuid:subject_id>/notes", defaults={"kind": "supplier"})
@pages.post("/papers/<uuid:subject_id>/notes", defaults={"kind": "paper"})
@pages.post("/declarations/<uuid:subject_id>/notes", defaults={"kind": "declaration"})
@pages.post("/listings/<uuid:subject_id>/notes", defaults={"kind": "listing"})
@pages.post("/changes/<uuid:subject_id>/notes", defaults={"kind": "change"})
@needs(Role.REVIEWER)
def add_note(kind: str, subject_id: uuid.UUID) -> ResponseReturnValue:
    decision = DecisionForm().decision("")
    with work() as w:
        service.add_note(w, ReviewKind(kind), subject_id, decision.internal)
    remark(_("备注已保存。"))
    return redirect(page_of(ReviewKind(kind), subject_id), code=303)


def page_of(kind: ReviewKind, subject_id: uuid.UUID) -> str:
    """Where a thing is worked on."""
    endpoint, name = PAGES[kind]
    return url_for(endpoint, **{name: subject_id})  # type: ignore[arg-type]  # Flask wants Any


def around(
    session: Session, subject: Subject, steps: Iterable[Step[Any]], seen: str
) -> dict[str, object]:
    """What the pages of all kinds have around the thing itself: its task, the form of a decision,
    notes and earlier tasks."""
    actor, at, language = someone(), now(), words().language
    form = DecisionForm()
    form.offer(subject.kind, language)
    history = queries.history(session, subject)
    task = history.task
    holds = task is not None and task.claimed_until is not None and task.claimed_until > at
    mine = holds and task is not None and task.claimed_by == actor.person_id
    kept_off = holds and not mine
    return {
        "subject": subject,
        "form": form,
        "history": history,
        "task": task,
        "is_claimed": holds,
        "is_mine": mine,
        "may_claim": bool(task)
        and Role.REVIEWER in actor.roles
        and task is not None
        and task.not_by != actor.person_id,
        "may_note": Role.REVIEWER in actor.roles,
        "verbs_open": () if kept_off else tuple(steps),
        "seen": seen,
        "decide_url": lambda verb: url_for(
            "marketplace.desk.decide", kind=subject.kind.value, subject_id=subject.id, verb=verb
        ),
        "note_url": url_for(
            "marketplace.desk.add_note", kind=subject.kind.value, subject_id=subject.id
        ),
        "said": lambda note: in_language(note, language),
    }
