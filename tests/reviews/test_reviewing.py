"""Reviews: by whoever received the good, once; answered once, hidden with a reason, counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from marketplace.accounts.models import Notice
from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, WrongState
from marketplace.kernel.funds import FundSource
from marketplace.orders.models import Order
from marketplace.reviews import queries, rules, service
from marketplace.reviews.service import Said
from marketplace.work.models import TrailEntry
from tests.fixtures import People, post
from tests.makers.claims import a_shipped_order, received
from tests.makers.orders import a_purchase, paid, shipped, the_order
from tests.makers.reviews import a_review, decided, first_line, review_now

Faults = Callable[[], Sequence[str]]
SignIn = Callable[[str], FlaskClient]


def counted(people: People, listing: Listing) -> tuple[int, int]:
    with people.runtime.reading() as session:
        found = session.get_one(Listing, listing.id)
        return found.reviews, found.stars


def an_order(people: People, listing: Listing, name: str = "employee") -> Order:
    return received(people, a_shipped_order(people, listing, name=name), name)


def test_only_who_received_a_good_reviews_it_and_once(
    people: People, melon: Listing, faults: Faults
) -> None:
    """P18, P29: not before receipt, not another's, not an organisation's, not twice."""
    on_its_way = a_shipped_order(people, melon)
    with pytest.raises(Refused, match="review_not_open"):
        a_review(people, on_its_way)
    order = an_order(people, melon)
    for name, fault in (("second_employee", Missing), ("supplier", Forbidden)):
        with pytest.raises(fault):
            a_review(people, order, name=name)
    for hat in ("supplier", "reviewer", "manager"):  # bought for himself, and yet
        with (
            pytest.raises(Forbidden),
            people.runtime.work(people.both("employee", hat)) as w,
        ):
            service.write(w, first_line(people, order), Said(5))
    for stars, words in ((0, ""), (6, ""), (None, ""), (5, "字" * 501)):
        with pytest.raises(Invalid):
            a_review(people, order, stars, words)  # type: ignore[arg-type]  # as a form may send it
    review = a_review(people, order, 4)
    name = people.actor("employee").name
    assert (review.author, review.stars) == (f"{name[0]}**", 4)
    with pytest.raises(Refused, match="review_exists"):
        a_review(people, order)
    other = "second_employee"
    a_review(people, an_order(people, melon, other), 1, name=other)
    assert counted(people, melon) == (2, 5)
    assert rules.mean(5, 2) == "2.5"
    with people.runtime.reading() as session:
        codes = session.scalars(select(Notice.code)).all()
        verbs = session.scalars(
            select(TrailEntry.verb).where(TrailEntry.subject_kind == "Review")
        ).all()
    assert codes.count("goods_reviewed") == 2
    assert verbs == ["write", "write"]
    assert faults() == []


def test_what_an_organisation_bought_is_not_reviewed(people: People, melon: Listing) -> None:
    """P18: not even by whoever ordered it."""
    (grant,) = people.actor("union_buyer").grants
    bought = a_purchase(
        people, melon, name="union_buyer", organisation_id=grant.organisation_id,
        source=FundSource.UNION,
    )  # fmt: skip
    theirs = received(
        people, shipped(people, the_order(people, paid(people, bought))), "union_buyer"
    )
    with pytest.raises(Missing), people.runtime.work(people.both("union_buyer", "employee")) as w:
        service.write(w, first_line(people, theirs), Said(5))


def test_a_review_is_edited_once_within_thirty_days_and_answered_once(
    people: People, melon: Listing, clock: SetClock, faults: Faults
) -> None:
    review = a_review(people, an_order(people, melon), 2)
    late = a_review(people, an_order(people, melon), 3)
    with pytest.raises(Missing):
        decided(people, review, "second_employee", "edit", stars=1)
    with pytest.raises(Forbidden):
        decided(people, review, "supplier", "edit", stars=5)
    with pytest.raises(Invalid):
        decided(people, review, "employee", "edit", stars=9)
    clock.at = rules.editable_until(review.written_at)
    clock.advance(seconds=-1)
    edited = decided(people, review, "employee", "edit", stars=5, words="示例：换过了")
    assert (edited.stars, edited.words) == (5, "示例：换过了")
    with pytest.raises(Refused, match="review_edit_over"):
        decided(people, review, "employee", "edit", stars=1)
    clock.advance(seconds=1)
    with pytest.raises(Refused, match="review_edit_over"):
        decided(people, late, "employee", "edit", stars=1)
    for name, fault in (("second_supplier", Missing), ("employee", Forbidden)):
        with pytest.raises(fault):
            decided(people, review, name, "answer")
    with pytest.raises(Invalid, match="reason_missing"):
        decided(people, review, "supplier", "answer", note=" ")
    assert decided(people, review, "supplier", "answer", note="示例：谢谢").answer == "示例：谢谢"
    with pytest.raises(Refused, match="review_answered"):
        decided(people, review, "supplier", "answer")
    assert counted(people, melon) == (2, 8)
    assert faults() == []


def test_an_operator_hides_a_review_with_a_reason_and_shows_it_again(
    people: People, melon: Listing, faults: Faults
) -> None:
    """P15, P29: it counts no more meanwhile; whoever wrote it or sells the good decides nothing."""
    review = a_review(people, an_order(people, melon), 1)
    for name, fault in (("supplier", Forbidden), ("employee", Forbidden), ("auditor", Forbidden)):
        with pytest.raises(fault):
            decided(people, review, name, "hide")
    for other in ("supplier", "employee"):
        with (
            pytest.raises(Forbidden),
            people.runtime.work(people.both(other, "manager")) as w,
        ):
            service.decide(w, review.id, "hide", Said(note="示例"))
    with pytest.raises(Invalid, match="reason_missing"):
        decided(people, review, "reviewer", "hide", note="")
    decided(people, review, "reviewer", "hide", note="示例：骂人")
    assert counted(people, melon) == (0, 0)
    with people.runtime.reading() as session:
        assert queries.of_listing(session, melon.id) == []
        asked = select(TrailEntry).where(TrailEntry.verb == "hide")
        assert session.scalars(asked).one().data["note"] == "示例：骂人"
    for who, verb in (("employee", "edit"), ("supplier", "answer"), ("manager", "hide")):
        with pytest.raises(WrongState):
            decided(people, review, who, verb, stars=5)
    decided(people, review, "manager", "restore")
    assert review_now(people, review).hidden_reason == ""
    assert counted(people, melon) == (1, 1)
    assert faults() == []


DEFECTS = {
    "another number": "UPDATE mp_listing SET reviews = reviews + 1 WHERE reviews > 0",
    "other stars": "UPDATE mp_review SET stars = 5 WHERE stars < 5",
    "another author": "UPDATE mp_review SET author_id = 'somebody'",
}


@pytest.mark.sqlite_only  # the questions are the same
def test_every_planted_defect_is_found(people: People, melon: Listing, faults: Faults) -> None:
    """P28, P36"""
    a_review(people, an_order(people, melon), 4)
    assert faults() == []
    unnoticed = []
    for name, defect in DEFECTS.items():
        with pytest.raises(ZeroDivisionError), people.runtime.work() as w:
            planted = w.session.execute(text(defect)).rowcount  # type: ignore[attr-defined]  # a cursor result
            if not planted or not list(queries.faults(w.session)):
                unnoticed.append(name)
            raise ZeroDivisionError
    assert unnoticed == []


def test_reviews_stand_on_their_pages(people: People, client_as: SignIn, melon: Listing) -> None:
    """Written, answered, hidden and shown by requests; the name masked for everybody."""
    order = an_order(people, melon)
    buyer, supplier, reviewer = (client_as(n) for n in ("employee", "supplier", "reviewer"))
    page, goods = f"/reviews/orders/{order.id}", f"/listings/{melon.id}"
    assert page in buyer.get(f"/orders/{order.id}").text
    assert "条评价" not in buyer.get(goods).text
    line = first_line(people, order)
    refused = post(buyer, f"/reviews/lines/{line}", on=page, stars="0", words="示例")
    assert (refused.status_code, "请选择评分" in refused.text) == (422, True)
    done = post(buyer, f"/reviews/lines/{line}", on=page, stars="4", words="示例：<b>很甜</b>")
    assert done.status_code == 303
    shown = buyer.get(goods).text
    name = people.actor("employee").name
    assert f"{name[0]}**" in shown
    assert name not in shown[shown.index('id="reviews"') :]
    assert "4.0 分，1 条评价" in shown
    assert "示例：&lt;b&gt;很甜" in shown
    with people.runtime.reading() as session:
        (review,) = queries.of_listing(session, melon.id)
    at = f"/reviews/{review.id}"
    assert post(buyer, f"{at}/edit", on=page, stars="5", words="示例：更甜").status_code == 303
    assert post(supplier, f"{at}/answer", on="/reviews/", note="示例：谢谢").status_code == 303
    again = post(supplier, f"{at}/answer", on="/reviews/", note="示例：再谢")
    assert (again.status_code, "已经答复过了" in again.text) == (409, True)
    assert "供应商答复：示例：谢谢" in buyer.get(goods).text
    assert post(reviewer, f"{at}/hide", on="/reviews/", note="").status_code == 422
    assert post(reviewer, f"{at}/hide", on="/reviews/", note="示例：骂人").status_code == 303
    assert "条评价" not in buyer.get(goods).text
    assert "示例：骂人" in buyer.get(page).text
    assert post(reviewer, f"{at}/restore", on="/reviews/").status_code == 303
    assert "5.0 分，1 条评价" in buyer.get(goods).text
    assert post(client_as("second_employee"), f"{at}/edit", on="/basket").status_code == 404
