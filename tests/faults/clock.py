"""Scene: the clock jumps, forwards and back, between ordering and paying."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from marketplace.catalog.models import Reservation
from marketplace.catalog.states import ReservationState
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import MarketplaceError
from marketplace.orders import service as orders
from marketplace.orders.models import Purchase
from marketplace.payments import service as payments
from marketplace.payments.models import Payment
from marketplace.payments.states import PaymentState
from tests.faults.ground import Ground
from tests.faults.history import FAIL, INVOKE, OK, History, Verdict
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, the_payment
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well

JUMPS = (-20, -3, -1, 1, 3, 20)  # days; a transfer is waited for fifteen


def jumping(ground: Ground, times: int) -> Verdict:
    """P11, P34: what is held is sold or given back once, whatever the clock says in between."""
    people, moments = ground.people, random.Random(34)  # noqa: S311  # no secret
    clock = people.runtime.clock
    assert isinstance(clock, SetClock)
    noon = clock.at
    an_approved_supplier(people)
    melon = a_listing(people, stock=times * 4, freight_included=True)
    history = ground.history("jumps")
    waiting: list[Purchase] = []
    for _ in range(times):
        waiting += [a_purchase(people, melon) for _ in range(2)]
        clock.at = noon + timedelta(days=moments.choice(JUMPS), hours=moments.randrange(24))
        with people.runtime.work() as w:
            orders.lapse_due(w)
        moments.shuffle(waiting)
        pay(ground, waiting.pop(), history)
        clock.at = noon
    verdict = history.compared(settled(ground))
    assert verdict.is_well, verdict
    clock.at = noon + timedelta(days=400)
    with people.runtime.work() as w:
        orders.lapse_due(w)
    with people.runtime.reading() as session:
        held = select(Reservation.id).where(Reservation.state == ReservationState.HELD)
        assert session.scalars(held).all() == []
    clock.at = noon  # papers that have run out since are not what this is about
    all_is_well(people)
    return verdict


def pay(ground: Ground, purchase: Purchase, history: History) -> None:
    payment = the_payment(ground.people, purchase)
    key = str(payment.id)
    history.note(INVOKE, key)
    try:
        with ground.people.runtime.work(ground.people.actor("manager")) as w:
            payments.confirm_transfer(
                w, payment.id, payment.amount, f"示例流水 {payment.reference}"
            )
    except MarketplaceError:
        history.note(FAIL, key)
    else:
        history.note(OK, key)


def settled(ground: Ground) -> Counter[str]:
    asked = select(Payment.id).where(Payment.state == PaymentState.SETTLED)
    with ground.people.runtime.reading() as session:
        return Counter(str(one) for one in session.scalars(asked))
