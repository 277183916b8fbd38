"""A server is killed while people buy, again and again; afterwards everybody's story is compared.

Each shopper writes down what he was told: yes, no, or nothing (the line broke).
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Semaphore

from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.orders.models import Purchase
from tests.databases import Place
from tests.fixtures import PASSWORD, People
from tests.makers.catalog import a_listing
from tests.makers.orders import an_address
from tests.makers.suppliers import an_approved_supplier
from tests.races.nursery import Child, Nursery, a_nursery
from tests.races.shoppers import Shopper, hidden
from tests.races.storm import PATIENCE, all_is_well

KILLS, SHOPPERS = 10, 4
BUYERS = {"employee": "13500000000", "second_employee": "13500000001"}


@dataclass
class Story:
    """What one shopper was told about each key he sent."""

    yes: set[str] = field(default_factory=set)
    no: set[str] = field(default_factory=set)
    unknown: dict[str, dict[str, str]] = field(default_factory=dict)  # key → the form, to retry


def opened(nursery: Nursery) -> tuple[Child, str]:
    server = nursery.child("server")
    port = b""
    while not port.endswith(b"\n"):
        letter = server.said.read(1)
        assert letter, "it ended before it served"
        port += letter
    return server, f"http://127.0.0.1:{int(port)}"


def arriving(site: str, melon: Listing, address: str, login: str) -> tuple[Shopper, dict[str, str]]:
    """Signed in, with a checkout form for one piece before him."""
    shopper = Shopper(site)
    assert shopper.post("/sign-in", on="/sign-in", login=login, password=PASSWORD)[0] == 303
    assert shopper.post(f"/basket/{melon.id}", on=f"/listings/{melon.id}", quantity="1")[0] == 303
    _, page = shopper.ask("/checkout")
    total = str(melon.sale_price.fen)
    return shopper, {**hidden(page), "address": address, "tender": "transfer", "total": total}


def buys_until_the_line_breaks(
    visit: tuple[Shopper, dict[str, str]], melon: Listing, story: Story, told: Semaphore
) -> None:
    """One checkout after the other, each with a key of its own."""
    shopper, form = visit
    while True:
        key = uuid.uuid4().hex
        asked = {**form, "key": key, "lines": f"{melon.id}:1"}
        status, _ = shopper.ask("/checkout", asked)
        if not status:
            story.unknown[key] = asked
            return
        (story.yes if status == 303 else story.no).add(key)
        told.release()


def truth_is(people: People, stories: list[Story]) -> None:
    """Compare what everybody was told with what stands in the database."""
    with people.runtime.reading() as session:
        there = Counter(session.scalars(select(Purchase.key)))
    people.runtime.engine.dispose()
    for story in stories:
        assert {there[key] for key in story.yes} <= {1}, "said yes, and it is gone"
        assert {there[key] for key in story.no} <= {0}, "said no, and it is there"
        assert {there[key] for key in story.unknown} <= {0, 1}
    known = {key for story in stories for key in (*story.yes, *story.unknown)}
    assert there.keys() <= known


def test_what_was_told_is_true_after_ten_kills_of_the_server(
    people: People, place: Place, tmp_path: Path
) -> None:
    """P31, P35: each yes is there once, each no is not there, each that had no answer is there at
    most once, and once after it was sent again."""
    an_approved_supplier(people)
    melon = a_listing(people, stock=9000, freight_included=True)
    homes = {login: str(an_address(people, name).id) for name, login in BUYERS.items()}
    people.runtime.engine.dispose()
    stories = [Story() for _ in range(SHOPPERS)]
    moments, told = random.Random(31), Semaphore(0)  # noqa: S311  # no secret
    # should anything fail, the nursery goes first: without a server the shoppers end
    with ThreadPoolExecutor(SHOPPERS) as threads, a_nursery(place, tmp_path) as nursery:
        server, site = opened(nursery)
        visits = [arriving(site, melon, homes[login], login) for login in [*homes, *homes]]
        for _ in range(KILLS):
            buying = [
                threads.submit(buys_until_the_line_breaks, visit, melon, story, told)
                for visit, story in zip(visits, stories, strict=True)
            ]
            for _answer in range(moments.randrange(2, 8)):
                assert told.acquire(timeout=PATIENCE)
            server.kill()
            for one in buying:
                one.result(PATIENCE)
            server, site = opened(nursery)
            for shopper, _form in visits:
                shopper.site = site
        truth_is(people, stories)
        for (shopper, _form), story in zip(visits, stories, strict=True):
            shopper.site = site
            for key, form in story.unknown.items():
                assert [shopper.ask("/checkout", form)[0] for _ in range(2)] == [303, 303]
                story.yes.add(key)
            server.kill()  # which also forgets that this address has sent much of late
            server, site = opened(nursery)
        server.kill()
    assert all(len(story.unknown) == KILLS for story in stories)
    truth_is(people, stories)
    all_is_well(people)
