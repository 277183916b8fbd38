"""A sign-in: how it begins, how long it lasts, and how it is guessed at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from marketplace.accounts import queries, rules, service
from marketplace.accounts.models import SignIn, Tally
from marketplace.accounts.queries import BadSignIn
from marketplace.accounts.service import TooManyTries
from marketplace.kernel.clock import SetClock
from marketplace.work.models import TrailEntry
from tests.fixtures import PASSWORD, People

VICTIM = "13500000000"
OFFICE, THIEF = "203.0.113.7", "198.51.100.9"


@pytest.mark.parametrize("login", [VICTIM, " 135 0000 0000 ", "e0000", "E0000"])
def test_either_number_opens_however_it_is_typed(people: People, login: str) -> None:
    with people.runtime.work() as w:
        person, _ = service.sign_in(w, login, PASSWORD)
    assert str(person.id) == people.ids["employee"]


@pytest.mark.parametrize(
    ("login", "password"),
    [(VICTIM, "wrong-password"), ("13999999999", PASSWORD), ("", ""), (VICTIM, "x" * 5000)],
)
def test_unknown_and_wrong_are_the_same_refusal(people: People, login: str, password: str) -> None:
    with pytest.raises(BadSignIn) as refusal, people.runtime.work() as w:
        service.sign_in(w, login, password)
    assert refusal.value.data == {}


def test_whoever_left_is_refused_like_a_stranger(people: People) -> None:
    with people.runtime.work() as w:
        service.leave(w, UUID(people.ids["employee"]))
    with pytest.raises(BadSignIn), people.runtime.work() as w:
        service.sign_in(w, VICTIM, PASSWORD)


def test_the_secret_itself_is_kept_nowhere(people: People) -> None:
    secret = _signed_in(people)
    with people.runtime.reading() as session:
        kept = session.query(SignIn).one()
        told = [str(entry.data) for entry in session.query(TrailEntry).filter_by(verb="sign_in")]
    assert kept.secret_hash == rules.digest(secret)
    assert len(told) == 1
    assert secret not in told[0]
    assert rules.digest(secret) not in told[0]


def test_it_lasts_while_it_is_used_but_not_past_twelve_hours(
    people: People, clock: SetClock
) -> None:
    secret = _signed_in(people)
    for _ in range(24):
        assert _seen(people, secret) == people.ids["employee"]
        with people.runtime.work() as w:
            found = queries.open_sign_in(w.session, secret, w.now)
            assert found is not None
            service.keep_awake(w, found.id)
        clock.advance(minutes=30, seconds=-0.001)
    clock.advance(seconds=0.024)
    assert _seen(people, secret) is None


def test_it_ends_after_half_an_hour_unused(people: People, clock: SetClock) -> None:
    secret = _signed_in(people)
    clock.advance(minutes=29, seconds=59)
    assert _seen(people, secret) == people.ids["employee"]
    clock.advance(seconds=1)
    assert _seen(people, secret) is None


def test_a_sign_in_that_ended_cannot_be_kept_awake(people: People) -> None:
    secret = _signed_in(people)
    with people.runtime.work() as w:
        found = queries.open_sign_in(w.session, secret, w.now)
        assert found is not None
        service.sign_out(w, secret)
        service.keep_awake(w, found.id)
    assert _seen(people, secret) is None


def test_leaving_ends_every_sign_in(people: People) -> None:
    first, second = _signed_in(people), _signed_in(people)
    with people.runtime.work() as w:
        service.leave(w, UUID(people.ids["employee"]))
    assert _seen(people, first) is None
    assert _seen(people, second) is None


def test_signing_out_twice_is_told_once(people: People) -> None:
    secret = _signed_in(people)
    for _ in range(2):
        with people.runtime.work() as w:
            service.sign_out(w, secret)
    with people.runtime.reading() as session:
        assert session.query(TrailEntry).filter_by(verb="sign_out").count() == 1


def test_the_eleventh_try_from_one_place_must_wait_and_is_told_how_long(
    people: People, clock: SetClock
) -> None:
    _guess(people, rules.SIGN_IN_HERE.most, THIEF)
    clock.advance(minutes=4)
    with pytest.raises(TooManyTries) as refusal:
        _guess(people, 1, THIEF)
    assert refusal.value.data == {"minutes": 6}
    clock.advance(minutes=6)
    _guess(people, 1, THIEF)


def test_a_guesser_does_not_lock_the_owner_out_elsewhere(people: People) -> None:
    _guess(people, rules.SIGN_IN_HERE.most, THIEF)
    _guess(people, 1, OFFICE)


def test_whoever_signs_in_rightly_starts_counting_anew(people: People) -> None:
    _guess(people, rules.SIGN_IN_HERE.most - 1, OFFICE)
    with people.runtime.work() as w:
        service.forgive(w, VICTIM, OFFICE)
    _guess(people, rules.SIGN_IN_HERE.most, OFFICE)


def test_one_place_cannot_try_one_password_on_everybody(people: People) -> None:
    for number in range(rules.SIGN_IN_PLACE.most):
        _guess(people, 1, THIEF, login=f"E{number:05d}")
    with pytest.raises(TooManyTries):
        _guess(people, 1, THIEF, login="E99999")
    _guess(people, 1, OFFICE, login="E99999")


def test_a_success_with_one_account_forgives_no_other(people: People) -> None:
    _guess(people, rules.SIGN_IN_HERE.most, THIEF)
    with people.runtime.work() as w:
        service.forgive(w, "E0001", THIEF)
    with pytest.raises(TooManyTries):
        _guess(people, 1, THIEF)


def test_an_ipv6_customer_is_one_place_with_all_addresses(people: People) -> None:
    for host in range(rules.SIGN_IN_HERE.most):
        _guess(people, 1, f"2001:db8:1:2::{host + 1:x}")
    with pytest.raises(TooManyTries):
        _guess(people, 1, "2001:db8:1:2:ffff::1")
    _guess(people, 1, "2001:db8:1:3::1")


def test_of_twenty_simultaneous_guesses_ten_are_looked_at(people: People) -> None:
    def guessed(_: int) -> bool:
        try:
            _guess(people, 1, THIEF)
        except TooManyTries:
            return False
        return True

    with ThreadPoolExecutor(max_workers=20) as pool:
        assert sum(pool.map(guessed, range(20))) == rules.SIGN_IN_HERE.most


def test_of_a_tried_login_only_a_hash_is_kept_and_not_for_long(
    people: People, clock: SetClock
) -> None:
    _guess(people, 1, OFFICE, login="my-secret-password")
    with people.runtime.reading() as session:
        assert all("secret" not in tally.subject for tally in session.query(Tally))
        before = {tally.subject for tally in session.query(Tally)}
    clock.advance(days=1)
    _guess(people, 1, THIEF)
    with people.runtime.reading() as session:
        left = {tally.subject for tally in session.query(Tally)} & before
    assert left == {rules.digest("all")}  # the total, which was counted anew


def _signed_in(people: People) -> str:
    with people.runtime.work() as w:
        return service.sign_in(w, VICTIM, PASSWORD)[1]


def _seen(people: People, secret: str) -> str | None:
    with people.runtime.reading() as session:
        return queries.seen(session, secret, people.runtime.clock.now())


def _guess(people: People, times: int, address: str, *, login: str = VICTIM) -> None:
    for _ in range(times):
        with people.runtime.work() as w:
            service.count_try(w, login, address)
