"""Organisations and people from an employer's sheets: shown first, then done whole or not."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from sqlalchemy import select

from catalog_import import UnreadableFile, read_employees, read_organisations
from marketplace.accounts import queries, rules
from marketplace.accounts.models import Membership, Organisation, OrganisationKind, Person, Roster
from marketplace.accounts.rules import rosters
from marketplace.accounts.service.comparing import Comparing, Keeper
from marketplace.accounts.service.known import Known
from marketplace.accounts.service.people import end_everything, give_roles, take_role
from marketplace.accounts.service.steps import (
    ChangeOrganisation,
    ChangePerson,
    Give,
    NewOrganisation,
    NewPerson,
    Plan,
    Take,
)
from marketplace.accounts.states import ROSTER, RosterState
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused
from marketplace.work import Work, move

THEIRS = frozenset({OrganisationKind.GROUP, OrganisationKind.UNION})
KEEPERS = frozenset({Role.MANAGER, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class Sheets:
    """The files as they came. `whole_of`: the people are all there are in this organisation and
    below it, so whoever stands in no row has left."""

    organisations: bytes = b""
    people: bytes = b""
    names: str = ""
    whole_of: uuid.UUID | None = None

    @property
    def sha256(self) -> str:
        both = hashlib.sha256(self.organisations).digest() + hashlib.sha256(self.people).digest()
        return hashlib.sha256(both).hexdigest()


def compare(w: Work, sheets: Sheets) -> Plan:
    """What the sheets would change, every problem and everything worth telling; writes nothing.

    Raises Forbidden, Invalid (no file; whole without people), Missing.
    """
    _keepers_only(w)
    if not (sheets.organisations or sheets.people):
        raise Invalid("no_sheet", field="people")
    if sheets.whole_of and not sheets.people:
        raise Invalid("whole_without_people", field="people")
    every_role = frozenset(Role) - {Role.SYSTEM}
    may_give = every_role if Role.SYSTEM in w.actor.roles else rosters.BY_SHEET
    known = Known(w.session, w.now)
    comparing = Comparing(known, Keeper(w.actor.person_id, may_give), local_day(w.now))
    if sheets.organisations:
        try:
            comparing.organisations(read_organisations(sheets.organisations))
        except UnreadableFile as fault:
            comparing.plan.organisation_problems.append(fault.problem)
    if sheets.people:
        _compare_people(w, comparing, sheets)
    return comparing.plan


def _compare_people(w: Work, comparing: Comparing, sheets: Sheets) -> None:
    try:
        sheet = read_employees(sheets.people)
    except UnreadableFile as fault:
        comparing.plan.people_problems.append(fault.problem)
        return
    comparing.people(sheet)
    if sheets.whole_of and not sheet.partial:
        top = queries.organisation(w.session, sheets.whole_of)
        if top.kind not in THEIRS:  # who runs the marketplace is on no employer's list
            raise Invalid("organisation_not_theirs", field="whole_of", value=top.name)
        comparing.whole_of(sheets.whole_of, sheet)


def propose_roster(w: Work, sheets: Sheets) -> tuple[Roster | None, Plan]:
    """Keep good sheets until the manager who saw the changes decides; bad ones are not kept.

    Raises as `compare`, Refused roster_changes_nothing.
    """
    plan = compare(w, sheets)
    if plan.has_problems:
        return None, plan
    if not plan.steps and not plan.notices:
        raise Refused("roster_changes_nothing", field="people", rows=plan.people.rows)
    made = Roster(
        state=RosterState.PROPOSED,
        organisations=sheets.organisations or None,
        people=sheets.people or None,
        file_names=sheets.names[:200],
        sha256=sheets.sha256,
        whole_of=sheets.whole_of,
        counts=plan.counts(),
        made_by=w.actor.person_id,
        made_at=w.now,
    )
    w.session.add(made)
    w.record("propose", made, to_state=made.state, sha256=made.sha256, counts=plan.counts())
    return made, plan


def shown(w: Work, roster_id: uuid.UUID) -> tuple[Roster, Plan]:
    """A roster that waits, compared with what is known at this instant. Raises Missing."""
    roster = _waiting(w, roster_id)
    return roster, compare(w, _sheets(roster))


def apply_roster(w: Work, roster_id: uuid.UUID, digest: str, *, leaving: int = 0) -> Plan:
    """Do what was shown, in one unit of work: all of it, and nothing else.

    `leaving`: how many people the manager agreed to see leave because they are missing. Raises
    Missing, WrongState, Refused roster_changed, leaving_not_confirmed.
    """
    roster = _waiting(w, roster_id)
    ROSTER.after(roster.state, "apply", w.actor.roles)  # the plainest reason is told first
    plan = compare(w, _sheets(roster))
    _still_as_shown(plan, digest, leaving)
    move(w, ROSTER, roster, "apply", sha256=roster.sha256, counts=plan.counts())
    _do(w, plan)
    _forget(w, roster, plan)
    return plan


def import_sheets(w: Work, sheets: Sheets, *, leaving: int = 0) -> Plan:
    """The same without a stop between, for a command; does nothing when there are problems.

    Raises as `compare`, Refused leaving_not_confirmed.
    """
    plan = compare(w, sheets)
    if plan.has_problems or not plan.steps:
        return plan
    _still_as_shown(plan, plan.digest, leaving)
    roster, _plan = propose_roster(w, sheets)
    assert roster is not None  # noqa: S101  # it has no problems; tells mypy
    apply_roster(w, roster.id, plan.digest, leaving=leaving)
    return plan


def drop_roster(w: Work, roster_id: uuid.UUID) -> None:
    """Do nothing of it, and forget the sheets. Raises Missing, WrongState."""
    roster = _waiting(w, roster_id)
    move(w, ROSTER, roster, "drop")
    _forget(w, roster, None)


def _still_as_shown(plan: Plan, digest: str, leaving: int) -> None:
    if plan.has_problems or plan.digest != digest:
        raise Refused("roster_changed")
    if len(plan.missing) != leaving:
        raise Refused("leaving_not_confirmed", count=len(plan.missing))


def _forget(w: Work, roster: Roster, plan: Plan | None) -> None:
    roster.organisations = roster.people = None
    roster.decided_at = w.now
    if plan is not None:
        roster.counts = plan.counts()


def _waiting(w: Work, roster_id: uuid.UUID) -> Roster:
    """Locked: of two who press the button at once, the second finds it decided."""
    _keepers_only(w)
    found = w.session.scalar(select(Roster).where(Roster.id == roster_id).with_for_update())
    if found is None:
        raise Missing(roster_id=roster_id)
    return found


def _sheets(roster: Roster) -> Sheets:
    return Sheets(
        organisations=roster.organisations or b"",
        people=roster.people or b"",
        names=roster.file_names,
        whole_of=roster.whole_of,
    )


def _do(w: Work, plan: Plan) -> None:
    """Places before people, people before roles; leaving last of all."""
    places = _do_organisations(w, plan)
    numbers = _do_people(w, plan)
    for step in plan.steps:
        if isinstance(step, Take):
            take_role(w, w.session.get_one(Membership, step.membership_id))
    gifts = [step for step in plan.steps if isinstance(step, Give)]
    give_roles(w, [(numbers[g.number].id, places[g.place], g.role) for g in gifts])
    for step in plan.leaving:
        end_everything(w, w.session.get_one(Person, step.person_id))


def _do_organisations(w: Work, plan: Plan) -> dict[str, uuid.UUID]:
    """Answers the id of every code, old and new."""
    new = {step.code: step for step in plan.steps if isinstance(step, NewOrganisation)}
    changes = [step for step in plan.steps if isinstance(step, ChangeOrganisation)]
    for change in changes:
        one = w.session.get_one(Organisation, change.id)
        one.code, one.name = change.code, change.name
        one.credit_code = change.credit_code or one.credit_code
        w.record("revise", one, name=one.name, code=one.code)
    w.session.flush()
    rows = w.session.execute(select(Organisation.code, Organisation.id))
    ids = {row.code: row.id for row in rows if row.code}
    while new:
        ready = [step for step in new.values() if not step.parent or step.parent in ids]
        for step in ready:
            ids[step.code] = _new_organisation(w, step, ids).id
            del new[step.code]
    for change in changes:
        if change.parent is not None:
            _move_below(w, w.session.get_one(Organisation, change.id), ids[change.parent])
    return ids


def _new_organisation(w: Work, step: NewOrganisation, ids: dict[str, uuid.UUID]) -> Organisation:
    parent = w.session.get_one(Organisation, ids[step.parent]) if step.parent else None
    new_id = uuid.uuid4()
    made = Organisation(
        id=new_id,
        parent_id=parent.id if parent else None,
        path=rules.path_below(parent.path if parent else "/", new_id),
        kind=OrganisationKind(step.kind),
        name=step.name,
        credit_code=step.credit_code or None,
        code=step.code,
        created_at=w.now,
    )
    w.session.add(made)
    w.record("add", made, name=made.name, kind=made.kind, code=made.code)
    return made


def _move_below(w: Work, one: Organisation, parent_id: uuid.UUID) -> None:
    """With everything that is below it."""
    above, before = w.session.get_one(Organisation, parent_id), one.path
    after = rules.path_below(above.path, one.id)
    inside = select(Organisation).where(Organisation.path.startswith(before, autoescape=True))
    for each in w.session.scalars(inside.order_by(Organisation.path)):
        each.path = after + each.path.removeprefix(before)
    one.parent_id = above.id
    w.record("move", one, parent=above.id)


def _do_people(w: Work, plan: Plan) -> dict[str, Person]:
    """Answers the person of every number that a step names."""
    new = [step for step in plan.steps if isinstance(step, NewPerson)]
    found = {
        step.number: Person(
            name=step.name,
            mobile=step.mobile or None,
            employee_number=step.number,
            password_hash=rules.nobodys_hash(),  # until they choose one by SMS or invitation
            created_at=w.now,
        )
        for step in new
    }
    w.session.add_all(found.values())
    for person in found.values():
        w.record("add", person, name=person.name)
    for step in plan.steps:
        if isinstance(step, ChangePerson):
            person = w.session.get_one(Person, step.id)
            person.name, person.employee_number = step.name, step.number
            person.mobile = step.mobile or person.mobile
            w.record("revise", person, name=person.name)
            found[step.number] = person
    lacking = {s.number for s in plan.steps if isinstance(s, Give)} - found.keys()
    known = Known(w.session, w.now)
    known.meet(sorted(lacking), ())
    return {**known.by_number, **found}


def _keepers_only(w: Work) -> None:
    if not w.actor.roles & KEEPERS:
        raise Forbidden
