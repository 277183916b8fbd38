"""What left the zone while it lay in a basket or in an approved plan is bought by no way."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing, Reservation
from marketplace.kernel.clock import SetClock, end_of_day
from marketplace.orders.models import Order, Purchase
from marketplace.purchasing.models import Plan
from marketplace.purchasing.states import PlanState
from marketplace.regions.models import Designation
from marketplace.suppliers import service as suppliers
from tests.fixtures import People, post
from tests.makers.batches import a_batch
from tests.makers.catalog import a_listing
from tests.makers.purchasing import a_plan, approved, submitted
from tests.makers.suppliers import UNTIL, an_approved_supplier
from tests.makers.unions import a_budget
from tests.zone.test_running_out import an_open_checkout

Leaving = Callable[[People, SetClock, Listing], None]
ALMOST = end_of_day(UNTIL) - timedelta(minutes=5)  # everything is opened while it is still sold


def suspended(people: People, _clock: SetClock, melon: Listing) -> None:
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.suspend(w, melon.supplier_id, "示例原因")


def expired(_people: People, clock: SetClock, _melon: Listing) -> None:
    clock.at = end_of_day(UNTIL)


def refused(people: People, _clock: SetClock, melon: Listing) -> None:
    """Taken out by a reviewer, with the reason."""
    with people.runtime.work(people.actor("reviewer")) as w:
        catalog.withdraw(w, melon.id, "示例：抽检不合格")


def withdrawn(people: People, _clock: SetClock, melon: Listing) -> None:
    with people.runtime.work(people.actor("supplier")) as w:
        catalog.withdraw(w, melon.id)


def recalled(people: People, _clock: SetClock, melon: Listing) -> None:
    batch = a_batch(people, melon)
    with people.runtime.work(people.actor("reviewer")) as w:
        catalog.recall(w, batch.id, "示例：农残超标", withdraw_goods=True)


def delisted(people: People, _clock: SetClock, melon: Listing) -> None:
    """Its county is on no list any more."""
    here = Designation.county_code == melon.county_code
    with people.runtime.work() as w:
        w.session.execute(update(Designation).where(here).values(holds_until=w.now))


@pytest.mark.parametrize("leave", [suspended, expired, refused, withdrawn, recalled, delisted])
def test_what_is_no_longer_for_sale_is_bought_by_no_way(
    people: People, client_as: Callable[[str], FlaskClient], clock: SetClock, leave: Leaving
) -> None:
    """P16: Failure 39: page, basket, an open checkout, a plan in each state; nothing is held."""
    an_approved_supplier(people)
    melon = a_listing(people, stock=10_000)
    plans = opened_plans(people, melon)
    clock.at = ALMOST
    buyer, union, approver = (client_as(n) for n in ("employee", "union_buyer", "union_approver"))
    form = an_open_checkout(people, buyer, melon)
    leave(people, clock, melon)

    assert buyer.get(f"/listings/{melon.id}").status_code == 404
    assert post(buyer, f"/basket/{melon.id}", on="/basket", quantity="1").status_code in {404, 409}
    assert buyer.get("/checkout").headers["Location"] == "/basket"
    assert post(buyer, "/checkout", on="/basket", **form).status_code == 409
    again = {**form, "key": uuid.uuid4().hex}  # the same once more, by hand
    assert post(buyer, "/checkout", on="/basket", **again).status_code == 409

    ready, waiting, draft = plans
    assert press(union, ready, "order") == 409
    assert press(approver, waiting, "approve") == 409
    assert press(union, draft, "submit") == 409
    line = {"listing": str(melon.id), "quantity": "1"}
    here = f"/plans/{draft.id}"
    assert post(union, f"{here}/lines", on=here, **line).status_code in {404, 409, 422}
    nothing_was_bought(people, melon, plans)


def opened_plans(people: People, melon: Listing) -> tuple[Plan, Plan, Plan]:
    """One approved, one submitted, one draft; each for two people."""
    budget = a_budget(people)
    made = [a_plan(people, ((melon.id, 1),), count=2, budget=budget) for _ in range(3)]
    approved(people, made[0])
    submitted(people, made[1])
    return made[0], made[1], made[2]


def press(client: FlaskClient, plan: Plan, verb: str) -> int:
    here = f"/plans/{plan.id}"
    status: int = post(client, f"{here}/{verb}", on=here).status_code
    return status


def nothing_was_bought(people: People, melon: Listing, plans: tuple[Plan, ...]) -> None:
    with people.runtime.reading() as session:
        for kind in (Purchase, Order, Reservation):
            assert session.scalar(select(func.count()).select_from(kind)) == 0
        assert session.get_one(Listing, melon.id).reserved == 0
        states = [session.get_one(Plan, plan.id).state for plan in plans]
    assert states == [PlanState.APPROVED, PlanState.SUBMITTED, PlanState.DRAFT]


def test_before_it_leaves_the_same_forms_buy(
    people: People, client_as: Callable[[str], FlaskClient], clock: SetClock
) -> None:
    """Else the refusals above would show nothing."""
    an_approved_supplier(people)
    melon = a_listing(people, stock=10_000)
    plans = opened_plans(people, melon)
    clock.at = ALMOST
    buyer, union, approver = (client_as(n) for n in ("employee", "union_buyer", "union_approver"))
    form = an_open_checkout(people, buyer, melon)
    assert post(buyer, "/checkout", on="/basket", **form).status_code == 303
    ready, waiting, draft = plans
    assert press(approver, waiting, "approve") == 303
    assert press(union, draft, "submit") == 303
    assert press(union, ready, "order") == 303
