"""People: their numbers, their names, and what they may do at an instant."""

from __future__ import annotations

from uuid import UUID

import pytest

from marketplace.accounts import queries, service
from marketplace.accounts.models import Membership, OrganisationKind
from marketplace.kernel.actor import SYSTEM, Role
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused
from marketplace.work import Runtime, trail
from marketplace.work.models import TrailEntry
from tests.fixtures import PASSWORD, People


@pytest.mark.parametrize(
    "mobile", ["1380000000", "12800000001", "138000000012", "+8613800000001", "1380000000a", "-1"]
)
def test_what_is_no_mobile_number_is_refused(bare_runtime: Runtime, mobile: str) -> None:
    with pytest.raises(Invalid, match="mobile"), bare_runtime.work() as w:
        service.add_person(w, "张三", PASSWORD, mobile=mobile)


@pytest.mark.parametrize("number", ["E", "E_01", "E" * 41, "工号01", "13800000001"])
def test_what_is_no_employee_number_is_refused(bare_runtime: Runtime, number: str) -> None:
    with pytest.raises(Invalid, match="employee_number"), bare_runtime.work() as w:
        service.add_person(w, "张三", PASSWORD, employee_number=number)


def test_full_width_digits_and_blanks_are_kept_as_plain_digits(bare_runtime: Runtime) -> None:
    with bare_runtime.work() as w:
        person = service.add_person(w, "张三", PASSWORD, mobile="１３８ 0000 0001")
    assert person.mobile == "13800000001"


def test_somebody_without_any_number_could_never_sign_in(bare_runtime: Runtime) -> None:
    with pytest.raises(Invalid, match="login_missing"), bare_runtime.work() as w:
        service.add_person(w, "张三", PASSWORD)


@pytest.mark.parametrize("password", ["", "nine-char", "x" * 201])
def test_a_short_or_endless_password_is_refused_and_not_told(
    bare_runtime: Runtime, password: str
) -> None:
    with pytest.raises(Invalid, match="password_length") as refusal, bare_runtime.work() as w:
        service.add_person(w, "张三", password, employee_number="E01")
    assert "value" not in refusal.value.data


def test_a_number_belongs_to_one_person(bare_runtime: Runtime) -> None:
    with bare_runtime.work() as w:
        service.add_person(w, "张三", PASSWORD, mobile="13800000001", employee_number="E01")
    with pytest.raises(Refused, match="mobile_taken"), bare_runtime.work() as w:
        service.add_person(w, "李四", PASSWORD, mobile="13800000001")
    with pytest.raises(Refused, match="employee_number_taken"), bare_runtime.work() as w:
        service.add_person(w, "李四", PASSWORD, employee_number="e01")


def test_the_password_is_kept_as_argon2id_only(bare_runtime: Runtime) -> None:
    with bare_runtime.work() as w:
        person = service.add_person(w, "张三", PASSWORD, mobile="13800000001")
    assert person.password_hash.startswith("$argon2id$")
    assert PASSWORD not in person.password_hash


def test_a_role_holds_from_its_grant_until_its_end(people: People, clock: SetClock) -> None:
    reviewer = people.ids["reviewer"]
    before = clock.now()
    clock.advance(hours=1)
    with people.runtime.work() as w:
        membership = w.session.query(Membership).filter_by(person_id=_id(people, "reviewer")).one()
        service.revoke(w, membership.id)
    with people.runtime.reading() as session:
        then = queries.actor_of(session, reviewer, before)
        now = queries.actor_of(session, reviewer, clock.now())
    assert then is not None
    assert then.roles == {Role.REVIEWER}
    assert now is not None
    assert now.roles == frozenset()


def test_a_role_granted_twice_is_one_membership(people: People) -> None:
    person = people.actor("employee")
    place = next(iter(person.grants)).organisation_id
    with people.runtime.work() as w:
        again = service.grant(w, _id(people, "employee"), place, Role.EMPLOYEE)
        assert w.session.query(Membership).filter_by(person_id=again.person_id).count() == 1


def test_a_role_ended_twice_ended_at_the_first_time(people: People, clock: SetClock) -> None:
    with people.runtime.work() as w:
        held = w.session.query(Membership).filter_by(person_id=_id(people, "manager")).one()
        ended = service.revoke(w, held.id).until
    clock.advance(hours=1)
    with people.runtime.work() as w:
        assert service.revoke(w, held.id).until == ended


def test_a_supplier_cannot_be_given_a_reviewer_of_its_own(people: People) -> None:
    place = next(iter(people.actor("supplier").grants)).organisation_id
    with pytest.raises(Refused, match="role_not_here"), people.runtime.work() as w:
        service.grant(w, _id(people, "supplier"), place, Role.REVIEWER)


@pytest.mark.parametrize("kind", OrganisationKind)
def test_nobody_is_ever_granted_the_system(people: People, kind: OrganisationKind) -> None:
    with people.runtime.work() as w:
        place = service.add_organisation(w, "某处", kind)
    with pytest.raises(Refused, match="role_not_here"), people.runtime.work() as w:
        service.grant(w, _id(people, "manager"), place.id, Role.SYSTEM)


def test_a_manager_cannot_grant_a_role(people: People) -> None:
    manager = people.actor("manager")
    place = next(iter(manager.grants)).organisation_id
    with pytest.raises(Forbidden), people.runtime.work(manager) as w:
        service.grant(w, _id(people, "manager"), place, Role.REVIEWER)


def test_whoever_left_is_nobody_but_keeps_a_name(people: People, clock: SetClock) -> None:
    with people.runtime.work() as w:
        service.leave(w, _id(people, "reviewer"))
    with people.runtime.reading() as session:
        assert queries.actor_of(session, people.ids["reviewer"], clock.now()) is None
        assert queries.name_of(session, people.ids["reviewer"]) == "reviewer"
        assert "reviewer" not in {row.name for row in queries.people(session, clock.now())}


def test_whoever_left_gets_no_role(people: People) -> None:
    place = next(iter(people.actor("reviewer").grants)).organisation_id
    with people.runtime.work() as w:
        service.leave(w, _id(people, "reviewer"))
    with pytest.raises(Refused, match="person_left"), people.runtime.work() as w:
        service.grant(w, _id(people, "reviewer"), place, Role.AUDITOR)


def test_an_id_that_is_not_ours_is_nobodys(people: People, clock: SetClock) -> None:
    with people.runtime.reading() as session:
        assert queries.actor_of(session, "host-user-7", clock.now()) is None
        assert queries.name_of(session, "host-user-7") == ""
        assert queries.name_of(session, SYSTEM.person_id) == SYSTEM.name


def test_an_unknown_person_cannot_leave(people: People) -> None:
    with pytest.raises(Missing), people.runtime.work() as w:
        service.leave(w, next(iter(people.actor("employee").grants)).organisation_id)


def test_people_are_listed_with_the_number_they_sign_in_with(
    people: People, clock: SetClock
) -> None:
    with people.runtime.reading() as session:
        listed = {row.name: row for row in queries.people(session, clock.now())}
    assert listed["reviewer"].login == "13500000002"
    assert listed["reviewer"].roles == (Role.REVIEWER,)
    assert listed["reviewer"].organisations == ("直通车运营部",)


def test_every_change_of_people_stands_in_the_trail(people: People) -> None:
    with people.runtime.work() as w:
        service.leave(w, _id(people, "reviewer"))
    with people.runtime.reading() as session:
        assert list(trail.faults(session)) == []
        verbs = {entry.verb for entry in session.query(TrailEntry)}
    assert {"add", "grant", "leave"} <= verbs


def _id(people: People, name: str) -> UUID:
    return UUID(people.ids[name])
