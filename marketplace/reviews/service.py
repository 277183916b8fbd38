"""Writing, mending, answering and hiding reviews; the only writer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.accounts import service as notices
from marketplace.events import RatingChanged
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Missing, Refused
from marketplace.orders import queries as orders
from marketplace.orders.models import OrderLine
from marketplace.orders.states import OrderState
from marketplace.reviews import queries, rules
from marketplace.reviews.models import Review
from marketplace.reviews.states import REVIEW, ReviewState
from marketplace.suppliers.models import Supplier
from marketplace.work import Work, move

SUPPLIERS_PAGE = "reviews.index"


@dataclass(frozen=True, slots=True)
class Said:
    """What comes with a verb."""

    stars: int | None = None
    words: str = ""
    note: str = ""


def write(w: Work, order_line_id: uuid.UUID, said: Said) -> Review:
    """A good that the actor bought for himself and has received; once.

    Raises Missing, Forbidden, Refused (review_not_open, review_exists), Invalid (stars_missing,
    words_too_long).
    """
    if Role.EMPLOYEE not in w.actor.roles:
        raise Forbidden(verb="write")
    line = w.session.get(OrderLine, order_line_id)
    if line is None:
        raise Missing(order_line_id=order_line_id)
    order = orders.row(w.session, line.order_id, for_change=True)  # two windows wait here
    if not queries.may_write(w.actor, queries.own_order(w.session, w.actor, order.id)):
        raise Forbidden(verb="write")
    if order.state is not OrderState.COMPLETED:
        raise Refused("review_not_open", number=order.number)
    if w.session.scalar(select(Review.id).where(Review.order_line_id == line.id)):
        raise Refused("review_exists", title=line.title)
    review = Review(
        id=uuid.uuid4(),
        order_line_id=line.id,
        listing_id=line.listing_id,
        supplier_id=order.supplier_id,
        author_id=w.actor.person_id,
        author=rules.masked(w.actor.name),
        stars=rules.stars(said.stars),
        words=rules.words(said.words),
        state=ReviewState.SHOWN,
        written_at=w.now,
    )
    w.session.add(review)
    w.record("write", review, to_state=review.state, stars=review.stars)
    w.announce(RatingChanged(w.now, review.listing_id, 1, review.stars))
    told = {"title": line.title, "stars": str(review.stars)}
    notices.notify(
        w, order.supplier.organisation_id, "goods_reviewed", told, at=(SUPPLIERS_PAGE, {})
    )
    return review


def decide(w: Work, review_id: uuid.UUID, verb: str, said: Said) -> Review:
    """One verb of the state table, by the roles that count for this very review.

    Raises Missing, Forbidden, WrongState, Refused (review_edit_over, review_answered), Invalid.
    """
    review = queries.row(w.session, review_id, for_change=True)
    roles = queries.roles_for(w.session, w.actor, review)
    if verb not in REVIEW.steps or not (roles or w.actor.roles & queries.OPERATORS):
        raise Missing(review_id=review_id)
    REVIEW.after(review.state, verb, roles)
    {"edit": _edit, "answer": _answer, "hide": _hide, "restore": _restore}[verb](w, review, said)
    return review


def _edit(w: Work, review: Review, said: Said) -> None:
    if not queries.may_edit(review, w.now):
        raise Refused("review_edit_over", days=rules.EDIT_DAYS)
    before, review.stars = review.stars, rules.stars(said.stars)
    review.words, review.edited_at = rules.words(said.words), w.now
    move(w, REVIEW, review, "edit", stars=review.stars, before=before)
    w.announce(RatingChanged(w.now, review.listing_id, 0, review.stars - before))


def _answer(w: Work, review: Review, said: Said) -> None:
    if review.answered_at is not None:
        raise Refused("review_answered")
    review.answer, review.answered_at = rules.note(said.note), w.now
    move(w, REVIEW, review, "answer")


def _hide(w: Work, review: Review, said: Said) -> None:
    review.hidden_reason = rules.note(said.note)
    move(w, REVIEW, review, "hide", note=review.hidden_reason)
    w.announce(RatingChanged(w.now, review.listing_id, -1, -review.stars))
    supplier = w.session.get_one(Supplier, review.supplier_id)
    told = {"title": review.line.title, "reason": review.hidden_reason}
    notices.notify(w, supplier.organisation_id, "review_hidden", told, at=(SUPPLIERS_PAGE, {}))


def _restore(w: Work, review: Review, _said: Said) -> None:
    move(w, REVIEW, review, "restore", note=review.hidden_reason)
    review.hidden_reason = ""
    w.announce(RatingChanged(w.now, review.listing_id, 1, review.stars))
