"""What of an order may be claimed, and the claim itself."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.adapters.photos import MOST_BYTES
from marketplace.catalog import service as photos
from marketplace.claims import queries, rules, service
from marketplace.claims.forms import ClaimForm, ClickForm, ReturnForm
from marketplace.claims.states import ClaimKind
from marketplace.claims.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, MarketplaceError, Missing, Refused
from marketplace.orders import queries as orders
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
    signed_in,
    someone,
    takes,
    work,
)
from marketplace.web.labels import error_words
from marketplace.web.words import _

ROOM = 4 * MOST_BYTES  # a few large photographs, or nine as telephones make them

FORMS: dict[ClaimKind, type[ClaimForm]] = {
    ClaimKind.QUALITY: ClaimForm,
    ClaimKind.RECALL: ClickForm,
    ClaimKind.RETURN: ReturnForm,
    ClaimKind.UNSENT: ClickForm,
}


@pages.get("/orders/<uuid:order_id>")
@signed_in
def of_order(order_id: uuid.UUID) -> ResponseReturnValue:
    return _order(order_id)


@pages.post("/orders/<uuid:order_id>/<kind>")
@takes(ROOM)
@needs(Role.EMPLOYEE, Role.UNION_BUYER)
@once
def open_claim(order_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """One address per kind."""
    if kind not in set(ClaimKind):
        raise Missing(kind=kind)
    wanted = ClaimKind(kind)
    form = _form_for(wanted)
    if not form.validate():
        return _order(order_id, 422, form=form)
    try:
        with reading() as session:
            view = orders.order(session, someone(), order_id)
            found = queries.open_to(
                session, someone(), view.order, now(), days=settings().completion_days
            )
        wish = form.wish(wanted, found)
        service.check(view.order, wish, found)  # before photographs are opened: that takes a while
        received = photos.receive(kept_files(), form.files())
        with work() as w:
            claim = service.open_claim(w, order_id, wish, received)
            remember(w, url_for("marketplace.claims.show", claim_id=claim.id))
    except (Invalid, Refused) as fault:
        return _order(order_id, fault.status, form=form, fault=fault)
    return back_to("claims.show", _("售后申请已提交。"), claim_id=claim.id)


def _form_for(kind: ClaimKind) -> ClaimForm:
    return FORMS[kind]()


def _order(
    order_id: uuid.UUID,
    status: int = 200,
    *,
    form: ClaimForm | None = None,
    fault: MarketplaceError | None = None,
) -> ResponseReturnValue:
    with reading() as session:
        view = orders.order(session, someone(), order_id)
        found = queries.open_to(
            session, someone(), view.order, now(), days=settings().completion_days
        )
        claims = queries.claims_of(session, order_id)
    return page(
        "claims/order.html",
        status,
        view=view,
        order=view.order,
        open_to=found,
        claims=claims,
        most_claims=rules.MOST_CLAIMS,
        quality=form if type(form) is ClaimForm else ClaimForm(),
        going_back=form if isinstance(form, ReturnForm) else ReturnForm(),
        refusal=error_words(fault) if fault else None,
        is_union=view.order.organisation_id is not None,
    )
