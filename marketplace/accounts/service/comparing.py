"""Comparing an employer's sheets with what is known: every problem by row, every change a step."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from catalog_import import EmployeeRow, EmployeeSheet, OrganisationRow, OrganisationSheet
from marketplace.accounts import rules
from marketplace.accounts.models import Membership, Organisation, Person
from marketplace.accounts.rules import rosters
from marketplace.accounts.service.known import Known
from marketplace.accounts.service.steps import (
    ChangeOrganisation,
    ChangePerson,
    Count,
    Give,
    Leave,
    NewOrganisation,
    NewPerson,
    Plan,
    Step,
    Take,
)
from marketplace.kernel import credit_code as credit_codes
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid
from marketplace.kernel.sheets import RowFault

OURS = frozenset({"group", "union"})  # kinds that an employer's sheet may make and change


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who brings the sheet, and what they may give."""

    person_id: str
    may_give: frozenset[Role]


class Comparing:
    """One comparison; `plan` fills while the sheets are gone through."""

    def __init__(self, known: Known, keeper: Keeper, today: date) -> None:
        self.known, self.keeper, self.today = known, keeper, today
        self.plan = Plan()
        # code → kind, of everything that will be there
        self.kinds = {code: str(one.kind) for code, one in known.by_code.items()}
        self._codes = {one.id: one.code for one in known.organisations.values()}
        self._parents: dict[str, str] = {}
        self._mobiles: dict[str, int] = {}

    def organisations(self, sheet: OrganisationSheet) -> None:
        plan = self.plan
        plan.organisation_problems += sheet.problems
        plan.organisations.refused += len(sheet.partial)
        kinds = {rosters.code(row.code): self._kind_word(row) for row in sheet.rows}
        self.kinds = {**kinds, **self.kinds}
        for one in self.known.organisations.values():
            above = self.known.organisations.get(one.parent_id) if one.parent_id else None
            if one.code and above and above.code:
                self._parents[one.code] = above.code
        for row in sheet.rows:
            try:
                steps = list(self._organisation(row))
            except Invalid as fault:
                plan.organisations.refused += 1
                plan.organisation_problems.append(_fault(sheet.headings, row.row, row.code, fault))
            else:
                _count(plan.organisations, steps, NewOrganisation)
                plan.steps += steps

    def people(self, sheet: EmployeeSheet) -> None:
        plan = self.plan
        plan.people_problems += sheet.problems
        plan.people.refused += len(sheet.partial)
        numbers = [row.employee_no for row in sheet.rows]
        self.known.meet(
            (rosters.code(n) for n in numbers), (r.mobile for r in sheet.rows if r.mobile)
        )
        for row in sheet.rows:
            try:
                steps = list(self._person(row))
            except Invalid as fault:
                plan.people.refused += 1
                plan.people_problems.append(_fault(sheet.headings, row.row, row.employee_no, fault))
            else:
                _count(plan.people, steps, NewPerson)
                plan.steps += steps

    def whole_of(self, organisation_id: uuid.UUID, sheet: EmployeeSheet) -> None:
        """Who holds something there and stands in no row leaves; whoever holds something elsewhere
        too loses only what is there."""
        named = {rosters.code(row.employee_no) for row in sheet.rows}
        top = self.known.organisations[organisation_id].path
        for person in self.known.meet_members(organisation_id):
            if person.employee_number is None or rosters.code(person.employee_number) in named:
                continue
            held = self.known.held[person.id]
            inside = [one for one in held if self._is_below(one, top)]
            elsewhere = [one for one in held if not self._is_below(one, top)]
            if elsewhere:
                self.plan.steps += [Take(one.id) for one in inside]
            elif str(person.id) == self.keeper.person_id:
                fault = Invalid("cannot_leave_oneself", field="employee_no")
                self.plan.people_problems.append(RowFault(None, "", person.employee_number, fault))
            else:
                self.plan.steps.append(
                    Leave(person.id, person.employee_number, person.name, is_missing=True)
                )

    def _is_below(self, held: Membership, top: str) -> bool:
        return self.known.organisations[held.organisation_id].path.startswith(top)

    # --- one organisation

    def _kind_word(self, row: OrganisationRow) -> str:
        return rosters.KIND_OF.get(row.kind.lower(), "group") if row.kind else "group"

    def _organisation(self, row: OrganisationRow) -> Iterator[Step]:
        own, credit = rosters.code(row.code), _credit_code(row.credit_code)
        if row.kind and row.kind.lower() not in rosters.KIND_OF:
            raise Invalid("organisation_kind", field="kind", value=row.kind)
        found = self.known.by_code.get(own) or self.known.without_code(row.name, credit)
        kind = self._kind_word(row) if row.kind or found is None else str(found.kind)
        parent = self._parent(own, rosters.code(row.parent)) if row.parent else ""
        if found is None:
            yield NewOrganisation(own, row.name, kind, parent, credit)
            return
        if str(found.kind) not in OURS or str(found.kind) != kind:
            raise Invalid("organisation_not_theirs", field="code", value=row.code)
        self._codes[found.id], self.kinds[own] = own, kind
        moved = parent if parent and self._code_above(found) != parent else None
        wanted = (own, row.name, credit or found.credit_code)
        if moved is not None or wanted != (found.code, found.name, found.credit_code):
            yield ChangeOrganisation(found.id, own, row.name, credit, moved)

    def _parent(self, own: str, parent: str) -> str:
        """Raises Invalid: unknown, or below the organisation itself."""
        if parent not in self.kinds:
            raise Invalid("parent_unknown", field="parent", value=parent)
        self._parents[own] = parent
        seen, above = {own}, parent
        while above:
            if above in seen:
                del self._parents[own]
                raise Invalid("parent_circle", field="parent", value=parent)
            seen.add(above)
            above = self._parents.get(above, "")
        return parent

    def _code_above(self, one: Organisation) -> str | None:
        above = self.known.organisations.get(one.parent_id) if one.parent_id else None
        return above.code if above else None

    # --- one person

    def _person(self, row: EmployeeRow) -> Iterator[Step]:
        number = rules.check_employee_number(row.employee_no)
        place = rosters.code(row.organisation)
        wanted = self._wanted(row, place)
        person = self._found(row, number)
        if person is not None and person.left_at is not None:
            if row.left_on is None:
                self._notice(row, "left_before", name=person.name)
            return
        if row.left_on is not None and row.left_on > self.today:
            self._notice(row, "leaves_later", day=row.left_on)
        elif row.left_on is not None:
            yield from self._leaving(person)
            return
        mobile = self._mobile(row, person)
        if person is None:
            yield NewPerson(number, row.name, mobile)
        elif (row.name, number) != (person.name, person.employee_number) or mobile:
            yield ChangePerson(person.id, number, row.name, mobile)
        yield from self._memberships(number, person, wanted, is_whole=bool(row.roles))

    def _leaving(self, person: Person | None) -> Iterator[Step]:
        if person is None:
            return  # never here: nothing to end
        if str(person.id) == self.keeper.person_id:
            raise Invalid("cannot_leave_oneself", field="left_on")
        yield Leave(person.id, person.employee_number or "", person.name, is_missing=False)

    def _found(self, row: EmployeeRow, number: str) -> Person | None:
        """By employee number; else by mobile, if that person has no number yet and this name."""
        if number in self.known.by_number:
            return self.known.by_number[number]
        person = self.known.by_mobile.get(row.mobile) if row.mobile else None
        if person is not None and (person.employee_number or person.name != row.name):
            raise Invalid("mobile_of_another", field="mobile", value=row.mobile)
        return person

    def _mobile(self, row: EmployeeRow, person: Person | None) -> str:
        """The mobile to be written; empty: nothing to write. Never over one that its owner used."""
        if not row.mobile or (person is not None and person.mobile == row.mobile):
            return ""
        first = self._mobiles.setdefault(row.mobile, row.row)
        if first != row.row:
            raise Invalid("mobile_twice", field="mobile", value=row.mobile, row=first)
        if row.mobile in self.known.by_mobile:
            raise Invalid("mobile_of_another", field="mobile", value=row.mobile)
        if person is not None and person.mobile and self.known.has_signed_in(person):
            self._notice(row, "mobile_kept", name=person.name)
            return ""
        return row.mobile

    def _wanted(self, row: EmployeeRow, own: str) -> set[tuple[str, Role]]:
        """Everybody is an employee of their own organisation; `roles` adds to that."""
        if own not in self.kinds:
            raise Invalid("organisation_unknown", field="organisation", value=row.organisation)
        wanted = {(own, Role.EMPLOYEE)}
        for text in row.roles:
            role, place = rosters.role_and_place(text, own)
            if role is None:
                raise Invalid("role_unknown", field="roles", value=text)
            self._may_stand(text, role, place)
            wanted.add((place, role))
        for place, role in wanted:
            if role not in rules.ROLES_IN[self.kinds[place]]:
                raise Invalid("role_not_in_sheet", field="roles", role=role, value=place)
        return wanted

    def _may_stand(self, text: str, role: Role, place: str) -> None:
        """Raises Invalid role_not_by_sheet, organisation_unknown, role_not_in_sheet."""
        if role not in self.keeper.may_give:
            raise Invalid("role_not_by_sheet", field="roles", value=text)
        if place not in self.kinds:
            raise Invalid("organisation_unknown", field="roles", value=place)
        if not rosters.is_meant(text, role, self.kinds[place]):
            raise Invalid("role_not_in_sheet", field="roles", role=role, value=place)

    def _memberships(
        self, number: str, person: Person | None, wanted: set[tuple[str, Role]], *, is_whole: bool
    ) -> Iterator[Step]:
        """Gives what is wanted. An employee who moved leaves the old place; other roles are taken
        away only when the row says which ones there are."""
        held = self.known.held[person.id] if person else []
        kept: set[tuple[str, Role]] = set()
        for one in held:
            place = self.known.organisations[one.organisation_id]
            key = (self._codes[place.id] or "", one.role)
            if key in wanted:
                kept.add(key)
            elif str(place.kind) in OURS and (
                one.role is Role.EMPLOYEE or (is_whole and one.role in rosters.BY_SHEET)
            ):
                yield Take(one.id)
        for code, role in sorted(wanted - kept):
            yield Give(number, code, role)

    def _notice(self, row: EmployeeRow, code: str, **data: object) -> None:
        self.plan.notices.append(RowFault(row.row, "", row.employee_no, Invalid(code, **data)))


def _count(count: Count, steps: list[Step], creating: type[Step]) -> None:
    if any(isinstance(step, creating) for step in steps):
        count.created += 1
    elif steps:
        count.updated += 1
    else:
        count.unchanged += 1


def _fault(headings: dict[str, str], row: int, value: str, fault: Invalid) -> RowFault:
    column = next((h for h, name in headings.items() if name == fault.data.get("field")), "")
    return RowFault(row, column, str(fault.data.get("value", value)), fault)


def _credit_code(text: str) -> str:
    code = credit_codes.compact(text) if text else ""
    if code and (fault := credit_codes.fault_of(code)):
        raise Invalid(f"credit_code_{fault.code}", field="credit_code", value=text)
    return code
