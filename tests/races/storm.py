"""Doing many things at the same moment, and looking afterwards whether everything adds up."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, exists, func, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Reservation
from marketplace.commands.verifying import check_all
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Busy, MarketplaceError
from marketplace.orders.models import Order, OrderLine, Purchase
from marketplace.payments.models import Payment, PaymentCause
from marketplace.work import Runtime
from tests.fixtures import People

PATIENCE = 60  # seconds until a race that hangs is a fault
DONE = "done"


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Begin all calls together, each in a thread of its own; answers "done" for each that came
    through and the code of each that was refused. Anything else fails the test."""
    line = threading.Barrier(len(calls))

    def begin(call: Callable[[], object]) -> str:
        line.wait(PATIENCE)
        try:
            call()
        except Busy as fault:
            raise AssertionError("nobody is to be sent away: units are done again") from fault
        except MarketplaceError as refused:
            return refused.code
        return DONE

    with ThreadPoolExecutor(len(calls)) as threads:
        begun = [threads.submit(begin, call) for call in calls]
        return [one.result(PATIENCE) for one in begun]


def in_any_order(calls: Sequence[Callable[[], object]], seed: int) -> list[str]:
    """All at once, the threads begun in another order for each seed."""
    return at_once(*random.Random(seed).sample(calls, len(calls)))  # noqa: S311  # no secret


def tally(outcomes: Sequence[str]) -> dict[str, int]:
    return dict(Counter(outcomes))


def doing(
    people: People, actor: Actor, verb: Callable[..., object], *args: object
) -> Callable[[], object]:
    """One verb as a request does it: in a unit of work that is done again when it meets another."""

    def once() -> object:
        with people.runtime.work(actor) as w:
            return verb(w, *args)

    return lambda: people.runtime.again(once)


@contextmanager
def just_before(runtime: Runtime, words: str, other: Callable[[], object]) -> Iterator[None]:
    """Let `other` happen wholly, once, when the next statement with these words is about to run."""
    waiting = [other]

    def look(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if waiting and words in statement:
            waiting.pop()()

    event.listen(runtime.engine, "before_cursor_execute", look)
    try:
        yield
        assert not waiting, f"no statement said {words!r}"
    finally:
        event.remove(runtime.engine, "before_cursor_execute", look)


def a_crowd(people: People, count: int) -> list[Actor]:
    """So many employees of the group, known to a host by numbers of its own."""
    grants = people.actor("employee").grants
    return [Actor(f"host-{place}", f"示例职工{place}", grants) for place in range(count)]


def all_is_well(people: People) -> None:
    """Everything that `marketplace verify` looks at, and no half order anywhere."""
    with people.runtime.reading() as session:
        outcome = check_all(session, people.runtime.clock.now())
        assert [fault for faults in outcome.values() for fault in faults] == []
        assert list(_halves(session)) == []


def _halves(session: Session) -> list[str]:
    """Orders without lines, reservations or payment, and the other way round."""
    lines = exists().where(OrderLine.order_id == Order.id)
    orders = exists().where(Order.purchase_id == Purchase.id)
    paid_for = exists().where(Payment.purchase_id == Purchase.id)
    bought = exists().where(Purchase.id == Payment.purchase_id)
    is_one = Payment.cause == PaymentCause.PURCHASE
    kept = exists().where(OrderLine.reservation_id == Reservation.id)
    asked = {
        "orders without a line": select(func.count(Order.id)).where(~lines),
        "purchases without an order": select(func.count(Purchase.id)).where(~orders),
        "purchases without a payment": select(func.count(Purchase.id)).where(~paid_for),
        "payments without a purchase": select(func.count(Payment.id)).where(is_one, ~bought),
        "reservations without a line": select(func.count(Reservation.id)).where(~kept),
    }
    counted = {name: session.scalar(question) for name, question in asked.items()}
    return [f"{count} {name}" for name, count in counted.items() if count]
