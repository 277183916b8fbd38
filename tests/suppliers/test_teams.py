"""Who acts for a supplier: owners invite, raise and let go; what is withdrawn holds at once."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import queries as accounts_queries
from marketplace.accounts import service as accounts
from marketplace.kernel.actor import Actor, Grant, Role
from marketplace.kernel.errors import Forbidden, MarketplaceError, Missing, Refused
from marketplace.suppliers import service
from tests.fixtures import People, post, sign_in
from tests.makers.doors import NEW_PASSWORD, digits, message
from tests.makers.onboarding import a_colleague, person_id
from tests.makers.suppliers import a_draft_supplier, an_application, an_approved_supplier

NEWCOMER = "13700000021"
SELF = {"name": "新同事", "password": NEW_PASSWORD, "again": NEW_PASSWORD}


def office_of(people: People, name: str = "supplier") -> uuid.UUID:
    return min(people.actor(name).organisations(Role.SUPPLIER_STAFF))


def owners(people: People) -> set[str]:
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        return set(accounts_queries.owners(session, office_of(people), at))


def come(app: Flask, people: People, code: str, mobile: str) -> int:
    """Somebody with a code and a phone; answers the status of the last step."""
    client = app.test_client()
    assert post(client, "/register", invitation=code, mobile=mobile).status_code == 303
    said = {"code": digits(people.runtime, mobile), **SELF}
    return int(post(client, "/register/confirm", **said).status_code)


def test_whoever_begins_is_the_owner_and_nobody_after_them(people: People) -> None:
    a_colleague(people)
    a_draft_supplier(people)
    assert owners(people) == {people.ids["supplier"]}


def test_a_firm_that_has_an_owner_keeps_it(people: People) -> None:
    other = a_colleague(people, role=Role.SUPPLIER_OWNER)
    a_draft_supplier(people)
    assert owners(people) == {people.ids[other]}


def test_a_person_whom_a_host_keeps_begins_without_ado(people: People) -> None:
    """Their roles are the host's affair."""
    office = office_of(people)
    guest = Actor("host:17", "客人", frozenset({Grant(Role.SUPPLIER_STAFF, office)}))
    with people.runtime.work(guest) as w:
        assert service.register(w, office, an_application(1)).submitted_by is None
    assert owners(people) == set()


def test_a_colleague_is_invited_by_number_and_comes_with_it_alone(
    app: Flask, people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    address = f"/suppliers/{supplier.id}/team"
    owner = client_as("supplier")
    answer = post(owner, address, mobile=NEWCOMER, role="supplier_staff")
    assert answer.status_code == 303
    sent = message(people.runtime, NEWCOMER)
    found = re.search(r"code=([0-9A-Z-]+)", sent)
    assert found is not None
    assert come(app, people, found[1], "13700000022") == 422  # not sent to this number
    assert come(app, people, found[1], NEWCOMER) == 303
    page = sign_in(app, NEWCOMER, NEW_PASSWORD).get(address)
    assert page.status_code == 200
    assert "新同事" in page.text
    assert NEWCOMER not in page.text
    assert "137****0021" in page.text


def test_an_owner_by_invitation_is_staff_too(app: Flask, people: People) -> None:
    a_draft_supplier(people)
    with people.runtime.work(people.actor("supplier")) as w:
        code = accounts.invite_colleague(
            w, office_of(people), Role.SUPPLIER_OWNER, NEWCOMER, text=None
        )
    assert come(app, people, code, NEWCOMER) == 303
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        person = accounts_queries.person_by_login(session, NEWCOMER, at)
        assert person is not None
        actor = accounts_queries.actor_of(session, str(person.id), at)
    assert actor is not None
    assert actor.roles == {Role.SUPPLIER_STAFF, Role.SUPPLIER_OWNER}


def test_a_withdrawn_invitation_opens_nothing(app: Flask, people: People) -> None:
    a_draft_supplier(people)
    with people.runtime.work(people.actor("supplier")) as w:
        office = office_of(people)
        code = accounts.invite_colleague(w, office, Role.SUPPLIER_STAFF, NEWCOMER, text=None)
        (waits,) = accounts_queries.invited(w.session, office, w.now)
        accounts.withdraw_colleague(w, office, waits.batch_id)
    answer = post(app.test_client(), "/register", invitation=code, mobile=NEWCOMER)
    assert answer.status_code == 422


def test_the_answer_to_an_invitation_does_not_tell_who_has_an_account(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """P22: a number that somebody has and one that nobody has are answered alike."""
    supplier = an_approved_supplier(people)
    owner = client_as("supplier")
    told = []
    for mobile in (NEWCOMER, "13500000000"):
        address = f"/suppliers/{supplier.id}/team"
        answer = post(owner, address, mobile=mobile, role="supplier_staff")
        told.append((answer.status_code, answer.headers["Location"]))
    assert told[0] == told[1]


def test_only_an_owner_invites_raises_or_lets_go(people: People) -> None:
    a_draft_supplier(people)
    staff, office = a_colleague(people), office_of(people)
    a_draft_supplier(people, "second_supplier", 2)
    for name in (staff, "second_supplier"):
        for act in (
            lambda w: accounts.invite_colleague(
                w, office, Role.SUPPLIER_OWNER, NEWCOMER, text=None
            ),
            lambda w: accounts.make_owner(w, office, person_id(people, staff)),
            lambda w: accounts.dismiss(w, office, person_id(people, "supplier")),
        ):
            with pytest.raises(Forbidden), people.runtime.work(people.actor(name)) as w:
                act(w)
    assert owners(people) == {people.ids["supplier"]}


def test_nobody_of_another_firm_is_let_go(people: People) -> None:
    """P18: an owner of one firm reaches nobody of another."""
    a_draft_supplier(people)
    a_draft_supplier(people, "second_supplier", 2)
    with pytest.raises(Missing), people.runtime.work(people.actor("supplier")) as w:
        accounts.dismiss(w, office_of(people), person_id(people, "second_supplier"))


def test_a_colleague_who_is_let_go_is_out_at_the_next_request(
    app: Flask, people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """P20: in the browser that was open all the while."""
    supplier = an_approved_supplier(people)
    other = a_colleague(people, mobile="13700000031")
    address = f"/suppliers/{supplier.id}/team"
    theirs = sign_in(app, "13700000031")
    assert theirs.get(address).status_code == 200
    owner = client_as("supplier")
    target = f"{address}/{people.ids[other]}/dismiss"
    assert post(owner, target, on=address).status_code == 303
    assert theirs.get(address).status_code == 403


def test_an_owner_made_staff_changes_nothing_an_owner_may(
    app: Flask, people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """P20: the form that was open is refused."""
    supplier = an_approved_supplier(people)
    other = a_colleague(people, role=Role.SUPPLIER_OWNER, mobile="13700000032")
    address = f"/suppliers/{supplier.id}/team"
    theirs = sign_in(app, "13700000032")
    assert "邀请同事" in theirs.get(address).text
    post(client_as("supplier"), f"{address}/{people.ids[other]}/lower", on=address)
    answer = post(theirs, address, mobile=NEWCOMER, role="supplier_staff")
    assert answer.status_code == 403
    assert "邀请同事" not in theirs.get(address).text


def test_the_last_owner_stays(people: People) -> None:
    a_draft_supplier(people)
    me = person_id(people, "supplier")
    for act in (accounts.dismiss, accounts.unmake_owner):
        with (
            pytest.raises(Refused, match="last_owner"),
            people.runtime.work(people.actor("supplier")) as w,
        ):
            act(w, office_of(people), me)


def test_of_two_owners_who_let_each_other_go_at_once_one_stays(people: People) -> None:
    """Whoever comes second finds no other owner left, on both databases."""
    a_draft_supplier(people)
    other = a_colleague(people, role=Role.SUPPLIER_OWNER)
    office = office_of(people)
    pairs = [("supplier", other), (other, "supplier")]
    actors = {name: people.actor(name) for name, _whom in pairs}

    def let_go(pair: tuple[str, str]) -> str:
        def once() -> None:
            with people.runtime.work(actors[pair[0]]) as w:
                accounts.dismiss(w, office, person_id(people, pair[1]))

        try:
            people.runtime.again(once)
        except MarketplaceError as fault:
            return fault.code
        return ""

    with ThreadPoolExecutor(2) as both:
        told = sorted(both.map(let_go, pairs))
    assert told == ["", "last_owner"]
    with people.runtime.reading() as session:  # of either, so by the office
        assert len(set(accounts_queries.owners(session, office, people.runtime.clock.now()))) == 1


def test_so_many_invitations_a_day_and_no_more(people: People) -> None:
    a_draft_supplier(people)
    office = office_of(people)
    with people.runtime.work(people.actor("supplier")) as w:
        for n in range(20):
            number = f"138000001{n:02d}"
            accounts.invite_colleague(w, office, Role.SUPPLIER_STAFF, number, text=None)
    with (
        pytest.raises(Refused, match="invited_enough"),
        people.runtime.work(people.actor("supplier")) as w,
    ):
        accounts.invite_colleague(w, office, Role.SUPPLIER_STAFF, NEWCOMER, text=None)
