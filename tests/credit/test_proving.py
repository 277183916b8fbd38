"""Credit goes to the account that is proved to be the member's, never to whoever has his number."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts import service as accounts
from marketplace.accounts.models import Membership, Person
from marketplace.credit import queries, service
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.unions import queries as unions_queries
from marketplace.unions import service as unions
from marketplace.unions.models import MemberAccount, Union
from marketplace.unions.states import MatchState
from tests.fixtures import People, post
from tests.makers.credit import a_grant
from tests.makers.unions import a_budget, a_union

OFFICER = "union_treasurer"


@pytest.fixture
def union(people: People) -> Union:
    """On its list: one whose employee number his account has too, one whose number is another's
    by now, one without an account, and an officer."""
    made = a_union(people)
    listed = [
        ("employee", "E0000"), ("supplier", "M0002"), ("", "M0003"), (OFFICER, "M0004"),
    ]  # fmt: skip
    with people.runtime.work() as w:
        new = [unions.NewMember(f"会员{n}", n, _mobile(people, name)) for name, n in listed]
        unions.add_members(w, made.id, new)
    return made


def _mobile(people: People, name: str) -> str:
    if not name:
        return "13900000009"
    with people.runtime.reading() as session:
        return session.get_one(Person, uuid.UUID(people.ids[name])).mobile or ""


def _states(people: People, union: Union) -> dict[str, MatchState]:
    with people.runtime.reading() as session:
        rows = unions_queries.matches(session, union.id, people.runtime.clock.now())
    return {row.member.employee_number: row.state for row in rows}


def _match(people: People, union: Union, number: str, name: str) -> unions.Match:
    with people.runtime.reading() as session:
        (member,) = [
            one
            for one in unions_queries.members(session, union.id)
            if one.employee_number == number
        ]
    return unions.Match(member.id, uuid.UUID(people.ids[name]))


def _getting(people: People, union: Union) -> set[str]:
    with people.runtime.reading() as session:
        found = queries.eligible(session, union.id, people.runtime.clock.now())
    return {one.name for one in found}


def test_a_mobile_number_alone_gives_nobody_credit(people: People, union: Union) -> None:
    """The employer's list proves it by the employee number, an officer by a look; nobody by his
    own word, and whoever has the number now and is somebody else gets nothing."""
    waiting = MatchState.WAITING
    assert _states(people, union) == {
        "E0000": MatchState.CONFIRMED, "M0002": waiting, "M0004": waiting,
    }  # fmt: skip
    assert _getting(people, union) == {"会员E0000"}
    grant = a_grant(people, a_budget(people, union))
    assert grant.people == 1
    with people.runtime.reading() as session:
        left_out = queries.left_out(session, union, people.runtime.clock.now())
    assert left_out.without_account == ("会员M0003",)
    assert left_out.unproved == ("会员M0002", "会员M0004")


def test_an_employee_number_of_another_employer_proves_nothing(
    people: People, union: Union
) -> None:
    """The same two numbers, and no role below the top of the union's own tree."""
    with people.runtime.work() as w:
        own = uuid.UUID(people.ids["employee"])
        held = w.session.scalars(select(Membership).where(Membership.person_id == own)).one()
        accounts.revoke(w, held.id)
        (elsewhere,) = people.actor("supplier").grants
        accounts.grant(w, own, elsewhere.organisation_id, Role.SUPPLIER_STAFF)
    assert _states(people, union)["E0000"] is MatchState.WAITING


def test_an_officer_decides_about_others_and_never_about_himself(
    people: People, union: Union
) -> None:
    """P15, P18: with a reason where he says no; another decides about his own account."""
    theirs = _match(people, union, "M0002", "supplier")
    own = _match(people, union, "M0004", OFFICER)
    with pytest.raises(SamePerson), people.runtime.work(people.actor(OFFICER)) as w:
        unions.confirm_account(w, union.id, own)
    for name in ("employee", "manager"):
        with pytest.raises((Forbidden, Missing)), people.runtime.work(people.actor(name)) as w:
            unions.confirm_account(w, union.id, theirs)
    with pytest.raises(Invalid), people.runtime.work(people.actor(OFFICER)) as w:
        unions.refuse_account(w, union.id, theirs, " ")
    with pytest.raises(Missing), people.runtime.work(people.actor(OFFICER)) as w:
        unions.confirm_account(w, union.id, unions.Match(theirs.member_id, own.person_id))
    with people.runtime.work(people.actor(OFFICER)) as w:
        unions.refuse_account(w, union.id, theirs, "示例：号码换人了")
    with people.runtime.work(people.actor("union_buyer")) as w:
        unions.confirm_account(w, union.id, own)
    with pytest.raises(WrongState), people.runtime.work(people.actor("union_buyer")) as w:
        unions.confirm_account(w, union.id, own)
    assert _getting(people, union) == {"会员E0000", "会员M0004"}
    assert _states(people, union)["M0002"] is MatchState.REFUSED


def test_what_was_confirmed_holds_when_the_number_goes_to_somebody_else(
    people: People, union: Union
) -> None:
    own = _match(people, union, "M0004", OFFICER)
    with people.runtime.work(people.actor("union_buyer")) as w:
        unions.confirm_account(w, union.id, own)
    with people.runtime.work() as w:
        number = _mobile(people, OFFICER)
        w.session.get_one(Person, own.person_id).mobile = "13900000001"
        w.session.flush()
        w.session.get_one(Person, uuid.UUID(people.ids["second_employee"])).mobile = number
    assert "会员M0004" in _getting(people, union)
    with people.runtime.reading() as session:
        now = people.runtime.clock.now()
        assert unions_queries.own_matches(session, people.ids["second_employee"], now) == ()


def test_credit_is_not_approved_for_an_account_that_is_not_proved_any_more(
    people: People, union: Union, faults: Callable[[], Sequence[str]]
) -> None:
    """P15: between proposal and approval somebody said that it is another person's."""
    theirs = _match(people, union, "M0002", "supplier")
    with people.runtime.work(people.actor(OFFICER)) as w:
        unions.confirm_account(w, union.id, theirs)
    grant = a_grant(people, a_budget(people, union))
    with people.runtime.work(people.actor("union_approver")) as w:
        unions.refuse_account(w, union.id, theirs, "示例：不是本人")
    with (
        pytest.raises(Refused, match="credit_unproved"),
        people.runtime.work(people.actor("union_approver")) as w,
    ):
        service.approve(w, grant.id)
    assert faults() == []
    with people.runtime.work() as w:
        said = w.session.scalars(select(MemberAccount)).one()
        said.decided_by = people.ids["supplier"]
    assert any("decided by the person whose it is" in one for one in faults())


def test_pages_show_what_waits_and_how_it_is_proved(
    people: People, union: Union, client_as: Callable[[str], FlaskClient]
) -> None:
    a_budget(people, union)
    buyer, told = client_as("union_buyer"), client_as("supplier")
    page = f"/unions/{union.id}"
    assert "去确认" in buyer.get("/credit/grants").get_data(as_text=True)
    assert "不在本单位" in buyer.get(page).get_data(as_text=True)
    assert "会员名单上有您的手机号" in told.get("/credit").get_data(as_text=True)
    theirs = _match(people, union, "M0002", "supplier")
    at = f"{page}/members/{theirs.member_id}/accounts/{theirs.person_id}"
    assert post(buyer, f"{at}/refuse", on=page, note="").status_code == 422
    assert post(buyer, f"{at}/other", on=page).status_code == 404
    assert post(buyer, f"{at}/confirm", on=page).status_code == 303
    assert "会员名单上有您的手机号" not in told.get("/credit").get_data(as_text=True)
