"""Counting tries: exact when many come at once, and never a lock on the owner for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from marketplace.accounts import queries, rules, service
from marketplace.accounts.models import Tally
from marketplace.accounts.rules import Limit, browser_of
from marketplace.accounts.service import Browser, TooManyTries
from marketplace.accounts.service.counting import count_guess
from marketplace.kernel.clock import SetClock
from tests.fixtures import People

VICTIM, OFFICE = "13500000000", "203.0.113.7"
THREE = Limit("three", 3, timedelta(minutes=10))


def counted(people: People, limit: Limit = THREE, subject: str = "x") -> bool:
    try:
        with people.runtime.work() as w:
            service.count(w, limit, subject)
    except TooManyTries:
        return False
    return True


def test_the_window_begins_with_the_first_try(people: People, clock: SetClock) -> None:
    assert [counted(people) for _ in range(4)] == [True, True, True, False]
    clock.advance(minutes=9, seconds=59)
    assert not counted(people)
    clock.advance(seconds=1)
    assert [counted(people) for _ in range(4)] == [True, True, True, False]


def test_what_was_refused_was_not_counted(people: People) -> None:
    for _ in range(9):
        counted(people)
    with people.runtime.reading() as session:
        assert session.query(Tally).one().count == 3


def test_subjects_and_limits_are_counted_apart(people: People) -> None:
    other = Limit("other", 1, timedelta(minutes=10))
    assert [counted(people) for _ in range(4)][-1] is False
    assert counted(people, subject="y")
    assert counted(people, other)
    assert not counted(people, other)


@pytest.mark.parametrize("round_", range(3))
def test_of_sixteen_at_once_exactly_three_pass(people: People, round_: int) -> None:
    """P22: also when the very first try is made sixteen times at once."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        passed = list(pool.map(lambda _: counted(people, subject=f"race {round_}"), range(16)))
    assert sum(passed) == 3


def test_many_places_together_are_stopped_and_the_owners_office_is_not(people: People) -> None:
    """P22: a crowd of machines guesses one account; its owner notices nothing."""
    with people.runtime.work() as w:
        service.admit(w, UUID(people.ids["employee"]), Browser(OFFICE, ""))
    for place in range(rules.SIGN_IN_ACCOUNT.most):
        with people.runtime.work() as w:
            service.count_try(w, VICTIM, f"198.51.{place // 200}.{place % 200}")
    assert refused_everywhere(people, VICTIM) == "too_many_tries_elsewhere"


def test_the_total_stops_strangers_and_nobody_at_home(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P22: in total, too; smaller here than in earnest, to be reached."""
    monkeypatch.setattr(rules, "SIGN_IN_TOTAL", Limit("sign_in_total", 5, timedelta(minutes=10)))
    with people.runtime.work() as w:
        service.admit(w, UUID(people.ids["employee"]), Browser(OFFICE, ""))
    for number in range(5):
        with people.runtime.work() as w:
            service.count_try(w, f"E{number:05d}", f"198.51.100.{number}")
    assert refused_everywhere(people, "E99999") == "too_many_tries_elsewhere"


def test_one_place_guesses_only_so_many_codes_and_all_together_so_many(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P22: smaller here than in earnest, to be reached."""
    monkeypatch.setattr(rules, "GUESS_PLACE", Limit("guess_place", 3, timedelta(hours=1)))
    monkeypatch.setattr(rules, "GUESS_TOTAL", Limit("guess_total", 5, timedelta(hours=1)))
    with people.runtime.work() as w:
        for _ in range(3):
            count_guess(w, "198.51.100.1")
        with pytest.raises(TooManyTries):
            count_guess(w, "198.51.100.1")
        for number in (2, 3):
            count_guess(w, f"198.51.100.{number}")
        with pytest.raises(TooManyTries):
            count_guess(w, "198.51.100.4")


def test_half_a_sign_in_makes_no_place_known(people: People) -> None:
    """Whoever has only the password does not become the owner's own place."""
    with people.runtime.work() as w:
        service.admit(w, UUID(people.ids["employee"]), Browser(OFFICE, ""), half=True)
        assert not queries.knows_place(w.session, VICTIM, OFFICE, w.now)


def test_a_place_is_forgotten_after_ninety_days(people: People, clock: SetClock) -> None:
    with people.runtime.work() as w:
        service.admit(w, UUID(people.ids["employee"]), Browser(OFFICE, ""))
        assert queries.knows_place(w.session, VICTIM, OFFICE, w.now)
    clock.advance(days=90)
    with people.runtime.reading() as session:
        assert not queries.knows_place(session, VICTIM, OFFICE, clock.now())


def refused_everywhere(people: People, login: str) -> str:
    """At the owner's office as in a new place: who is at home is asked after the password."""
    found = set()
    for place in ("192.0.2.1", OFFICE):
        with people.runtime.work() as w:
            wide = service.count_try(w, login, place)
        found.add(wide.code if wide else "")
    (code,) = found
    return code


WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("says", "is_"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/130 Safari/537.36", "Chrome · Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/130 Edg/130", "Edge · Windows"),
        (f"Mozilla/5.0 (iPhone; like Mac OS X) {WEBKIT} MicroMessenger/8.0", "WeChat · iPhone"),
        (f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} Chrome/130 Mobile", "Chrome · Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko Firefox/130.0", "Firefox · Linux"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_browser_has_the_name_that_its_owner_knows(says: str, is_: str) -> None:
    assert browser_of(says) == is_
