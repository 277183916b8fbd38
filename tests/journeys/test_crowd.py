"""Thirty-two people want ten pieces at the same moment, each over a connection of their own."""

from __future__ import annotations

import re
import threading
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from typing import IO
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from marketplace.accounts import service as accounts
from marketplace.catalog.models import Listing
from marketplace.commands.verifying import check_all
from marketplace.kernel.actor import Role
from marketplace.orders.models import Order
from marketplace.orders.service import NewAddress, add_address
from tests.fixtures import PASSWORD, People
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier

BUYERS, PIECES = 32, 10
HIDDEN = re.compile(r'<input[^>]*name="(\w+)"[^>]*type="hidden"[^>]*value="([^"]*)"')


class Staying(urllib.request.HTTPRedirectHandler):
    """Redirects are answers to look at."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str,
        headers: HTTPMessage, newurl: str,
    ) -> None:  # fmt: skip
        return None


class Buyer:
    """One person with a browser's cookies and nothing else."""

    def __init__(self, site: str) -> None:
        self.site = site
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies, Staying())

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        data = urlencode(fields).encode() if fields is not None else None
        try:
            with self.opener.open(self.site + path, data, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()

    def post(self, path: str, *, on: str, **fields: str) -> tuple[int, str]:
        """As the form on the page `on` would, with its hidden fields."""
        _, page = self.ask(on)
        return self.ask(path, {**dict(HIDDEN.findall(page)), **fields})


def a_buyer(people: People, site: str, place: int) -> tuple[Buyer, str]:
    """A signed-in employee with an address; answers the address's id too."""
    (grant,) = people.actor("employee").grants
    mobile = f"1390000{place:04d}"
    with people.runtime.work() as w:
        person = accounts.add_person(w, f"示例职工{place}", PASSWORD, mobile=mobile)
        accounts.grant(w, person.id, grant.organisation_id, Role.EMPLOYEE)
    people.ids[mobile] = str(person.id)
    with people.runtime.work(people.actor(mobile)) as w:
        address = add_address(w, NewAddress("示例收件人", mobile, "653129", "示例路 1 号"))
    buyer = Buyer(site)
    status, _ = buyer.post("/sign-in", on="/sign-in", login=mobile, password=PASSWORD)
    assert status == 303
    return buyer, str(address.id)


@pytest.mark.both_databases  # each buyer has a connection of their own
def test_ten_get_a_piece_and_the_others_are_told_so(people: People, site: str) -> None:
    an_approved_supplier(people)
    melon = a_listing(people, stock=PIECES)
    crowd = []
    for place in range(BUYERS):
        buyer, address = a_buyer(people, site, place)
        here = f"/listings/{melon.id}"
        assert buyer.post(f"/basket/{melon.id}", on=here, quantity="1")[0] == 303
        _, page = buyer.ask("/checkout")
        form = {
            **dict(HIDDEN.findall(page)),
            "address": address,
            "tender": "transfer",
            "no_return": "y",
        }
        crowd.append((buyer, form))
    together = threading.Barrier(BUYERS)

    def buy(one: tuple[Buyer, dict[str, str]]) -> tuple[int, str]:
        together.wait(timeout=60)
        return one[0].ask("/checkout", one[1])

    with ThreadPoolExecutor(BUYERS) as pool:
        answers = list(pool.map(buy, crowd))
    assert Counter(status for status, _ in answers) == {303: PIECES, 409: BUYERS - PIECES}
    assert all("只剩 0 件" in page for status, page in answers if status == 409)
    with people.runtime.reading() as session:
        left = session.get_one(Listing, melon.id)
        assert (left.available, left.reserved, left.sold) == (0, PIECES, 0)
        assert session.scalar(select(func.count()).select_from(Order)) == PIECES
        outcome = check_all(session, people.runtime.clock.now())
    assert [fault for faults in outcome.values() for fault in faults] == []
