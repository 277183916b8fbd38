"""Printed invitations: made by a manager, used once, with the phone of whoever holds the paper."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import queries, rules, service
from marketplace.accounts.models import Invitation, InvitationBatch
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Refused
from marketplace.work.models import TrailEntry
from tests.fixtures import PASSWORD, People, post
from tests.makers.doors import (
    EMPLOYEE,
    NEW_PASSWORD,
    an_invitation,
    digits,
    is_in,
    message,
    paper_codes,
)

ClientAs = Callable[[str], FlaskClient]
NEWCOMER = "13700000007"
SELF = {"name": "新人", "password": NEW_PASSWORD, "again": NEW_PASSWORD}


def come(app: Flask, people: People, code: str, mobile: str = NEWCOMER) -> FlaskClient:
    """Somebody with a paper and a phone, all the way."""
    client = app.test_client()
    assert post(client, "/register", invitation=code, mobile=mobile).status_code == 303
    answer = post(client, "/register/confirm", code=digits(people.runtime, mobile), **SELF)
    assert answer.status_code == 303, answer.text
    return client


def test_a_manager_prints_a_sheet_and_somebody_joins_with_it(
    app: Flask, people: People, client_as: ClientAs
) -> None:
    manager = client_as("manager")
    (grant,) = people.actor("employee").grants
    sheet = post(manager, "/invitations", organisation=str(grant.organisation_id),
                 role="employee", pieces="3", days="7")  # fmt: skip
    codes = paper_codes(sheet.text)
    assert len(set(codes)) == 3
    assert "http://localhost/register" in sheet.text
    client = come(app, people, codes[1].lower())
    assert is_in(client)
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        person = queries.person_by_login(session, NEWCOMER, at)
        assert person is not None
        actor = queries.actor_of(session, str(person.id), at)
    assert actor is not None
    assert actor.roles == {Role.EMPLOYEE}
    assert "1 / 3" in manager.get("/invitations").text


def test_the_paper_tells_what_it_leads_to_before_anybody_joins(app: Flask, people: People) -> None:
    client = app.test_client()
    post(client, "/register", invitation=an_invitation(people), mobile=NEWCOMER)
    page = client.get("/register/confirm").text
    assert "示例银行" in page
    assert "137****0007" in page


def test_a_paper_works_once(app: Flask, people: People) -> None:
    code = an_invitation(people)
    come(app, people, code)
    answer = post(app.test_client(), "/register", invitation=code, mobile="13700000008")
    assert answer.status_code == 422


def test_of_two_who_hold_the_same_paper_one_joins(app: Flask, people: People) -> None:
    code, phones = an_invitation(people), ("13700000008", "13700000009")
    clients = [app.test_client(), app.test_client()]
    for client, phone in zip(clients, phones, strict=True):
        post(client, "/register", invitation=code, mobile=phone)
    answers = [
        post(client, "/register/confirm", code=digits(people.runtime, phone), **SELF).status_code
        for client, phone in zip(clients, phones, strict=True)
    ]
    assert answers == [303, 422]
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        assert queries.person_by_login(session, phones[1], at) is None


def test_of_eight_who_use_one_paper_at_the_same_instant_one_joins(people: People) -> None:
    code = an_invitation(people)

    def joined(n: int) -> bool:
        newcomer = service.Newcomer(f"新人{n}", f"1370000000{n}", service.NewPassword("x"))
        try:
            with people.runtime.work() as w:
                service.join(w, code, newcomer)
        except service.BadInvitation:
            return False
        return True

    def again(n: int) -> bool:
        return people.runtime.again(lambda: joined(n))

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert sum(pool.map(again, range(8))) == 1


def test_a_paper_that_is_too_old_or_withdrawn_opens_nothing(
    app: Flask, people: People, clock: SetClock, client_as: ClientAs
) -> None:
    old, withdrawn = an_invitation(people), an_invitation(people)
    with people.runtime.reading() as session:
        hashed = rules.digest(rules.typed(withdrawn))
        batch_id = session.query(Invitation).filter_by(code_hash=hashed).one().batch_id
    post(client_as("manager"), f"/invitations/{batch_id}/withdraw", on="/invitations")
    assert post(app.test_client(), "/register", invitation=withdrawn,
                mobile=NEWCOMER).status_code == 422  # fmt: skip
    clock.advance(days=7)
    assert post(app.test_client(), "/register", invitation=old, mobile=NEWCOMER).status_code == 422


def test_without_the_phone_nobody_joins(app: Flask, people: People) -> None:
    client = app.test_client()
    post(client, "/register", invitation=an_invitation(people), mobile=NEWCOMER)
    right = digits(people.runtime, NEWCOMER)
    wrong = "000000" if right != "000000" else "111111"
    assert post(client, "/register/confirm", code=wrong, **SELF).status_code == 422
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        assert queries.person_by_login(session, NEWCOMER, at) is None


def test_a_number_with_an_account_is_answered_alike_and_gets_the_role(
    app: Flask, people: People
) -> None:
    """P22: the page before the phone answered tells nothing; name and password stay."""
    code = an_invitation(people, Role.UNION_BUYER, of="union_buyer")
    known, unknown = app.test_client(), app.test_client()
    answers = [
        post(known, "/register", invitation=code, mobile=EMPLOYEE),
        post(unknown, "/register", invitation=code, mobile=NEWCOMER),
    ]
    assert {a.headers["Location"] for a in answers} == {"/register/confirm"}
    done = post(known, "/register/confirm", code=digits(people.runtime, EMPLOYEE), **SELF)
    assert done.status_code == 303
    assert people.actor("employee").roles == {Role.EMPLOYEE, Role.UNION_BUYER}
    assert people.actor("employee").name == "employee"
    assert post(app.test_client(), "/sign-in", login=EMPLOYEE, password=PASSWORD).status_code == 303


def test_staff_that_joins_sets_up_the_second_factor_first(shop: Flask, people: People) -> None:
    client = come(shop, people, an_invitation(people, Role.REVIEWER, of="reviewer"))
    assert not is_in(client)
    assert client.get("/sign-in/second").status_code == 200


def test_guessing_papers_is_stopped(app: Flask, people: People) -> None:
    """P22"""
    client = app.test_client()
    given = {"invitation": "2222-2222-2222-2222", "mobile": NEWCOMER}
    answers = [post(client, "/register", **given).status_code
               for _ in range(rules.INVITATION_PLACE.most + 1)]  # fmt: skip
    assert answers == [422] * rules.INVITATION_PLACE.most + [429]
    assert message(people.runtime, NEWCOMER) == ""


def test_the_database_does_not_know_the_codes(people: People) -> None:
    code = an_invitation(people)
    with people.runtime.reading() as session:
        kept = session.query(Invitation).one()
        told = [str(entry.data) for entry in session.query(TrailEntry)]
    assert kept.code_hash == rules.digest(rules.typed(code))
    assert not any(code in text for text in told)


@pytest.mark.parametrize("name", ["reviewer", "auditor", "employee", "union_approver"])
def test_nobody_but_a_manager_invites(people: People, name: str) -> None:
    (grant,) = people.actor("employee").grants
    with pytest.raises(Forbidden), people.runtime.work(people.actor(name)) as w:
        service.invite(w, grant.organisation_id, Role.EMPLOYEE, pieces=1, days=1)


def test_a_manager_makes_no_managers(people: People) -> None:
    (grant,) = people.actor("manager").grants
    with pytest.raises(Forbidden), people.runtime.work(people.actor("manager")) as w:
        service.invite(w, grant.organisation_id, Role.MANAGER, pieces=1, days=1)


def test_a_role_must_mean_something_there(people: People) -> None:
    (grant,) = people.actor("supplier").grants
    with (
        pytest.raises(Refused, match="role_not_here"),
        people.runtime.work(people.actor("manager")) as w,
    ):
        service.invite(w, grant.organisation_id, Role.REVIEWER, pieces=1, days=1)


@pytest.mark.parametrize(("pieces", "days"), [(0, 7), (201, 7), (1, 0), (1, 91)])
def test_not_too_many_and_not_for_ever(people: People, pieces: int, days: int) -> None:
    (grant,) = people.actor("employee").grants
    with pytest.raises(Invalid), people.runtime.work(people.actor("manager")) as w:
        service.invite(w, grant.organisation_id, Role.EMPLOYEE, pieces=pieces, days=days)
    with people.runtime.reading() as session:
        assert session.query(InvitationBatch).count() == 0
