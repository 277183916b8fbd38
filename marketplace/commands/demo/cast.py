"""The first morning: organisations, people, and the books of the unions."""

from __future__ import annotations

from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.commands.demo.script import Organisation, People
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.credit_code import completed
from marketplace.standalone import DEMO_PASSWORD
from marketplace.unions import service as unions
from marketplace.unions.service import NewMember
from marketplace.work import Work

OPENING = 43  # working days before today
MEMBERS = {"union-head": 30, "union-south": 12}


def plan(stage: Stage, people: People) -> None:
    stage.plan(OPENING, "09:00", lambda: _organisations(stage, people))
    stage.plan(OPENING, "09:20", lambda: _people(stage, people))
    stage.plan(OPENING, "09:40", lambda: _unions(stage, people))


def members(union: str) -> list[NewMember]:
    """The invented members of a union, always the same."""
    first = 1 + 100 * list(MEMBERS).index(union)
    return [
        NewMember(f"示例会员{n:03d}", f"HY{n:05d}", f"1380001{n:04d}")
        for n in range(first, first + MEMBERS[union])
    ]


def _organisations(stage: Stage, people: People) -> None:
    with stage.work() as w:
        for one in people.organisation:
            made = accounts.add_organisation(
                w,
                one.name,
                one.kind,
                parent_id=stage.ids[one.parent] if one.parent else None,
                credit_code=_code(one),
            )
            stage.ids[one.key] = made.id


def _people(stage: Stage, people: People) -> None:
    with stage.work() as w:
        for one in people.person:
            made = accounts.add_person(
                w, one.name, DEMO_PASSWORD, mobile=one.mobile, employee_number=one.employee_number
            )
            for role in one.roles:
                accounts.grant(w, made.id, stage.ids[one.organisation], role)
            stage.ids[one.key] = made.id


def _unions(stage: Stage, people: People) -> None:
    with stage.work() as w:
        for one in people.organisation:
            if one.kind is OrganisationKind.UNION:
                _found(stage, w, one)


def _found(stage: Stage, w: Work, one: Organisation) -> None:
    founded = unions.found_union(w, stage.ids[one.key], one.name, _code(one) or "")
    stage.ids[f"union:{one.key}"] = founded.id
    w.session.flush()
    unions.add_members(w, founded.id, members(one.key))


def _code(one: Organisation) -> str | None:
    return completed(one.credit_code_body) if one.credit_code_body else None
