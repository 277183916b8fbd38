"""Two units of work that meet at one exact place, on a server that lets both in at the same time.

What the storms of this folder only happen upon is brought about here on purpose.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts import queries as account_queries
from marketplace.accounts import service as accounts
from marketplace.catalog import service as catalog
from marketplace.credit import service as crediting
from marketplace.credit.queries import Wanted
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Conflict, Missing, Refused, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import service as orders
from marketplace.orders.models import OrderLine, Purchase
from marketplace.payments import service as payments
from marketplace.payments.models import Tender
from marketplace.payments.states import PaymentState
from marketplace.ports.mail import Mail
from marketplace.purchasing import queries
from marketplace.purchasing import service as plans
from marketplace.standalone import create_app
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Paper
from marketplace.suppliers.states import PaperKind
from marketplace.work import outbox
from tests.databases import NOON, Databases
from tests.fixtures import People, post, sign_in
from tests.makers.catalog import a_listing
from tests.makers.credit import a_budget_with_members, a_grant, credit_of, funded
from tests.makers.orders import (
    a_placement,
    a_purchase,
    an_address,
    paid,
    the_order,
    the_orders,
    the_payment,
)
from tests.makers.purchasing import a_plan
from tests.makers.sales import some_goods_on_sale
from tests.makers.suppliers import a_paper, a_statement, a_submitted_supplier, an_approved_supplier
from tests.races.card import CountingCard
from tests.races.storm import PATIENCE, all_is_well, at_once, doing, just_before


@pytest.fixture
def app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """On PostgreSQL: an embedded database has one writer, who meets nobody."""
    place = databases.copy("postgresql", tmp_path / "data")
    settings = {**place.settings, "MARKETPLACE_DEMO": True, "SECRET_KEY": "a" * 32, "TESTING": True}
    made = create_app(settings, clock=SetClock(NOON))
    yield made
    made.extensions["marketplace"].runtime.engine.dispose()
    databases.drop(place)


@pytest.fixture
def people(app: Flask, databases: Databases) -> People:
    """Of the shop below."""
    return People(app.extensions["marketplace"].runtime, dict(databases.ids("postgresql")))


def test_a_good_revised_while_it_is_bought_is_not_sold_as_it_was(people: People) -> None:
    """P16: the supplier's other price came between the look and the hold."""
    an_approved_supplier(people)
    melon = a_listing(people)
    wanted = a_placement(an_address(people), melon)
    revised = doing(people, people.actor("supplier"), catalog.reprice, melon.id,
                    Money(40_00), Money(50_00))  # fmt: skip
    buys = doing(people, people.actor("employee"), orders.place, wanted)
    with just_before(people.runtime, "UPDATE mp_listing SET available", revised):
        buys()
    with people.runtime.reading() as session:
        assert session.scalars(select(OrderLine.unit_price)).one() == Money(50_00)
    all_is_well(people)


def test_a_supplier_suspended_while_somebody_buys_sells_nothing_more(people: People) -> None:
    """P16: the suspension came between the look and the hold."""
    supplier = an_approved_supplier(people)
    melon = a_listing(people)
    wanted = a_placement(an_address(people), melon)
    suspended = doing(people, people.actor("reviewer"), suppliers.suspend, supplier.id, "示例")
    buys = doing(people, people.actor("employee"), orders.place, wanted)
    with (
        just_before(people.runtime, "FOR SHARE OF mp_supplier", suspended),
        pytest.raises(catalog.NotForSale),
    ):
        buys()
    all_is_well(people)


def test_whoever_waits_for_a_declaration_buys_nothing_by_what_it_took_back(people: People) -> None:
    """P16: the look at the good was before, the hold of its supplier after it."""
    supplier = an_approved_supplier(people)
    melon = a_listing(people)
    wanted = a_placement(an_address(people), melon)
    bought = doing(people, people.actor("employee"), orders.place, wanted)
    outcome: list[str] = []
    other = threading.Thread(target=lambda: outcome.extend(at_once(bought)))
    with people.runtime.work(people.actor("supplier")) as w:
        suppliers.declare(w, supplier.id, a_statement(penalty="yes", more_penalty="示例：罚款"))
        other.start()
        other.join(timeout=0.5)
        assert outcome == []
    other.join(PATIENCE)
    assert outcome == ["not_for_sale"]
    all_is_well(people)


def test_whoever_waits_for_a_revocation_buys_nothing_by_the_paper_that_it_took_back(
    people: People,
) -> None:
    """P16: a paper counts until the instant at which it is taken back."""
    supplier = an_approved_supplier(people)
    melon = a_listing(people)
    address = an_address(people)
    bought = doing(people, people.actor("employee"), orders.place, a_placement(address, melon))
    with people.runtime.reading() as session:
        asked = select(Paper.id).where(Paper.kind == PaperKind.INSPECTION_REPORT)
        report = session.scalars(asked.where(Paper.supplier_id == supplier.id)).one()
    outcome: list[str] = []
    other = threading.Thread(target=lambda: outcome.extend(at_once(bought)))
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.revoke_paper(w, report, "示例")
        other.start()
        other.join(timeout=0.5)
        assert outcome == []
    other.join(PATIENCE)
    assert outcome == ["not_for_sale"]
    all_is_well(people)


def test_a_suspension_waits_for_who_is_buying_just_now(people: People) -> None:
    """P16: in the trail no piece is held after the suspension."""
    supplier = an_approved_supplier(people)
    melon = a_listing(people)
    wanted = a_placement(an_address(people), melon)
    order: list[str] = []

    def suspend() -> None:
        doing(people, people.actor("reviewer"), suppliers.suspend, supplier.id, "示例")()
        order.append("suspended")

    other = threading.Thread(target=suspend)
    with people.runtime.work(people.actor("employee")) as w:
        orders.place(w, wanted)
        other.start()
        other.join(timeout=0.5)
        order.append("bought")
    other.join(PATIENCE)
    assert order == ["bought", "suspended"]


def test_a_paper_is_not_slipped_under_an_application_that_is_submitted(people: People) -> None:
    """P15: what the reviewer accepts is what he was shown."""
    supplier = a_submitted_supplier(people)
    staff = people.actor("supplier")
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.send_back(w, supplier.id, "示例")
    submits = doing(people, staff, suppliers.submit, supplier.id)
    hands_in = doing(people, staff, suppliers.hand_in, supplier.id, a_paper())
    with (
        just_before(people.runtime, "FOR UPDATE", submits),
        pytest.raises(WrongState),
    ):
        hands_in()
    with people.runtime.reading() as session:
        assert session.scalar(select(func.count(Paper.id))) == 2


def test_an_order_cancelled_while_its_money_is_confirmed_tells_why(people: People) -> None:
    """P3: the payment was void before the money was noted; nothing is half paid."""
    an_approved_supplier(people)
    purchase = a_purchase(people, a_listing(people))
    payment = the_payment(people, purchase)
    cancels = doing(people, people.actor("employee"), orders.cancel,
                    the_order(people, purchase).id, "示例：不要了")  # fmt: skip
    confirms = doing(people, people.actor("manager"), payments.confirm_transfer,
                     payment.id, payment.amount, "示例流水 1")  # fmt: skip
    with (
        just_before(people.runtime, "UPDATE mp_payment", cancels),
        pytest.raises(Refused) as refusal,
    ):
        confirms()
    assert refusal.value.code == "payment_void"
    all_is_well(people)


def test_money_that_is_confirmed_while_the_payment_shrinks_is_looked_at_again(
    people: People,
) -> None:
    """P3: one of two orders was called off between the look and the note; the sum that the manager
    typed is not the one that is asked now, so no money is noted."""
    goods = some_goods_on_sale(people)
    purchase = a_purchase(people, goods.melons, goods.nuts)
    payment, order = the_payment(people, purchase), the_orders(people, purchase)[0]
    cancels = doing(people, people.actor("employee"), orders.cancel, order.id, "示例：不要了")
    confirms = doing(people, people.actor("manager"), payments.confirm_transfer,
                     payment.id, payment.amount, "示例流水 1")  # fmt: skip
    with (
        just_before(people.runtime, "UPDATE mp_payment", cancels),
        pytest.raises(Refused) as refusal,
    ):
        confirms()
    assert refusal.value.code == "amount_differs"
    left = the_payment(people, purchase)
    assert (left.state, ZERO < left.amount < payment.amount) == (PaymentState.AWAITING, True)
    all_is_well(people)


def test_the_same_form_sent_twice_meets_itself_and_is_one_purchase(people: People) -> None:
    """P31: the second came between the first one's look for its key and its writing."""
    an_approved_supplier(people)
    melon = a_listing(people)
    wanted = a_placement(an_address(people), melon)
    again = doing(people, people.actor("employee"), orders.place, wanted)
    with just_before(people.runtime, "INSERT INTO mp_purchase", again):
        again()
    with people.runtime.reading() as session:
        assert session.scalar(select(func.count(Purchase.id))) == 1
    all_is_well(people)


def test_what_loses_a_meeting_is_done_again_and_what_loses_always_is_busy(people: People) -> None:
    """P31: nothing of a lost unit is kept."""
    supplier = an_approved_supplier(people)
    one, other = (
        doing(people, people.actor(name), suppliers.suspend, supplier.id, "示例")
        for name in ("reviewer", "second_reviewer")
    )
    with just_before(people.runtime, "UPDATE mp_supplier", other), pytest.raises(WrongState):
        one()
    tries = []

    def lost() -> None:
        tries.append(1)
        raise Conflict

    with pytest.raises(Conflict):
        people.runtime.again(lost)
    assert len(tries) == 6


def test_of_two_requests_that_renew_one_sign_in_one_gets_the_secret(people: People) -> None:
    """P20: the other one, which may be a copy of the cookie, is sent away."""
    with people.runtime.work() as w:
        secret = accounts.admit(w, UUID(people.ids["employee"]))
        found = account_queries.open_sign_in(w.session, secret, w.now)
        assert found is not None

    def renewed() -> None:
        with people.runtime.work() as w:
            accounts.renew(w, found.id)

    with just_before(people.runtime, "UPDATE mp_sign_in", renewed), pytest.raises(Missing):
        renewed()


def test_a_card_that_was_charged_is_settled_or_given_back_whatever_the_unit_met(
    app: Flask, people: People
) -> None:
    """P3: called off just before the money is noted; the view is not begun anew, which would see a
    void payment and keep the money."""
    card = CountingCard()
    card.may_answer.set()
    people.runtime.tools = replace(people.runtime.tools, card=card)
    an_approved_supplier(people)
    purchase = a_purchase(people, a_listing(people), tender=Tender.CARD)
    payment = the_payment(people, purchase)
    buyer = sign_in(app, "13500000000")
    cancels = doing(people, people.actor("employee"), orders.cancel,
                    the_order(people, purchase).id, "示例：不要了")  # fmt: skip
    with just_before(people.runtime, "UPDATE mp_payment", cancels):
        answer = post(buyer, f"/payments/{payment.id}/pay", on=f"/purchases/{purchase.id}")
    assert answer.status_code == 409
    assert the_payment(people, purchase).state is PaymentState.VOID
    assert len(card.moved) == 2
    assert not card.kept
    all_is_well(people)


def test_goods_changed_while_their_plan_is_submitted_wait_and_are_too_late(people: People) -> None:
    """P12, P15: what is reserved and approved is what stands in the plan."""
    plan = a_plan(people)
    buyer = people.actor("union_buyer")
    with people.runtime.reading() as session:
        (line,) = queries.dossier(session, buyer, plan.id, people.runtime.clock.now()).lines
    told: list[str] = []

    def change() -> None:
        more = doing(people, buyer, plans.set_lines, plan.id, [(line.listing.id, 3)])
        told.extend(at_once(more))

    other = threading.Thread(target=change)
    with people.runtime.work(buyer) as w:
        plans.submit(w, plan.id)
        other.start()
        other.join(timeout=0.5)
    other.join(PATIENCE)
    assert told == ["wrong_state"]
    with people.runtime.reading() as session:
        found = queries.dossier(session, buyer, plan.id, people.runtime.clock.now())
    assert found.content_hash == found.plan.content_hash
    all_is_well(people)


def test_two_workers_claim_at_the_same_time_and_pass_each_other(people: People) -> None:
    """P33: neither waits for the other, and no parcel is claimed by both."""
    with people.runtime.work() as w:
        for n in range(5):
            w.send(Mail(f"a{n}@example.org", "示例", "示例"))
    with people.runtime.work() as one, people.runtime.work() as other:
        first = outbox.claim(one.session, "one", one.now, limit=2)
        second = outbox.claim(other.session, "other", other.now, limit=10)
    assert (len(first), len(second)) == (2, 3)
    assert not {parcel.id for parcel in first} & {parcel.id for parcel in second}


def test_credit_that_comes_back_in_the_second_before_its_end_reaches_its_union(
    people: People,
) -> None:
    """P13: the end looked before the refund was written, and sees it when it looks again."""
    an_approved_supplier(people)
    grant = a_grant(people, a_budget_with_members(people), Money(50_00), days=1)
    end = funded(people, grant).valid_until
    bought = a_purchase(people, a_listing(people), pay_with=Wanted(credit=True))
    order = the_order(people, paid(people, bought))
    clock = people.runtime.clock
    assert isinstance(clock, SetClock)

    def ended() -> None:
        with people.runtime.work() as w:
            crediting.end_due(w)

    clock.at = end - timedelta(seconds=1)
    with people.runtime.work(people.actor("employee")) as w:
        orders.cancel(w, order.id, "示例：不要了")
        clock.at = end
        ended()
    assert credit_of(people)[0] == (50_00, 0, 0, 0)
    ended()
    assert credit_of(people)[0] == (0, 0, 0, 50_00)
    ended()
    all_is_well(people)
