"""One claim, its verbs and photographs; the list of those that concern the reader."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.adapters.photos import SHOWN_TYPE
from marketplace.catalog.models import shown_key
from marketplace.claims import queries, service
from marketplace.claims.forms import AnswerForm
from marketplace.claims.states import CLAIM
from marketplace.claims.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.web import (
    back_to,
    checked,
    kept_files,
    needs,
    now,
    page,
    page_number,
    reading,
    shown,
    signed_in,
    someone,
    work,
)
from marketplace.web.labels import error_words
from marketplace.web.words import _, words

SIZES = frozenset({"large", "small"})
WRITTEN = frozenset({"offer", "award", "send"})  # their forms stand on the page


@pages.get("")
@signed_in
def index() -> ResponseReturnValue:
    with reading() as session:
        found = queries.listed(session, someone(), page_number())
    return page("claims/index.html", claims=found, now=now())


@pages.get("/<uuid:claim_id>")
@signed_in
def show(claim_id: uuid.UUID) -> ResponseReturnValue:
    return _claim(claim_id)


@pages.get("/<uuid:claim_id>/photos/<uuid:photo_id>-<size>.webp")
@signed_in
def photo(claim_id: uuid.UUID, photo_id: uuid.UUID, size: str) -> ResponseReturnValue:
    if size not in SIZES:
        raise Missing(size=size)
    with reading() as session:
        key = shown_key(queries.photo(session, someone(), claim_id, photo_id), size)
    return shown(lambda: kept_files().get(key), SHOWN_TYPE, tag=f"{photo_id}-{size}")


@pages.post("/<uuid:claim_id>/<verb>")
@needs(Role.EMPLOYEE, Role.UNION_BUYER, Role.SUPPLIER_STAFF, Role.MANAGER)
def decide(claim_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table."""
    if verb not in CLAIM.steps:
        raise Missing
    form = AnswerForm()
    if not form.validate():
        checked()
        told = " ".join(said for errors in form.errors.values() for said in errors)
        return _claim(claim_id, 422, refusal=(told, ""))
    try:
        with work() as w:
            service.decide(w, claim_id, verb, form.answer())
    except (Invalid, Refused) as fault:
        with reading() as session:
            queries.claim(session, someone(), claim_id)  # a stranger learns nothing
        return _claim(claim_id, fault.status, refusal=error_words(fault))
    return back_to("claims.show", _("已办理。"), claim_id=claim_id)


def _claim(
    claim_id: uuid.UUID, status: int = 200, *, refusal: tuple[str, str] | None = None
) -> ResponseReturnValue:
    with reading() as session:
        view = queries.claim(session, someone(), claim_id)
    claim = view.claim
    hidden = WRITTEN if claim.offered else WRITTEN | {"accept"}
    return page(
        "claims/show.html",
        status,
        view=view,
        claim=claim,
        order=view.order,
        refusal=refusal,
        next_step=words()(f"claim.next.{claim.state}"),
        verbs_open=[step for step in view.verbs if step.verb not in hidden],
        written={step.verb for step in view.verbs if step.verb in WRITTEN},
        url_of=lambda verb: url_for("marketplace.claims.decide", claim_id=claim_id, verb=verb),
    )
