"""Goods at the desk. Reviewers decide; auditors and managers look."""

from __future__ import annotations

import uuid

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalog import queries as catalog
from marketplace.catalog import service
from marketplace.catalog.states import LISTING
from marketplace.desk import queries
from marketplace.desk.rules import Span
from marketplace.desk.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing
from marketplace.web import back_to, checked, needs, now, page, reading, remark, someone, work
from marketplace.web.labels import error_words
from marketplace.web.words import _

READERS = (Role.REVIEWER, Role.AUDITOR, Role.MANAGER)
MOST_TOLD = 10  # refusals told one by one after a decision about many


@pages.get("")
@needs(*READERS)
def index() -> ResponseReturnValue:
    with reading() as session:
        return page(
            "desk/index.html",
            board=queries.board(session, now()),
            may_decide=Role.REVIEWER in someone().roles,
            span=span_words,
            may_see_outbox=bool({Role.MANAGER, Role.AUDITOR} & someone().roles),
        )


@pages.get("/listings/<uuid:listing_id>")
@needs(*READERS)
def listing(listing_id: uuid.UUID) -> ResponseReturnValue:
    actor, at = someone(), now()
    with reading() as session:
        found, supplier = catalog.listing(session, actor, listing_id)
        roles = catalog.roles_for(actor, found, supplier)
        return page(
            "desk/listing.html",
            listing=found,
            supplier=supplier,
            origin=catalog.origin(session, found),
            category=catalog.category(found.category),
            villages=catalog.villages(session, found.id),
            checks=catalog.checks(session, actor, found, supplier, at=at),
            evidence=catalog.evidence(session, found, supplier, at),
            verbs_open=LISTING.open_verbs(found.state, roles & {Role.REVIEWER}),
            decide_url=lambda verb: url_for(
                "marketplace.desk.decide",
                listing_id=found.id,
                verb=verb,
                seen=found.fingerprint if verb == "approve" else None,
            ),
        )


@pages.post("/listings/approve")
@needs(Role.REVIEWER)
def approve_many() -> ResponseReturnValue:
    """The ticked listings of one supplier; each is looked at for itself, and passes as it was
    shown."""
    checked()
    with work() as w:
        approved, refused = service.approve_many(w, _ticked())
    for found, fault in refused[:MOST_TOLD]:
        remark(f"{found.title}：{' '.join(error_words(fault))}", "warning")
    if len(refused) > MOST_TOLD:
        remark(_("另有 %(n)s 件没有通过。", n=len(refused) - MOST_TOLD), "warning")
    if not approved and not refused:
        remark(_("没有勾选商品。请勾选要通过的商品，再按一次。"), "warning")
    said = _("已通过 %(n)s 件，已上架。", n=len(approved)) if approved else ""
    return back_to("desk.index", said)


@pages.post("/listings/<uuid:listing_id>/<verb>")
@needs(Role.REVIEWER)
def decide(listing_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table that a reviewer has a button for."""
    if verb not in {"approve", "return", "withdraw"}:
        raise Missing
    checked()
    with work() as w:
        service.use(
            w, listing_id, verb,
            note=request.form.get("note", "")[:500],
            seen=request.values.get("seen", ""),
        )  # fmt: skip
    return back_to("desk.listing", _("已办理。"), listing_id=listing_id)


def span_words(span: Span) -> str:
    """ "3 小时", "2 天"."""
    if span.in_days:
        return _("%(n)s 天", n=span.count)
    return _("%(n)s 小时", n=span.count) if span.count else _("不到 1 小时")


def _ticked() -> dict[uuid.UUID, str]:
    """What was ticked, "id:fingerprint" each. Raises Missing for an id that is none."""
    told = (text.partition(":") for text in request.form.getlist("listing"))
    try:
        return {uuid.UUID(listing_id): seen for listing_id, _colon, seen in told}
    except ValueError as fault:
        raise Missing from fault
