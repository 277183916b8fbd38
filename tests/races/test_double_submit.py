"""One checkout form, sent twenty times at the same moment, is one purchase."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from marketplace.catalog.models import Listing
from marketplace.orders import service
from marketplace.orders.models import Order, Purchase
from marketplace.payments.models import Payment
from tests.browsing import serving
from tests.fixtures import PASSWORD, People
from tests.makers.catalog import a_listing
from tests.makers.orders import a_placement, an_address
from tests.makers.suppliers import an_approved_supplier
from tests.races.shoppers import Shopper, hidden
from tests.races.storm import PATIENCE, all_is_well, at_once, doing, tally

TIMES = 20


def is_one_purchase(people: People, melon: Listing, *, pieces: int) -> None:
    with people.runtime.reading() as session:
        for kind in (Purchase, Order, Payment):
            assert session.scalar(select(func.count(kind.id))) == 1
        assert session.get_one(Listing, melon.id).reserved == pieces
    all_is_well(people)


def test_a_form_sent_twenty_times_over_http_is_one_purchase(app: Flask, people: People) -> None:
    """P31, P35: each of the twenty is led to the same purchase."""
    an_approved_supplier(people)
    melon = a_listing(people)
    home = an_address(people)
    with serving(app) as site:
        shopper = Shopper(site)
        login = {"login": "13500000000", "password": PASSWORD}
        assert shopper.post("/sign-in", on="/sign-in", **login)[0] == 303
        assert (
            shopper.post(f"/basket/{melon.id}", on=f"/listings/{melon.id}", quantity="2")[0] == 303
        )
        _, page = shopper.ask("/checkout")
        form = {**hidden(page), "address": str(home.id), "tender": "transfer", "no_return": "y"}
        line = Barrier(TIMES)

        def press(_n: int) -> int:
            line.wait(PATIENCE)
            return shopper.ask("/checkout", form)[0]

        with ThreadPoolExecutor(TIMES) as threads:
            assert Counter(threads.map(press, range(TIMES))) == {303: TIMES}
        back = {**form, "total": str(int(form["total"]) + 1)}  # the back button, another total
        assert shopper.ask("/checkout", back)[0] == 409
    is_one_purchase(people, melon, pieces=2)


def test_one_key_through_the_services_is_one_purchase(people: People) -> None:
    """P31, P35: the same key and body give the same purchase, another body is refused."""
    an_approved_supplier(people)
    melon = a_listing(people)
    wanted = a_placement(an_address(people), melon)
    other = a_placement(an_address(people), melon, key=wanted.key, lines=((melon.id, 3),))
    buyer = people.actor("employee")
    presses = [doing(people, buyer, service.place, wanted)] * TIMES
    assert tally(at_once(*presses)) == {"done": TIMES}
    presses = [doing(people, buyer, service.place, other)] * TIMES
    assert tally(at_once(*presses)) == {"key_reused": TIMES}
    is_one_purchase(people, melon, pieces=2)


def test_two_bodies_that_race_for_one_key_are_one_purchase(people: People) -> None:
    """P31: whichever came first is bought; the other is told that its key is taken."""
    an_approved_supplier(people)
    melon = a_listing(people)
    home, key = an_address(people), "k" * 12
    buyer = people.actor("employee")
    two, three = (
        doing(people, buyer, service.place,
              a_placement(home, melon, key=key, lines=((melon.id, pieces),)))
        for pieces in (2, 3)
    )  # fmt: skip
    outcomes = at_once(*[two, three] * 8)
    assert tally(outcomes) == {"done": 8, "key_reused": 8}
    is_one_purchase(people, melon, pieces=2 if outcomes[0] == "done" else 3)
