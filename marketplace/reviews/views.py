"""Pages of reviews: of an order by its buyer, and the list for suppliers and operators."""

from __future__ import annotations

import uuid

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.orders.models import OrderLine
from marketplace.reviews import queries, rules, service
from marketplace.reviews.forms import SaidForm
from marketplace.reviews.states import REVIEW
from marketplace.web import (
    back_to,
    checked,
    needs,
    now,
    page,
    page_number,
    reading,
    someone,
    work,
)
from marketplace.web.labels import error_words
from marketplace.web.words import _

pages = Blueprint("reviews", __name__, url_prefix="/reviews")


@pages.get("/")
@needs(Role.SUPPLIER_STAFF, Role.REVIEWER, Role.MANAGER, Role.AUDITOR)
def index() -> ResponseReturnValue:
    return _list()


@pages.get("/orders/<uuid:order_id>")
@needs(Role.EMPLOYEE)
def of_order(order_id: uuid.UUID) -> ResponseReturnValue:
    return _order(order_id)


@pages.post("/lines/<uuid:line_id>")
@needs(Role.EMPLOYEE)
def write(line_id: uuid.UUID) -> ResponseReturnValue:
    form = SaidForm()
    order_id = _order_of(line_id)
    if not form.validate():
        checked()
        return _order(order_id, 422, refusal=_told(form))
    try:
        with work() as w:
            service.write(w, line_id, form.said())
    except (Invalid, Refused) as fault:
        return _order(order_id, fault.status, refusal=error_words(fault))
    return back_to("reviews.of_order", _("评价已发表。"), order_id=order_id)


@pages.post("/<uuid:review_id>/<verb>")
@needs(Role.EMPLOYEE, Role.SUPPLIER_STAFF, Role.REVIEWER, Role.MANAGER)
def decide(review_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table."""
    if verb not in REVIEW.steps:
        raise Missing(verb=verb)
    form = SaidForm()
    if not form.validate():
        checked()
        return _again(review_id, verb, 422, _told(form))
    try:
        with work() as w:
            service.decide(w, review_id, verb, form.said())
    except (Invalid, Refused) as fault:
        return _again(review_id, verb, fault.status, error_words(fault))
    if verb != "edit":
        return back_to("reviews.index", _("已办理。"))
    return back_to("reviews.of_order", _("评价已修改。"), order_id=_order_of_review(review_id))


def _again(
    review_id: uuid.UUID, verb: str, status: int, refusal: tuple[str, str]
) -> ResponseReturnValue:
    """The page from which the verb came; a stranger learns nothing."""
    if verb == "edit":
        return _order(_order_of_review(review_id), status, refusal=refusal)
    with reading() as session:
        review = queries.row(session, review_id)
        if not queries.roles_for(session, someone(), review):
            raise Missing(review_id=review_id)
    return _list(status, refusal=refusal)


def _order_of(line_id: uuid.UUID) -> uuid.UUID:
    """Of the actor's own line. Raises Missing."""
    with reading() as session:
        line = session.get(OrderLine, line_id)
        if line is None:
            raise Missing(line_id=line_id)
        return queries.own_order(session, someone(), line.order_id).id


def _order_of_review(review_id: uuid.UUID) -> uuid.UUID:
    with reading() as session:
        return _order_of(queries.row(session, review_id).order_line_id)


def _order(
    order_id: uuid.UUID, status: int = 200, *, refusal: tuple[str, str] | None = None
) -> ResponseReturnValue:
    with reading() as session:
        order = queries.own_order(session, someone(), order_id)
        lines = queries.own_lines(session, order, now())
    return page(
        "reviews/order.html",
        status,
        order=order,
        lines=lines,
        may_write=queries.may_write(someone(), order),
        refusal=refusal,
        author=rules.masked(someone().name),
        most=rules.MOST_STARS,
        longest=rules.LONGEST,
    )


def _list(status: int = 200, *, refusal: tuple[str, str] | None = None) -> ResponseReturnValue:
    with reading() as session:
        found = queries.listed(session, someone(), page_number())
    return page(
        "reviews/index.html",
        status,
        reviews=found,
        refusal=refusal,
        longest=rules.LONGEST,
        url_of=lambda one, verb: url_for("marketplace.reviews.decide", review_id=one.id, verb=verb),
    )


def _told(form: SaidForm) -> tuple[str, str]:
    return " ".join(said for errors in form.errors.values() for said in errors), ""
