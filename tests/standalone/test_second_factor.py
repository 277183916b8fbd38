"""The second factor: asked of staff, offered to all, and mended when the phone is lost."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from marketplace.accounts import rules, service
from marketplace.accounts.models import RecoveryCode, SecondFactor
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Refused
from tests.fixtures import PASSWORD, People, post
from tests.makers.doors import (
    EMPLOYEE,
    REVIEWER,
    app_digits,
    is_in,
    note,
    paper_codes,
    secret_of,
    with_app,
)

STAFF = ["reviewer", "auditor", "manager", "union_approver", "union_treasurer"]


def test_staff_sets_it_up_at_the_first_sign_in_and_is_in_only_then(
    shop: Flask, people: People
) -> None:
    client = shop.test_client()
    answer = post(client, "/sign-in", login=REVIEWER, password=PASSWORD, next="/desk")
    assert answer.headers["Location"] == "/sign-in/second?next=/desk"
    assert not is_in(client)
    assert client.get("/desk").status_code == 303
    page = client.get("/sign-in/second")
    assert "<svg" in page.text
    before = secret_of(client)
    done = post(client, "/sign-in/second", code=app_digits(shop, people, "reviewer"), next="/desk")
    assert len(paper_codes(done.text)) == 8
    assert 'href="/desk"' in done.text
    assert is_in(client)
    assert client.get("/desk").status_code == 200
    assert secret_of(client) != before  # P21


@pytest.mark.parametrize("name", STAFF)
def test_no_right_of_staff_holds_without_it(shop: Flask, people: People, name: str) -> None:
    """P20: not even in a browser that was let in before the role was given."""
    roles = people.actor(name).roles
    assert rules.needs_second(roles)
    with people.runtime.work() as w:
        secret = service.admit(w, UUID(people.ids[name]))
    client = shop.test_client()
    client.set_cookie("mp_sign_in", secret)
    assert not is_in(client)


def test_employees_and_suppliers_are_not_asked(shop: Flask, people: People) -> None:
    client = shop.test_client()
    answer = post(client, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    assert answer.headers["Location"] == "/"
    assert not rules.needs_second(people.actor("supplier").roles)


def test_the_demonstration_does_not_ask(app: Flask, people: People) -> None:
    client = app.test_client()
    assert post(client, "/sign-in", login=REVIEWER, password=PASSWORD).headers["Location"] == "/"


def test_from_then_on_the_password_alone_is_half_the_way(shop: Flask, people: People,
                                                         clock: SetClock) -> None:  # fmt: skip
    with_app(shop, people, "reviewer", REVIEWER)
    clock.advance(minutes=1)
    client = shop.test_client()
    post(client, "/sign-in", login=REVIEWER, password=PASSWORD)
    assert '<svg class="squares"' not in client.get("/sign-in/second").text
    wrong = post(client, "/sign-in/second", code="000000")
    assert wrong.status_code == 422
    assert not is_in(client)
    right = post(client, "/sign-in/second", code=app_digits(shop, people, "reviewer"))
    assert right.status_code == 303
    assert is_in(client)


def test_a_code_of_the_app_works_once(shop: Flask, people: People, clock: SetClock) -> None:
    """P21: whoever looked over the shoulder is too late."""
    with_app(shop, people, "reviewer", REVIEWER)
    clock.advance(minutes=1)
    seen = app_digits(shop, people, "reviewer")
    for expected in (303, 422):
        client = shop.test_client()
        post(client, "/sign-in", login=REVIEWER, password=PASSWORD)
        assert post(client, "/sign-in/second", code=seen).status_code == expected


def test_a_code_is_used_up_even_by_two_at_the_same_time(shop: Flask, people: People) -> None:
    with_app(shop, people, "reviewer", REVIEWER)
    person = UUID(people.ids["reviewer"])
    with people.runtime.work() as w:
        assert service.use_counter(w, person, 10**9)
        assert not service.use_counter(w, person, 10**9)


def test_a_recovery_code_stands_in_once(shop: Flask, people: People) -> None:
    _client, codes = with_app(shop, people, "reviewer", REVIEWER)
    for expected in (303, 422):
        client = shop.test_client()
        post(client, "/sign-in", login=REVIEWER, password=PASSWORD)
        typed = codes[0].lower().replace("-", " ")
        assert post(client, "/sign-in/second", code=typed).status_code == expected


def test_another_persons_recovery_code_opens_nothing(shop: Flask, people: People) -> None:
    _client, codes = with_app(shop, people, "reviewer", REVIEWER)
    with_app(shop, people, "auditor", "13500000004")
    client = shop.test_client()
    post(client, "/sign-in", login="13500000004", password=PASSWORD)
    assert post(client, "/sign-in/second", code=codes[0]).status_code == 422


def test_guessing_is_stopped_and_says_for_how_long(shop: Flask, people: People) -> None:
    """P22: six digits are few, so tries are fewer."""
    with_app(shop, people, "reviewer", REVIEWER)
    client = shop.test_client()
    post(client, "/sign-in", login=REVIEWER, password=PASSWORD)
    answers = [post(client, "/sign-in/second", code="000000") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 422, 429]
    assert "Retry-After" in answers[-1].headers
    assert "分钟" in note(answers[-1].text)


def test_half_a_sign_in_does_not_wait_for_ever(shop: Flask, people: People,
                                               clock: SetClock) -> None:  # fmt: skip
    client = shop.test_client()
    post(client, "/sign-in", login=REVIEWER, password=PASSWORD)
    clock.advance(minutes=10)
    assert client.get("/sign-in/second").headers["Location"] == "/sign-in"


def test_without_half_a_sign_in_there_is_nothing_to_pass(shop: Flask, people: People) -> None:
    client = shop.test_client()
    assert client.get("/sign-in/second").headers["Location"] == "/sign-in"
    assert client.post("/sign-in/second").headers["Location"] == "/sign-in"


def test_neither_key_nor_codes_can_be_read_in_the_database(shop: Flask, people: People) -> None:
    client = shop.test_client()
    post(client, "/sign-in", login=REVIEWER, password=PASSWORD)
    key = client.get("/sign-in/second").text.split('<p class="code">', 1)[1].split("<", 1)[0]
    page = post(client, "/sign-in/second", code=app_digits(shop, people, "reviewer"))
    codes = [rules.typed(code) for code in paper_codes(page.text)]
    with people.runtime.reading() as session:
        kept = session.query(SecondFactor).one().secret
        hashes = {code.code_hash for code in session.query(RecoveryCode)}
    assert key.replace("-", "") not in kept
    assert hashes == {rules.digest(code) for code in codes}


def test_anybody_may_turn_it_on_and_is_asked_from_then_on(app: Flask, people: People,
                                                          clock: SetClock) -> None:  # fmt: skip
    client = app.test_client()
    post(client, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    refused = post(client, "/security/second/begin", on="/security", proof="not-the-password")
    assert refused.status_code == 422
    begun = post(client, "/security/second/begin", on="/security", proof=PASSWORD)
    assert begun.headers["Location"] == "/security/second"
    before = secret_of(client)
    done = post(client, "/security/second", code=app_digits(app, people, "employee"))
    assert len(paper_codes(done.text)) == 8
    assert secret_of(client) != before  # P21: the old one opens nothing any more
    assert is_in(client)
    clock.advance(minutes=1)
    other = app.test_client()
    again = post(other, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    assert again.headers["Location"].startswith("/sign-in/second")
    assert not is_in(other)


def test_a_new_batch_of_codes_ends_the_old_one(shop: Flask, people: People) -> None:
    client, old = with_app(shop, people, "reviewer", REVIEWER)
    new = paper_codes(post(client, "/security/second/codes", on="/security", proof=PASSWORD).text)
    assert len(new) == 8
    assert not set(new) & set(old)
    with people.runtime.work() as w:
        person = UUID(people.ids["reviewer"])
        assert not service.use_recovery_code(w, person, old[1])
        assert service.use_recovery_code(w, person, new[1])


def test_a_new_phone_starts_anew(shop: Flask, people: People) -> None:
    client, codes = with_app(shop, people, "reviewer", REVIEWER)
    assert post(client, "/security/second/drop", on="/security", proof=PASSWORD).status_code == 303
    with people.runtime.reading() as session:
        assert session.query(SecondFactor).count() == session.query(RecoveryCode).count() == 0
    other = shop.test_client()
    post(other, "/sign-in", login=REVIEWER, password=PASSWORD)
    assert '<svg class="squares"' in other.get("/sign-in/second").text
    assert codes


def test_one_in_use_is_not_replaced_behind_its_owners_back(shop: Flask, people: People) -> None:
    with_app(shop, people, "reviewer", REVIEWER)
    with pytest.raises(Refused, match="second_in_use"), people.runtime.work() as w:
        service.begin_second(w, UUID(people.ids["reviewer"]), "another")


def test_nobody_drops_that_of_another(people: People) -> None:
    with (
        pytest.raises(Exception, match="forbidden"),
        people.runtime.work(people.actor("manager")) as w,
    ):
        service.drop_second(w, UUID(people.ids["reviewer"]))


def test_which_roles_are_staff() -> None:
    assert {role.value for role in rules.STAFF} == set(STAFF)
    assert Role.EMPLOYEE not in rules.STAFF
