"""Scenes: the server is killed while the card gateway tells what was paid; the gateway is dead,
slow, or loses its answer."""

from __future__ import annotations

import http.client
import random
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Semaphore

from sqlalchemy import select

from marketplace.adapters.stripe_card import StripeCard
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import MarketplaceError
from marketplace.ledger.models import JournalTransaction
from marketplace.orders.models import Purchase
from marketplace.payments import service
from marketplace.payments.models import GatewayNotice, Payment, Tender
from marketplace.payments.states import PaymentState
from marketplace.ports.payments import GatewayDown
from tests.faults.checkout import opened
from tests.faults.ground import Ground
from tests.faults.history import FAIL, INVOKE, OK, History, Verdict
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, the_payment
from tests.makers.suppliers import an_approved_supplier
from tests.payments.gateway import stripe_settings
from tests.payments.standin import Standin, answering
from tests.races.nursery import a_nursery
from tests.races.storm import PATIENCE, all_is_well

TELLERS = 4
PAID = "checkout.session.completed"


@contextmanager
def paying_by(ground: Ground, *, timeout: int = 5) -> Iterator[Standin]:
    """The shop of this ground pays by a Stripe of its own."""
    runtime = ground.people.runtime
    standin = Standin(now=runtime.clock.now)
    with answering(standin) as origin:
        config = stripe_settings(origin, stripe_timeout_seconds=timeout)
        before = runtime.tools
        named = replace(before.config, public_url=config.public_url)
        runtime.tools = replace(before, card=StripeCard(config), config=named)
        try:
            yield standin
        finally:
            runtime.tools = before


def sales(ground: Ground, count: int) -> list[Purchase]:
    """So many by card, placed and not paid."""
    an_approved_supplier(ground.people)
    melon = a_listing(ground.people, stock=9000, freight_included=True)
    return [a_purchase(ground.people, melon, tender=Tender.CARD) for _ in range(count)]


def begun(ground: Ground, purchase: Purchase) -> str:
    """The buyer is sent to the gateway; answers the number of the page. Raises GatewayDown."""
    payment = the_payment(ground.people, purchase)
    payer = Actor(purchase.buyer_id, "")
    address = service.pay(ground.people.runtime, payer, payment.id, back="https://shop.example/")
    return address.rpartition("/")[2]


def events(ground: Ground, standin: Standin, count: int) -> dict[str, bytes]:
    """So many paid pages, and what the gateway tells of each: twice, as two events."""
    told = {}
    for place, purchase in enumerate(sales(ground, count)):
        page = begun(ground, purchase)
        standin.pay(page)
        for again in ("a", "b"):
            number = f"evt_{place:06d}{again}"
            told[number] = standin.event(PAID, page, number)
    return told


def post(site: str, body: bytes, headers: dict[str, str]) -> int:
    """Its status; 0 when the line broke."""
    asked = urllib.request.Request(f"{site}/payments/gateway", body, headers)  # noqa: S310  # ours
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310  # ours
            return int(answer.status)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code
    except (OSError, http.client.HTTPException):
        return 0


def tell(site: str, standin: Standin, history: History, number: str, body: bytes) -> int:
    history.note(INVOKE, number)
    status = post(site, body, standin.signed(body))
    if status:
        history.note(OK if status == 204 else FAIL, number)
    return status


def killed(ground: Ground, kills: int) -> Verdict:
    """P6, P31: an event that was answered counts, one that was not is sent again; each once."""
    history, moments, told = ground.history("events"), random.Random(6), Semaphore(0)  # noqa: S311  # no secret
    with (
        paying_by(ground) as standin,
        ThreadPoolExecutor(TELLERS) as threads,
        a_nursery(ground.place, ground.folder) as nursery,
    ):
        said = events(ground, standin, kills * 6)
        waiting = list(said)
        moments.shuffle(waiting)
        ground.leave()

        def go_on(site: str) -> None:
            while waiting and tell(site, standin, history, number := waiting.pop(), said[number]):
                told.release()

        for _ in range(kills):
            server, site = opened(nursery, "shop", standin.origin)
            telling = [threads.submit(go_on, site) for _ in range(TELLERS)]
            for _answer in range(moments.randrange(1, 6)):
                assert told.acquire(timeout=PATIENCE)
            server.kill()
            for one in telling:
                one.result(PATIENCE)
        verdict = history.compared(known(ground))
        server, site = opened(nursery, "shop", standin.origin)
        ended = history.ended()
        for number in said:  # as the gateway does, until it is answered; what was known, once more
            if ended.get(number) != OK or number.endswith("b"):
                assert tell(site, standin, history, number, said[number]) == 204
        server.kill()
    after = history.compared(known(ground))
    assert after.is_well, after
    assert (after.ok, after.tried) == (len(said), len(said)), after
    assert booked(ground) == len(said) // 2
    all_is_well(ground.people)
    return verdict


def known(ground: Ground) -> Counter[str]:
    """The events that had their effect."""
    with ground.people.runtime.reading() as session:
        found = Counter(session.scalars(select(GatewayNotice.id)))
    ground.leave()
    return found


def booked(ground: Ground) -> int:
    """How many payments stand in the books; each has a key of its own."""
    settled = select(JournalTransaction.id).where(JournalTransaction.event == "settled")
    with ground.people.runtime.reading() as session:
        return len(session.scalars(settled).all())


def troubled(ground: Ground, times: int) -> Verdict:
    """P7: the gateway is dead, slower than we wait, or its answer is lost, when the page is opened;
    after reconciliation there is no charge without an order, and no order without a charge."""
    history = ground.history("charges")
    with paying_by(ground, timeout=1) as standin:
        since = ground.people.runtime.clock.now()
        purchases = sales(ground, times)
        for place, purchase in enumerate(purchases):
            faults = standin.faults
            faults.dead, faults.slow = place % 3 == 0, 2 if place % 3 == 1 else 0
            faults.lose_answer = 1 if place % 3 == 2 else 0
            open_page(ground, purchase, history)
            faults.dead, faults.slow, faults.lose_answer = False, 0, 0
        for session in standin.sessions.values():  # whoever was sent there all the same, pays
            standin.pay(session["id"])
        service.reconcile(ground.people.runtime, since)
        charges = {one["client_reference_id"] for one in standin.sessions.values()}
        verdict = history.compared(settled(ground))
        assert verdict.survived == len(charges), (verdict, charges)
        for purchase in purchases:  # the others are sent there now
            if the_payment(ground.people, purchase).state is PaymentState.AWAITING:
                standin.pay(begun(ground, purchase))
        service.reconcile(ground.people.runtime, since)
        assert len(standin.intents) == times
    after = settled(ground)
    assert (len(after), set(after.values())) == (times, {1})
    all_is_well(ground.people)
    return verdict


def open_page(ground: Ground, purchase: Purchase, history: History) -> None:
    key = str(the_payment(ground.people, purchase).id)
    history.note(INVOKE, key)
    try:
        begun(ground, purchase)
    except GatewayDown:
        return  # neither yes nor no
    except MarketplaceError:
        history.note(FAIL, key)
    else:
        history.note(OK, key)


def settled(ground: Ground) -> Counter[str]:
    asked = select(Payment.id).where(Payment.state == PaymentState.SETTLED)
    with ground.people.runtime.reading() as session:
        return Counter(str(one) for one in session.scalars(asked))
