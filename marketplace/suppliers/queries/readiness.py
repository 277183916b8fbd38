"""How near a supplier, or goods of one profile, are to being on sale, and what to do next."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from marketplace.suppliers import rules
from marketplace.suppliers.models import Paper, Profile, Supplier
from marketplace.suppliers.queries.showing import (
    CheckItem,
    Met,
    Shown,
    checklist,
    shown,
)
from marketplace.suppliers.rules.requirements import Family, Requirement
from marketplace.suppliers.states import (
    DeclarationState,
    PaperKind,
    PaperState,
    SupplierState,
)

DONE, HALF = 2, 1  # of what is met, and of what waits for a reviewer


class Todo(StrEnum):
    """What somebody has to do about one thing that is not met."""

    HAND_IN = "hand_in"
    RENEW = "renew"  # it ran out
    CORRECT = "correct"  # it was refused, with a reason
    BEGINS = "begins"  # it is accepted and not valid yet: nothing to do
    WAIT = "wait"  # a reviewer has it
    DECLARE = "declare"
    DECLARE_ANEW = "declare_anew"  # the last declaration was refused, or answers older questions
    GROWERS = "growers"
    SUBMIT = "submit"  # the application
    WAIT_APPLICATION = "wait_application"
    SUSPENDED = "suspended"  # a reviewer restores it


WAITING = frozenset({Todo.WAIT, Todo.BEGINS, Todo.WAIT_APPLICATION})


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do, or to wait for. `kinds` are the papers of which one meets it, `paper` the
    one that ran out, was refused or waits."""

    todo: Todo
    requirement: Requirement | None = None
    paper: Paper | None = None
    note: str = ""  # the reviewer's reason

    @property
    def is_waiting(self) -> bool:
        return self.todo in WAITING

    @property
    def kinds(self) -> tuple[PaperKind, ...]:
        return self.requirement.papers if self.requirement else ()


@dataclass(frozen=True, slots=True)
class Readiness:
    """The checklist with what follows from it. `share` is whole per cent and 100 exactly when the
    gate lets the goods through; what waits for a reviewer counts half."""

    items: tuple[CheckItem, ...]
    unasked: tuple[Requirement, ...]  # what the scheme asks of others
    steps: tuple[NextStep, ...]
    share: int

    @property
    def is_ready(self) -> bool:
        return self.share == 100


def readiness(
    session: Session, supplier: Supplier, at: datetime, key: str = rules.WHOLE
) -> Readiness:
    """Of the goods that stand under this key at that instant; as a whole where nobody knows it."""
    profile = session.get(Profile, (supplier.id, key))
    slugs, goods_id = (profile.slugs, profile.goods_id) if profile else ([], None)
    has = shown(session, supplier)
    items = checklist(has, at, slugs, goods_id)
    asked = {item.requirement.slug for item in items}
    wanted = [one for one in items if not one.is_met and not one.requirement.optional]
    return Readiness(
        items,
        tuple(one for one in rules.REQUIREMENTS if one.slug not in asked),
        _steps(supplier, (_step(one, has, at, goods_id) for one in wanted)),
        _share(items, supplier.state),
    )


def _share(items: Iterable[CheckItem], state: SupplierState) -> int:
    """Every requirement counts alike, and so does being let in."""
    points = [_points(item.met) for item in items if not item.requirement.optional]
    looked_at = state in {SupplierState.SUBMITTED, SupplierState.CHECKED}
    points.append(DONE if state is SupplierState.APPROVED else HALF * looked_at)
    return sum(points) * 100 // (DONE * len(points))


def _points(met: Met) -> int:
    return {Met.MISSING: 0, Met.WAITING: HALF}.get(met, DONE)


def _steps(supplier: Supplier, found: Iterable[NextStep]) -> tuple[NextStep, ...]:
    """What the supplier can do stands before what it waits for."""
    by_state = {
        SupplierState.DRAFT: Todo.SUBMIT,
        SupplierState.RETURNED: Todo.SUBMIT,
        SupplierState.SUBMITTED: Todo.WAIT_APPLICATION,
        SupplierState.CHECKED: Todo.WAIT_APPLICATION,
        SupplierState.SUSPENDED: Todo.SUSPENDED,
    }
    steps = list(found)
    if supplier.state in by_state:
        steps.append(NextStep(by_state[supplier.state], note=supplier.note or ""))
    return tuple(sorted(steps, key=lambda step: step.is_waiting))


def _step(item: CheckItem, has: Shown, at: datetime, goods_id: uuid.UUID | None) -> NextStep:
    asked = item.requirement
    if item.met is Met.WAITING:
        return NextStep(Todo.WAIT, asked, item.candidate)
    if asked.family is Family.FACT:
        return NextStep(Todo.GROWERS, asked)
    if asked.family is Family.DECLARATION:
        made = item.declaration
        if made is None:
            return NextStep(Todo.DECLARE, asked)
        refused = made.state is DeclarationState.REFUSED
        return NextStep(Todo.DECLARE_ANEW, asked, note=made.note or "" if refused else "")
    return _paper_step(asked, has, at, goods_id)


def _paper_step(
    asked: Requirement, has: Shown, at: datetime, goods_id: uuid.UUID | None
) -> NextStep:
    """By the newest paper of a fitting kind that no later one corrects, if there is one."""
    corrected = {one.corrects_id for one in has.papers}
    fitting = (one for one in has.papers if one.kind in asked.papers)
    mine = (one for one in fitting if one.goods_id in {None, goods_id} and one.id not in corrected)
    newest = next(mine, None)
    if newest is None:
        return NextStep(Todo.HAND_IN, asked)
    if newest.state in {PaperState.REFUSED, PaperState.REVOKED}:
        return NextStep(Todo.CORRECT, asked, newest, newest.note or "")
    if newest.ends_at is not None and newest.ends_at <= at:
        return NextStep(Todo.RENEW, asked, newest)
    waits = newest.state is PaperState.PENDING
    return NextStep(Todo.WAIT if waits else Todo.BEGINS, asked, newest)
