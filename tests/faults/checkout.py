"""Scene: the server is killed while people check out, again and again."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Semaphore

from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.orders.models import Purchase
from tests.faults.ground import Ground
from tests.faults.history import FAIL, INVOKE, OK, History, Verdict
from tests.fixtures import PASSWORD
from tests.makers.catalog import a_listing
from tests.makers.orders import an_address
from tests.makers.suppliers import an_approved_supplier
from tests.races.nursery import Child, Nursery, a_nursery
from tests.races.shoppers import Shopper, hidden
from tests.races.storm import PATIENCE, all_is_well

SHOPPERS = 4
BUYERS = {"employee": "13500000000", "second_employee": "13500000001"}
SENT_AGAIN = 20  # until another server is taken, which has not counted how much this address sends


@dataclass
class Visit:
    """One browser of a person, with a checkout form for one piece before him."""

    login: str
    shopper: Shopper
    form: dict[str, str]


def opened(nursery: Nursery, verb: str = "server", given: object = 0) -> tuple[Child, str]:
    """A server that serves already, and its address."""
    server = nursery.child(verb, given)
    port = b""
    while not port.endswith(b"\n"):
        letter = server.said.read(1)
        assert letter, "it ended before it served"
        port += letter
    return server, f"http://127.0.0.1:{int(port)}"


def arriving(site: str, melon: Listing, address: str, login: str) -> Visit:
    """Signed in, with the piece in the basket."""
    shopper = Shopper(site)
    assert shopper.post("/sign-in", on="/sign-in", login=login, password=PASSWORD)[0] == 303
    assert shopper.post(f"/basket/{melon.id}", on=f"/listings/{melon.id}", quantity="1")[0] == 303
    _, page = shopper.ask("/checkout")
    total = str(melon.sale_price.fen)
    told = {
        **hidden(page),
        "address": address,
        "tender": "transfer",
        "no_return": "y",
        "total": total,
    }
    return Visit(login, shopper, {**told, "lines": f"{melon.id}:1"})


def buys_until_the_line_breaks(visit: Visit, history: History, told: Semaphore) -> None:
    """One checkout after the other, each with a key of its own."""
    while sent(visit, history, uuid.uuid4().hex):
        told.release()


def sent(visit: Visit, history: History, key: str) -> int:
    """The status of one checkout; 0 when nobody answered."""
    history.note(INVOKE, key, visit.login)
    status, _ = visit.shopper.ask("/checkout", {**visit.form, "key": key})
    if status:
        history.note(OK if status == 303 else FAIL, key, visit.login)
    return status


def there(ground: Ground) -> Counter[str]:
    with ground.people.runtime.reading() as session:
        found = Counter(session.scalars(select(Purchase.key)))
    ground.leave()
    return found


def killed(ground: Ground, kills: int) -> Verdict:
    """P31: what was told is true after each kill, and a key that was sent again is one purchase."""
    people = ground.people
    an_approved_supplier(people)
    melon = a_listing(people, stock=9000, freight_included=True)
    homes = {login: str(an_address(people, name).id) for name, login in BUYERS.items()}
    ground.leave()
    history, moments, told = ground.history("checkout"), random.Random(31), Semaphore(0)  # noqa: S311  # no secret
    # should anything fail, the nursery goes first: without a server the shoppers end
    with ThreadPoolExecutor(SHOPPERS) as threads, a_nursery(ground.place, ground.folder) as nursery:
        server, site = opened(nursery)
        visits = [arriving(site, melon, homes[login], login) for login in [*homes, *homes]]
        for _ in range(kills):
            buying = [
                threads.submit(buys_until_the_line_breaks, visit, history, told) for visit in visits
            ]
            for _answer in range(moments.randrange(2, 8)):
                assert told.acquire(timeout=PATIENCE)
            server.kill()
            for one in buying:
                one.result(PATIENCE)
            server, site = opened(nursery)
            move(visits, site)
        verdict = history.compared(there(ground))
        assert verdict.unknown == kills * SHOPPERS, verdict
        waiting = list(history.unknown().items())
        for begin in range(0, len(waiting), SENT_AGAIN):
            send_again(visits, history, waiting[begin : begin + SENT_AGAIN])
            server.kill()
            server, site = opened(nursery)
            move(visits, site)
        server.kill()
    after = history.compared(there(ground))
    assert after.is_well, after
    assert not after.unknown, after
    all_is_well(people)
    return verdict


def move(visits: list[Visit], site: str) -> None:
    for visit in visits:
        visit.shopper.site = site


def send_again(visits: list[Visit], history: History, keys: list[tuple[str, str]]) -> None:
    """Twice each, by the same person: the key finds what it bought, or buys it."""
    by_login = {visit.login: visit for visit in visits}
    for key, login in keys:
        assert [sent(by_login[login], history, key) for _ in range(2)] == [303, 303]
