"""The inbox: everything that waits, whose work it is, and many decisions at once."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.desk import queries, service
from marketplace.desk.models import ReviewTask
from marketplace.desk.queries import Asked
from marketplace.desk.rules import Span
from marketplace.desk.views.blueprint import pages
from marketplace.desk.views.deciding import PAGES, page_of
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.kernel.reviews import ReviewKind
from marketplace.regions import queries as regions
from marketplace.web import back_to, checked, needs, now, page, reading, remark, someone, work
from marketplace.web.labels import error_words
from marketplace.web.pages import moment
from marketplace.web.words import _

READERS = (Role.REVIEWER, Role.AUDITOR, Role.MANAGER)
MOST_TOLD = 10  # refusals told one by one after a decision about many
MOST_PRIORITY = 10_000
FILTERS = ("kind", "province", "supplier", "mine", "overdue")


@pages.get("")
@needs(*READERS)
def index() -> ResponseReturnValue:
    actor, at = someone(), now()
    asked = _asked(actor)
    with reading() as session:
        board = queries.board(session, asked, at)
        tasks = [row.task for row in board.rows]
        clean = queries.clean(session, tasks, at) if _decides(actor) else frozenset()
        return page(
            "desk/index.html",
            board=board,
            asked=asked,
            clean=clean,
            pictured=queries.pictured(session, [one for one in tasks if one.id in clean]),
            seen_mark=queries.seen_mark,
            counties=regions.counties(session, (task.county_code for task in tasks)),
            provinces=regions.provinces(session),
            total=sum(board.counts.values()),
            most=queries.MOST_COUNTED - 1,
            late=0 if asked.overdue else queries.overdue(session, at),
            may_decide=_decides(actor),
            me=actor.person_id,
            span=span_words,
            open_url=open_url,
            without=without,
            next_url=_next(board.next),
            may_see_outbox=bool({Role.MANAGER, Role.AUDITOR} & actor.roles),
        )


@pages.post("/tasks/<uuid:task_id>/claim")
@needs(Role.REVIEWER)
def claim(task_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        task = service.claim(w, task_id)
    return _back(task, _("已认领，%(until)s 之前只由你办理。", until=moment(task.claimed_until)))


@pages.post("/tasks/<uuid:task_id>/release")
@needs(Role.REVIEWER)
def release(task_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        task = service.release(w, task_id)
    return _back(task, _("任务已释放，其他人可以认领。"))


@pages.post("/approve")
@needs(Role.REVIEWER)
def approve_many() -> ResponseReturnValue:
    """The ticked tasks, each looked at for itself; one whose checks do not all hold waits on."""
    checked()
    with work() as w:
        approved, refused = service.approve_many(w, _ticked())
    for task, fault in refused[:MOST_TOLD]:
        remark(f"{task.title}：{' '.join(error_words(fault))}", "warning")
    if len(refused) > MOST_TOLD:
        remark(_("另有 %(n)s 件没有通过。", n=len(refused) - MOST_TOLD), "warning")
    if not approved and not refused:
        remark(_("没有勾选。请勾选要通过的事项，再按一次。"), "warning")
    said = _("已通过 %(n)s 件。", n=len(approved)) if approved else ""
    return back_to("desk.index", said)


def open_url(task: ReviewTask) -> str:
    """Where a task is worked on."""
    if task.kind in PAGES:
        return page_of(task.kind, task.subject_id)
    pages = {ReviewKind.LEGAL_CHANGE: "changes", ReviewKind.ACCOUNT: "account",
             ReviewKind.WAIVER: "waivers"}  # fmt: skip
    page = pages.get(task.kind, "show")
    return url_for(f"marketplace.suppliers.{page}", supplier_id=task.supplier_id)


def span_words(span: Span) -> str:
    """ "3 小时", "2 天"."""
    if span.in_days:
        return _("%(n)s 天", n=span.count)
    return _("%(n)s 小时", n=span.count) if span.count else _("不到 1 小时")


def without(*names: str, **others: str) -> str:
    """This page with other filters, from its beginning."""
    kept = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    kept = {name: said for name, said in kept.items() if name not in names} | others
    base = url_for("marketplace.desk.index")
    return f"{base}?{urlencode(kept)}" if kept else base


def _asked(actor: Actor) -> Asked:
    """What the address says; nonsense narrows nothing."""
    said = request.args
    kind, county = said.get("kind", ""), said.get("province", "")
    return Asked(
        kind=ReviewKind(kind) if kind in set(ReviewKind) else None,
        county=county[:2] if county.isascii() and county.isdigit() else "",
        supplier_id=_id(said.get("supplier", "")),
        mine=actor.person_id if said.get("mine") else "",
        overdue=bool(said.get("overdue")),
        after=_key(said.get("after", "")),
    )


def _next(key: queries.Key | None) -> str | None:
    if key is None:
        return None
    said = (key.at.isoformat(), int(key.is_late), key.priority, key.since.isoformat(), key.id)
    return without(after="_".join(str(one) for one in said))


def _key(said: str) -> queries.Key | None:
    try:
        at, is_late, priority, since, task_id = said.split("_")
        key = queries.Key(
            _instant(at), is_late == "1", int(priority), _instant(since), uuid.UUID(task_id)
        )
    except (ValueError, OverflowError):
        return None
    return key if abs(key.priority) < MOST_PRIORITY else None


def _instant(said: str) -> datetime:
    """Raises ValueError, OverflowError (at the ends of time, in another zone)."""
    at = datetime.fromisoformat(said)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _id(said: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(said)
    except ValueError:
        return None


def _ticked() -> dict[uuid.UUID, str]:
    """Task → the mark of the photographs beside its tick. Raises Missing for an id that is none."""
    said = (one.partition(".") for one in request.form.getlist("task"))
    try:
        return {uuid.UUID(task_id): mark for task_id, _point, mark in said}
    except ValueError as fault:
        raise Missing from fault


def _decides(actor: Actor) -> bool:
    return Role.REVIEWER in actor.roles


def _back(task: ReviewTask, said: str) -> ResponseReturnValue:
    """To the page of the task, or to the inbox if it was pressed there."""
    remark(said)
    return redirect(open_url(task), code=303)
