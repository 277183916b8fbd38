"""Edits of goods on sale at the desk: both versions side by side, then one decision."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from marketplace.catalog import queries as catalog
from marketplace.catalog import rules
from marketplace.catalog.states import CHANGE
from marketplace.desk import queries
from marketplace.desk.views.blueprint import pages
from marketplace.desk.views.deciding import around
from marketplace.kernel.actor import Role
from marketplace.kernel.reviews import ReviewKind
from marketplace.web import needs, page, reading, settings, someone
from marketplace.web.words import words

READERS = (Role.REVIEWER, Role.AUDITOR, Role.MANAGER)


@pages.get("/changes/<uuid:change_id>")
@needs(*READERS)
def change(change_id: uuid.UUID) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        found, listing, supplier = catalog.change(session, actor, change_id)
        roles = catalog.roles_for(actor, listing, supplier)
        may = roles & {Role.REVIEWER} if found.by != actor.person_id else set()
        steps = [s for s in CHANGE.open_verbs(found.state, may) if s.verb != "supersede"]
        subject = queries.subject(session, actor, ReviewKind.CHANGE, change_id)
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
            reads_files=Role.REVIEWER in roles,
            **around(session, subject, steps, seen),
        )
