"""Edits of goods on sale at the desk: both versions side by side, then one decision."""

from __future__ import annotations

import uuid

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalog import queries as catalog
from marketplace.catalog import rules, service
from marketplace.catalog.states import CHANGE
from marketplace.desk.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing
from marketplace.web import back_to, checked, needs, page, reading, settings, someone, work
from marketplace.web.words import _, words

READERS = (Role.REVIEWER, Role.AUDITOR, Role.MANAGER)


@pages.get("/changes/<uuid:change_id>")
@needs(*READERS)
def change(change_id: uuid.UUID) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        found, listing, supplier = catalog.change(session, actor, change_id)
        roles = catalog.roles_for(actor, listing, supplier)
        may = roles & {Role.REVIEWER} if found.by != actor.person_id else set()
        seen = rules.seen_of(found.base, found.fingerprint)
        return page(
            "desk/change.html",
            change=found,
            listing=listing,
            supplier=supplier,
            differences=catalog.differences(session, found, words().language),
            origin=catalog.origin(session, listing),
            category=catalog.category(listing.category),
            villages=catalog.villages(session, listing.id),
            wording=rules.wording(found.content),
            fair=catalog.fairness(session, settings(), found.content["category"], found.content),
            compared=catalog.comparisons(session, listing.id),
            distance_percent=settings().price_distance_percent,
            verbs_open=[s for s in CHANGE.open_verbs(found.state, may) if s.verb != "supersede"],
            decide_url=lambda verb: url_for(
                "marketplace.desk.decide_change",
                change_id=found.id,
                verb=verb,
                seen=seen if verb == "approve" else None,
            ),
        )


@pages.post("/changes/<uuid:change_id>/<verb>")
@needs(Role.REVIEWER)
def decide_change(change_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """Approve, as it was shown, or refuse with a reason."""
    if verb not in {"approve", "refuse"}:
        raise Missing
    checked()
    with work() as w:
        service.use_change(
            w, change_id, verb,
            note=request.form.get("note", "")[:500],
            seen=request.values.get("seen", ""),
        )  # fmt: skip
    return back_to("desk.change", _("已办理。"), change_id=change_id)
