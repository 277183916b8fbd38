"""An employer's sheets: shown first, all or nothing, twice the same; who left is out at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.accounts import queries, service
from marketplace.accounts.models import Membership, Organisation, Person, Roster
from marketplace.accounts.service import Sheets
from marketplace.accounts.service.steps import Plan
from marketplace.accounts.states import RosterState
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid, Refused, WrongState
from marketplace.kernel.sheets import RowFault
from marketplace.work import Runtime
from tests.fixtures import People

ORGANISATIONS = """单位代码,单位名称,单位类型,上级单位代码
B001,示例银行南城分行,用人单位,B000
B000,示例银行,用人单位,
U001,示例银行工会,工会,B000
"""
PEOPLE = """工号,姓名,手机号,单位代码,角色,离职日期
N0001,示例张三,13900000001,B001,,
N0002,示例李四,13900000002,B000,工会采购员@U001,
N0003,示例王五,,B001,,
"""


def sheets(organisations: str = "", people: str = "", whole_of: uuid.UUID | None = None) -> Sheets:
    return Sheets(organisations.encode(), people.encode(), "职工.csv", whole_of)


def applied(people: People, given: Sheets, *, leaving: int = 0) -> Plan:
    """Brought by the manager and done."""
    manager = people.actor("manager")
    with people.runtime.work(manager) as w:
        roster, plan = service.propose_roster(w, given)
        assert roster is not None, [problem_code(p) for p in plan.people_problems]
        roster_id = roster.id
    with people.runtime.work(manager) as w:
        return service.apply_roster(w, roster_id, plan.digest, leaving=leaving)


def compared(people: People, given: Sheets, who: str = "manager") -> Plan:
    with people.runtime.work(people.actor(who)) as w:
        return service.compare(w, given)


def problem_code(found: object) -> str:
    return found.fault.code if isinstance(found, RowFault) else str(getattr(found, "code", ""))


def person(runtime: Runtime, number: str) -> Person:
    with runtime.reading() as session:
        return session.scalars(select(Person).where(Person.employee_number == number)).one()


def roles(runtime: Runtime, number: str) -> set[tuple[str, Role]]:
    """What the person holds now: (code of the organisation, role)."""
    with runtime.reading() as session:
        rows = session.execute(
            select(Organisation.code, Membership.role)
            .join(Membership, Membership.organisation_id == Organisation.id)
            .join(Person, Membership.person_id == Person.id)
            .where(Person.employee_number == number, queries.in_force(runtime.clock.now()))
        )
        return {(row.code, row.role) for row in rows}


def place(runtime: Runtime, name: str) -> Organisation:
    with runtime.reading() as session:
        return session.scalars(select(Organisation).where(Organisation.name == name)).one()


def test_organisations_and_people_come_in_with_their_places_and_roles(
    people: People, runtime: Runtime
) -> None:
    plan = applied(people, sheets(ORGANISATIONS, PEOPLE))
    assert (plan.organisations.created, plan.organisations.updated) == (1, 2)
    assert plan.people.created == 3
    assert roles(runtime, "N0001") == {("B001", Role.EMPLOYEE)}
    assert roles(runtime, "N0002") == {("B000", Role.EMPLOYEE), ("U001", Role.UNION_BUYER)}
    south, bank = place(runtime, "示例银行南城分行"), place(runtime, "示例银行")
    assert (bank.code, south.parent_id) == ("B000", bank.id)
    assert south.path == f"{bank.path}{south.id}/"


def test_the_same_sheets_again_change_nothing(people: People) -> None:
    """P23: the same file twice is no change; rows read are created, updated, unchanged, refused."""
    applied(people, sheets(ORGANISATIONS, PEOPLE))
    again = compared(people, sheets(ORGANISATIONS, PEOPLE))
    assert again.steps == []
    assert (again.people.unchanged, again.people.rows) == (3, 3)
    assert (again.organisations.unchanged, again.organisations.rows) == (3, 3)
    with pytest.raises(Refused, match="roster_changes_nothing"):
        applied(people, sheets(ORGANISATIONS, PEOPLE))


def test_a_name_that_a_sheet_corrects_is_shown_at_once(people: People, runtime: Runtime) -> None:
    """Names are kept in the process; the next page reads the new one all the same."""
    applied(people, sheets(ORGANISATIONS, PEOPLE))
    known = str(person(runtime, "N0001").id)

    def shown() -> str:
        with runtime.reading() as session:
            return queries.name_of(session, known)

    assert (shown(), shown()) == ("示例张三", "示例张三")
    applied(people, sheets(people=PEOPLE.replace("示例张三", "示例张叁")))
    assert shown() == "示例张叁"


def test_looking_at_sheets_writes_nothing(people: People, runtime: Runtime) -> None:
    counted = select(func.count()).select_from(Person)
    with runtime.reading() as session:
        before = session.scalar(counted)
    plan = compared(people, sheets(ORGANISATIONS, PEOPLE))
    assert plan.people.created == 3
    with runtime.reading() as session:
        assert session.scalar(counted) == before


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("N0001,示例张三,13900000001,B999,,", "organisation_unknown"),
        ("N0001,示例张三,13900000001,B001,皇帝,", "role_unknown"),
        ("N0001,示例张三,13900000001,B001,工会采购员,", "role_not_in_sheet"),
        ("N0001,示例张三,13900000001,B001,工会采购员@U999,", "organisation_unknown"),
        ("N0001,示例张三,13500000000,B001,,", "mobile_of_another"),
        ("N0001,示例张三,139000,B001,,", "mobile_unclear"),
        ("N0001,示例张三,,B001,,昨天", "day_unclear"),
        ("13900000001,示例张三,,B001,,", "employee_number"),
        ("N0001,,,B001,,", "value_missing"),
        ("N0009,示例甲,13900000009,B001,,\nN0001,示例乙,13900000009,B001,,", "mobile_twice"),
        ("N0001,示例甲,,B001,,\nn0001,示例乙,,B001,,", "duplicate_employee"),
    ],
)
def test_one_wrong_row_is_told_and_nothing_is_done(people: People, row: str, code: str) -> None:
    head = PEOPLE.splitlines()[0]
    given = sheets(ORGANISATIONS, f"{head}\n{row}\nN0007,示例赵六,,B001,,\n")
    with people.runtime.work(people.actor("manager")) as w:
        roster, plan = service.propose_roster(w, given)
    assert roster is None
    assert code in {problem_code(found) for found in plan.people_problems}
    assert plan.people.refused >= 1
    assert plan.people.created == plan.people.rows - plan.people.refused


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("B009,示例甲,,B404", "parent_unknown"),
        ("B009,示例甲,宇宙,", "organisation_kind"),
        ("B000,示例银行,用人单位,B001", "parent_circle"),
        ("B009,直通车运营部,用人单位,", "organisation_not_theirs"),
    ],
)
def test_a_wrong_organisation_is_told_and_nothing_is_done(
    people: People, row: str, code: str
) -> None:
    head, first, *_rest = ORGANISATIONS.splitlines()
    rows = [head, first, row] if row.startswith("B000") else [head, row]
    plan = compared(people, sheets("\n".join(rows)))
    assert code in {problem_code(found) for found in plan.organisation_problems}


@pytest.mark.parametrize("role", ["审核员", "运营经理", "经费审查", "供应商"])
def test_a_managers_sheet_makes_no_operators_and_no_suppliers(people: People, role: str) -> None:
    rows = PEOPLE + f"N0008,示例孙七,,B000,{role},\n"
    plan = compared(people, sheets(ORGANISATIONS, rows))
    assert [problem_code(found) for found in plan.people_problems] == ["role_not_by_sheet"]


@pytest.mark.parametrize("who", ["employee", "reviewer", "auditor", "union_buyer", "supplier"])
def test_only_managers_bring_sheets(people: People, who: str) -> None:
    with pytest.raises(Forbidden):
        compared(people, sheets(ORGANISATIONS, PEOPLE), who)


def test_an_employee_who_moved_leaves_the_old_place(people: People, runtime: Runtime) -> None:
    applied(people, sheets(ORGANISATIONS, PEOPLE))
    applied(people, sheets(people=PEOPLE.replace("B001,,\nN0002", "B000,,\nN0002")))
    assert roles(runtime, "N0001") == {("B000", Role.EMPLOYEE)}


def test_roles_are_taken_away_only_by_a_row_that_names_roles(
    people: People, runtime: Runtime
) -> None:
    applied(people, sheets(ORGANISATIONS, PEOPLE))
    silent = PEOPLE.replace("工会采购员@U001", "")
    assert compared(people, sheets(people=silent)).steps == []
    applied(people, sheets(people=PEOPLE.replace("工会采购员", "工会财务")))
    assert roles(runtime, "N0002") == {("B000", Role.EMPLOYEE), ("U001", Role.UNION_TREASURER)}


def test_a_branch_that_moved_takes_everything_below_along(people: People, runtime: Runtime) -> None:
    more = ORGANISATIONS + "B002,示例银行北城分行,,B000\nB003,示例银行南城支行,,B001\n"
    applied(people, sheets(more, PEOPLE))
    applied(people, sheets("单位代码,单位名称,上级单位代码\nB001,示例银行南城分行,B002\n"))
    north, south = place(runtime, "示例银行北城分行"), place(runtime, "示例银行南城分行")
    assert south.path == f"{north.path}{south.id}/"
    assert place(runtime, "示例银行南城支行").path.startswith(south.path)


def test_the_mobile_that_somebody_signs_in_with_is_kept_and_the_conflict_told(
    people: People, runtime: Runtime, client_as: Callable[[str], FlaskClient]
) -> None:
    """What a person proved is not overwritten by a sheet; an unused number may be corrected."""
    client_as("employee")  # signs in: the number is theirs
    applied(people, sheets(ORGANISATIONS))
    rows = (
        "工号,姓名,手机号,单位代码\n"
        "E0000,employee,13900000077,B000\n"
        "E0001,second_employee,13900000078,B000\n"
    )
    plan = applied(people, sheets(people=rows))
    assert [problem_code(found) for found in plan.notices] == ["mobile_kept"]
    assert person(runtime, "E0000").mobile == "13500000000"
    assert person(runtime, "E0001").mobile == "13900000078"


def test_somebody_new_has_no_password_that_opens(people: People, runtime: Runtime) -> None:
    applied(people, sheets(ORGANISATIONS, PEOPLE))
    for guess in ("", "N0001"):
        with runtime.reading() as session, pytest.raises(service.BadSignIn):
            queries.recognised(session, "N0001", guess, runtime.clock.now())


def test_what_was_shown_is_what_is_done_or_nothing(people: People, runtime: Runtime) -> None:
    """P15: between looking and pressing somebody changed what the sheets are compared with."""
    manager = people.actor("manager")
    with runtime.work(manager) as w:
        roster, plan = service.propose_roster(w, sheets(ORGANISATIONS, PEOPLE))
        assert roster is not None
        kept = roster.id
    applied(people, sheets(ORGANISATIONS))
    with runtime.work(manager) as w, pytest.raises(Refused, match="roster_changed"):
        service.apply_roster(w, kept, plan.digest)


def test_a_roster_is_done_once_and_its_private_sheets_are_forgotten(
    people: People, runtime: Runtime
) -> None:
    manager = people.actor("manager")
    with runtime.work(manager) as w:
        roster, plan = service.propose_roster(w, sheets(ORGANISATIONS, PEOPLE))
        assert roster is not None
        kept = roster.id
    with runtime.work(manager) as w:
        service.apply_roster(w, kept, plan.digest)
    with runtime.reading() as session:
        found = session.get_one(Roster, kept)
        assert (found.state, found.people, found.organisations) == (RosterState.APPLIED, None, None)
        assert found.counts["people_created"] == 3
    with runtime.work(manager) as w, pytest.raises(WrongState):
        service.apply_roster(w, kept, plan.digest)


def test_whoever_is_marked_left_is_out_at_the_very_next_request(
    people: People, runtime: Runtime, client_as: Callable[[str], FlaskClient]
) -> None:
    """P20: memberships and sign-ins end in the commit that says so."""
    browser = client_as("union_buyer")
    assert browser.get("/unions").status_code == 200
    number = person_of(people, "union_buyer").employee_number
    applied(people, sheets(ORGANISATIONS))
    plan = applied(
        people,
        sheets(people=f"工号,姓名,单位代码,离职日期\n{number},union_buyer,U001,2026-11-23\n"),
    )
    assert [step.name for step in plan.leaving] == ["union_buyer"]
    refused = browser.get("/unions")
    assert refused.status_code == 303
    assert "/sign-in" in refused.headers["Location"]
    assert roles(runtime, str(number)) == set()


def test_somebody_who_leaves_later_stays_until_then_and_it_is_told(
    people: People, runtime: Runtime
) -> None:
    applied(people, sheets(ORGANISATIONS, PEOPLE))
    later = PEOPLE.replace(
        "N0001,示例张三,13900000001,B001,,", "N0001,示例张三,13900000001,B001,,2026-12-31"
    )
    plan = compared(people, sheets(people=later))
    assert plan.steps == []
    assert [problem_code(found) for found in plan.notices] == ["leaves_later"]


def test_a_sheet_never_brings_back_somebody_who_left(people: People, runtime: Runtime) -> None:
    applied(people, sheets(ORGANISATIONS, PEOPLE))
    with runtime.work() as w:
        service.leave(w, person(runtime, "N0001").id)
    plan = compared(people, sheets(people=PEOPLE))
    assert plan.steps == []
    assert [problem_code(found) for found in plan.notices] == ["left_before"]
    with runtime.work() as w:
        service.come_back(w, person(runtime, "N0001").id)
    applied(people, sheets(people=PEOPLE))
    assert roles(runtime, "N0001") == {("B001", Role.EMPLOYEE)}


def test_missing_from_a_whole_list_leaves_only_after_the_number_was_confirmed(
    people: People, runtime: Runtime
) -> None:
    applied(people, sheets(ORGANISATIONS, PEOPLE))
    south = place(runtime, "示例银行南城分行").id
    only = "工号,姓名,单位代码\nN0001,示例张三,B001\n"
    given = sheets(people=only, whole_of=south)
    assert [step.name for step in compared(people, given).missing] == ["示例王五"]
    with pytest.raises(Refused, match="leaving_not_confirmed"):
        applied(people, given)
    applied(people, given, leaving=1)
    assert person(runtime, "N0003").left_at is not None
    assert person(runtime, "N0002").left_at is None  # of the bank, not of the branch


def test_whoever_is_missing_but_holds_something_elsewhere_loses_only_what_is_there(
    people: People, runtime: Runtime
) -> None:
    applied(people, sheets(ORGANISATIONS, PEOPLE))
    union = place(runtime, "示例银行工会").id
    given = sheets(people="工号,姓名,单位代码\nN0009,示例新人,U001\n", whole_of=union)
    applied(people, given, leaving=len(compared(people, given).missing))
    assert person(runtime, "N0002").left_at is None
    assert roles(runtime, "N0002") == {("B000", Role.EMPLOYEE)}


def test_nobody_ends_their_own_access_by_a_sheet(people: People) -> None:
    applied(people, sheets(ORGANISATIONS))
    number = person_of(people, "manager").employee_number
    rows = f"工号,姓名,单位代码,离职日期\n{number},manager,B000,2026-11-23\n"
    plan = compared(people, sheets(people=rows))
    assert [problem_code(found) for found in plan.people_problems] == ["cannot_leave_oneself"]


def test_no_list_is_the_whole_of_those_who_run_the_marketplace(
    people: People, runtime: Runtime
) -> None:
    applied(people, sheets(ORGANISATIONS))
    operator = place(runtime, "直通车运营部").id
    with pytest.raises(Invalid, match="organisation_not_theirs"):
        compared(people, sheets(people=PEOPLE, whole_of=operator))


def person_of(people: People, name: str) -> Person:
    with people.runtime.reading() as session:
        return session.get_one(Person, uuid.UUID(people.ids[name]))
