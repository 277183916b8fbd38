"""Goods at the desk. Reviewers decide; auditors and managers look."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.catalog import queries as catalog
from marketplace.catalog import rules, service
from marketplace.catalog.states import LISTING
from marketplace.desk import queries
from marketplace.desk.forms import ComparisonForm
from marketplace.desk.views.blueprint import pages
from marketplace.desk.views.deciding import around
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Refused
from marketplace.kernel.reviews import ReviewKind
from marketplace.web import (
    back_to,
    kept_files,
    needs,
    now,
    once,
    page,
    reading,
    remember,
    settings,
    someone,
    takes,
    urls,
    work,
)
from marketplace.web.words import _

READERS = (Role.REVIEWER, Role.AUDITOR, Role.MANAGER)


@pages.get("/listings/<uuid:listing_id>")
@needs(*READERS)
def listing(listing_id: uuid.UUID) -> ResponseReturnValue:
    return _page(listing_id)


@pages.post("/listings/<uuid:listing_id>/comparisons")
@takes(service.UPLOAD_BYTES)
@needs(Role.REVIEWER)
@once
def compare_price(listing_id: uuid.UUID) -> ResponseReturnValue:
    """What the same costs elsewhere, as the reviewer saw it."""
    form = ComparisonForm()
    if not form.validate():
        return _page(listing_id, form, 422)
    try:
        seen = service.received_price(kept_files(), form.elsewhere())
        with work() as w:
            service.compare_price(w, listing_id, seen)
            remember(w, urls("desk.listing", "listing_id")(listing_id))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _page(listing_id, form, fault.status)
    return back_to("desk.listing", _("外部比价已附上。"), listing_id=listing_id)


def _page(
    listing_id: uuid.UUID, form: ComparisonForm | None = None, status: int = 200
) -> ResponseReturnValue:
    actor, at = someone(), now()
    with reading() as session:
        found, supplier = catalog.listing(session, actor, listing_id)
        roles = catalog.roles_for(actor, found, supplier)
        steps = LISTING.open_verbs(found.state, roles & {Role.REVIEWER})
        steps = tuple(step for step in steps if step.verb != "edit")  # is a change-set's applying
        subject = queries.subject(session, actor, ReviewKind.LISTING, listing_id)
        return page(
            "desk/listing.html",
            status,
            listing=found,
            supplier=supplier,
            origin=catalog.origin(session, found),
            category=catalog.category(found.category),
            villages=catalog.villages(session, found.id),
            fair=catalog.fairness(session, settings(), found.category, catalog.said(found)),
            compared=catalog.comparisons(session, found.id),
            distance_percent=settings().price_distance_percent,
            reads_files=Role.REVIEWER in roles,
            comparison_form=(form or ComparisonForm()) if Role.REVIEWER in roles else None,
            compare_url=url_for("marketplace.desk.compare_price", listing_id=found.id),
            spent=catalog.time_spent(session, found, at),
            wording=rules.wording(catalog.said(found)),
            conditions=catalog.conditions(session, actor, found, supplier, at=at),
            can_act=False,
            evidence=catalog.evidence(session, found, supplier, at),
            **around(session, subject, steps, found.fingerprint),
        )
