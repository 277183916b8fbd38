"""Goods at the desk. Reviewers decide; auditors and managers look."""

from __future__ import annotations

import uuid

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalog import queries as catalog
from marketplace.catalog import rules, service
from marketplace.catalog.states import LISTING
from marketplace.desk.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing
from marketplace.web import back_to, checked, needs, now, page, reading, someone, work
from marketplace.web.words import _

READERS = (Role.REVIEWER, Role.AUDITOR, Role.MANAGER)


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
            spent=catalog.time_spent(session, found, at),
            wording=rules.wording(catalog.said(found)),
            checks=catalog.checks(session, actor, found, supplier, at=at),
            evidence=catalog.evidence(session, found, supplier, at),
            verbs_open=[
                step
                for step in LISTING.open_verbs(found.state, roles & {Role.REVIEWER})
                if step.verb != "edit"  # is the applying of a change-set
            ],
            decide_url=lambda verb: url_for(
                "marketplace.desk.decide",
                listing_id=found.id,
                verb=verb,
                seen=found.fingerprint if verb == "approve" else None,
            ),
        )


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
