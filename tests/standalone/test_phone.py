"""Signing in by SMS: for whoever has no more than a phone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from marketplace.accounts import rules, service
from marketplace.accounts.models import OneTimeCode, Tally
from marketplace.accounts.rules import Limit
from marketplace.accounts.states import CodePurpose
from marketplace.kernel.clock import SetClock
from tests.fixtures import PASSWORD, People, post
from tests.makers.doors import (
    EMPLOYEE,
    OFFICE,
    REVIEWER,
    THIEF,
    at,
    digits,
    is_in,
    message,
    note,
)

SUPPLIER = "13500000009"


def test_a_supplier_with_nothing_but_a_phone_comes_in(app: Flask, people: People) -> None:
    client = app.test_client()
    asked = post(client, "/sign-in/phone", mobile="135 0000 0009", next="/suppliers/mine")
    assert asked.headers["Location"] == "/sign-in/phone/code"
    done = post(client, "/sign-in/phone/code", code=digits(people.runtime, SUPPLIER))
    assert done.headers["Location"] == "/suppliers/mine"
    assert is_in(client)


def test_in_the_demonstration_the_page_shows_the_message_once_it_is_there(
    app: Flask, people: People
) -> None:
    client = app.test_client()
    post(client, "/sign-in/phone", mobile=SUPPLIER)
    waiting = client.get("/sign-in/phone/code").text
    assert 'data-hx-get="/sign-in/message"' in waiting
    sent = message(people.runtime, SUPPLIER)
    assert sent
    assert sent in client.get("/sign-in/phone/code").text
    part = client.get("/sign-in/message").text
    assert sent in part
    assert "data-hx-get" not in part
    post(client, "/sign-in/phone", mobile=SUPPLIER)  # another one is on its way
    assert sent not in client.get("/sign-in/phone/code").text


def test_in_earnest_no_page_shows_a_message(shop: Flask, people: People) -> None:
    client = shop.test_client()
    post(client, "/sign-in/phone", mobile=SUPPLIER)
    sent = message(people.runtime, SUPPLIER)
    code = digits(people.runtime, SUPPLIER)
    for path in ("/sign-in/phone/code", "/sign-in/message"):
        page = client.get(path).text
        assert sent not in page
        assert code not in page


def test_a_code_works_once(app: Flask, people: People) -> None:
    client = app.test_client()
    post(client, "/sign-in/phone", mobile=EMPLOYEE)
    code = digits(people.runtime, EMPLOYEE)
    cookie = client.get_cookie("mp_session")
    assert cookie is not None
    assert post(client, "/sign-in/phone/code", code=code).status_code == 303
    again = app.test_client()
    again.set_cookie("mp_session", cookie.value)
    assert post(again, "/sign-in/phone/code", code=code).status_code == 422
    assert not is_in(again)


def test_the_digits_alone_open_nothing_in_another_browser(app: Flask, people: People) -> None:
    """Whoever reads the message over the shoulder lacks the ticket of the browser that asked."""
    client, thief = app.test_client(), app.test_client()
    post(client, "/sign-in/phone", mobile=EMPLOYEE)
    code = digits(people.runtime, EMPLOYEE)
    post(thief, "/sign-in/phone", mobile=SUPPLIER)
    assert post(thief, "/sign-in/phone/code", code=code).status_code == 422
    assert post(client, "/sign-in/phone/code", code=code).status_code == 303


def test_after_five_minutes_it_opens_nothing(app: Flask, people: People, clock: SetClock) -> None:
    client = app.test_client()
    post(client, "/sign-in/phone", mobile=EMPLOYEE)
    code = digits(people.runtime, EMPLOYEE)
    clock.advance(minutes=5)
    assert post(client, "/sign-in/phone/code", code=code).status_code == 422


def test_after_five_wrong_tries_the_right_digits_come_too_late(app: Flask, people: People) -> None:
    """P22"""
    client = app.test_client()
    post(client, "/sign-in/phone", mobile=EMPLOYEE)
    right = digits(people.runtime, EMPLOYEE)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(rules.CODE_TRIES):
        assert post(client, "/sign-in/phone/code", code=wrong).status_code == 422
    assert post(client, "/sign-in/phone/code", code=right).status_code == 422


def test_a_code_for_one_purpose_opens_no_other(app: Flask, people: People) -> None:
    client = app.test_client()
    post(client, "/reset", login=EMPLOYEE, way="sms")
    code = digits(people.runtime, EMPLOYEE)
    assert post(client, "/sign-in/phone/code", code=code).headers["Location"] == "/sign-in/phone"


def test_a_code_for_one_purpose_is_no_code_for_another_whoever_asks(people: People) -> None:
    """P22: not only because each page remembers its own."""
    with people.runtime.work() as w:
        asked = service.send_code(w, CodePurpose.SIGN_IN, EMPLOYEE, THIEF, text=str)
    right = digits(people.runtime, EMPLOYEE)
    with pytest.raises(service.BadCode), people.runtime.work() as w:
        service.use_code(w, CodePurpose.RESET, asked, right)
    with people.runtime.work() as w:
        assert service.use_code(w, CodePurpose.SIGN_IN, asked, right).id == asked.code_id


def test_only_hashes_of_it_are_kept(app: Flask, people: People) -> None:
    client = app.test_client()
    post(client, "/sign-in/phone", mobile=EMPLOYEE)
    code = digits(people.runtime, EMPLOYEE)
    with people.runtime.reading() as session:
        kept = session.query(OneTimeCode).one()
    assert kept.secret_hash != rules.digest(code)
    assert code not in {kept.secret_hash, kept.mobile}


def test_staff_still_owes_the_second_factor(shop: Flask, people: People) -> None:
    client = shop.test_client()
    post(client, "/sign-in/phone", mobile=REVIEWER)
    done = post(client, "/sign-in/phone/code", code=digits(people.runtime, REVIEWER))
    assert done.headers["Location"].startswith("/sign-in/second")
    assert not is_in(client)


def test_a_number_gets_only_so_many_messages(app: Flask, people: People) -> None:
    """P22"""
    answers = [post(at(app, THIEF), "/sign-in/phone", mobile=EMPLOYEE)
               for _ in range(rules.CODE_HERE.most + 1)]  # fmt: skip
    assert [a.status_code for a in answers] == [303] * rules.CODE_HERE.most + [429]
    assert "分钟" in note(answers[-1].text)
    assert answers[-1].headers["Retry-After"] == "3600"


def test_a_stranger_uses_up_the_strangers_share_and_not_the_owners(
    app: Flask, people: People
) -> None:
    """P22: where one has signed in before, one's messages are counted apart."""
    post(at(app, OFFICE), "/sign-in", login=EMPLOYEE, password=PASSWORD)
    for _ in range(rules.CODE_NUMBER.most + 1):
        post(at(app, THIEF), "/sign-in/phone", mobile=EMPLOYEE)
    people.runtime.deliver()  # before the owner asks
    owner = at(app, OFFICE)
    assert post(owner, "/sign-in/phone", mobile=EMPLOYEE).status_code == 303
    assert post(owner, "/sign-in/phone/code",
                code=digits(people.runtime, EMPLOYEE)).status_code == 303  # fmt: skip


def test_whatever_attackers_did_the_right_digits_open(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P22: one code tried without end, dead or not, takes nobody else's way in; the totals are
    smaller here than in earnest, to be reached."""
    monkeypatch.setattr(rules, "GUESS_TOTAL", Limit("guess_total", 6, timedelta(hours=1)))
    thief = at(app, THIEF)
    post(thief, "/sign-in/phone", mobile="13999999999")
    answers = [post(thief, "/sign-in/phone/code", code="000000").status_code for _ in range(9)]
    assert answers == [422] * 9
    with people.runtime.reading() as session:  # four of a living code, beside its first
        assert session.query(Tally).filter_by(limit="guess_total").one().count == 4
    post(thief, "/sign-in/phone", mobile="13999999998")
    answers = [post(thief, "/sign-in/phone/code", code="000000").status_code for _ in range(4)]
    assert answers == [422, 422, 422, 429]
    victim = at(app, "192.0.2.77")
    post(victim, "/sign-in/phone", mobile=SUPPLIER)
    code = digits(people.runtime, SUPPLIER)
    assert post(victim, "/sign-in/phone/code", code=code).status_code == 303


def test_a_message_that_may_not_go_out_leaves_a_code_that_nobody_has(
    app: Flask, people: People
) -> None:
    """P22: the strangers' share is used up; the answer is as ever, and nothing is sent."""
    for number in range(rules.CODE_NUMBER.most):
        post(at(app, f"198.51.100.{number}"), "/sign-in/phone", mobile=EMPLOYEE)
    before = message(people.runtime, EMPLOYEE)
    late = at(app, "192.0.2.9")
    assert post(late, "/sign-in/phone", mobile=EMPLOYEE).status_code == 303
    assert message(people.runtime, EMPLOYEE) == before
    assert (
        post(late, "/sign-in/phone/code", code=digits(people.runtime, EMPLOYEE)).status_code == 422
    )


def test_one_place_cannot_send_messages_to_the_whole_town(people: People) -> None:
    """P22"""
    for number in range(rules.CODE_PLACE.most):
        with people.runtime.work() as w:
            service.count_message(w, f"1370000{number:04d}", THIEF)
    with pytest.raises(service.TooManyTries), people.runtime.work() as w:
        service.count_message(w, "13711111111", THIEF)
    with people.runtime.work() as w:
        service.count_message(w, "13711111111", OFFICE)


@pytest.mark.parametrize("typed", ["", "12345", "029-88888888", "13800000000000"])
def test_what_is_no_mobile_number_is_named(app: Flask, people: People, typed: str) -> None:
    answer = post(app.test_client(), "/sign-in/phone", mobile=typed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_whoever_left_gets_no_message(app: Flask, people: People) -> None:
    with people.runtime.work() as w:
        service.leave(w, UUID(people.ids["employee"]))
    client = app.test_client()
    assert post(client, "/sign-in/phone", mobile=EMPLOYEE).status_code == 303
    assert message(people.runtime, EMPLOYEE) == ""
