"""The one evaluator: what must be shown, what is shown, and in which spans of time that is enough.

Supplier, reviewer and the sale gate get their answers here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.credit_code import compact
from marketplace.suppliers import rules
from marketplace.suppliers.models import Declaration, Paper, Profile, Supplier, Waiver
from marketplace.suppliers.queries.growers import has_growers
from marketplace.suppliers.rules.requirements import GROWERS, Answered, Family, Requirement
from marketplace.suppliers.rules.spans import ALWAYS, Span, both, holds, united
from marketplace.suppliers.states import DeclarationState, PaperState, SupplierKind, WaiverState

_NEVER = datetime.max.replace(tzinfo=UTC)
_GOOD = frozenset({DeclarationState.PASSED, DeclarationState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything a supplier has shown, in whatever state; newest first."""

    kind: SupplierKind
    papers: tuple[Paper, ...]
    waivers: tuple[Waiver, ...] = ()
    declarations: tuple[Declaration, ...] = ()  # the last one of each name
    facts: frozenset[str] = frozenset()  # what is computed, see rules.FACTS
    credit_code: str = ""  # of today; a licence with another one is of another firm


class Met(StrEnum):
    """How it stands with one requirement."""

    MET = "met"
    WAIVED = "waived"
    WAITING = "waiting"  # shown, and a reviewer has not decided yet
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of the checklist; `paper`, `waiver` or `declaration` is what meets it now."""

    requirement: Requirement
    paper: Paper | None = None
    candidate: Paper | None = None  # handed in and good by its dates, but not yet accepted
    waiver: Waiver | None = None
    declaration: Declaration | None = None  # the last one, whatever became of it
    until: datetime | None = None  # while met: when that ends; None: for ever
    is_met: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether somebody has to hand something in."""
        return self.met is Met.MISSING and not self.requirement.optional

    @property
    def met(self) -> Met:
        if self.is_met:
            return Met.WAIVED if self.waiver and not self.paper else Met.MET
        waits = self.declaration and self.declaration.state is DeclarationState.PENDING
        return Met.WAITING if self.candidate or waits else Met.MISSING


def shown(session: Session, supplier: Supplier, *, anew: bool = False) -> Shown:
    """What a supplier has shown until now; `anew` reads again what this session has read before."""
    options = {"populate_existing": anew}
    mine = (Paper.supplier_id, Waiver.supplier_id, Declaration.supplier_id)
    papers, waivers, made = (column == supplier.id for column in mine)
    declared: dict[str, Declaration] = {}
    in_order = select(Declaration).where(made).order_by(Declaration.number)
    for one in session.scalars(in_order, execution_options=options):
        declared[one.name] = one
    newest = select(Paper).where(papers).order_by(Paper.added_at.desc(), Paper.id)
    waived = select(Waiver).where(waivers).order_by(Waiver.proposed_at.desc(), Waiver.id)
    return Shown(
        supplier.kind,
        tuple(session.scalars(newest, execution_options=options)),
        tuple(session.scalars(waived, execution_options=options)),
        tuple(declared.values()),
        _facts(session, supplier),
        supplier.credit_code or "",
    )


def asked_of(has: Shown, slugs: Iterable[str] = ()) -> tuple[Requirement, ...]:
    """What this supplier is asked, also because of what it has declared."""
    return tuple(
        one
        for one in rules.required_of(has.kind, slugs)
        if one.answered is None or _has_answered(one.answered, has)
    )


def _has_answered(one: Answered, has: Shown) -> bool:
    made = next((made for made in has.declarations if made.name == one.declaration), None)
    return made is not None and made.answers.get(one.question, {}).get("said") == one.answer


def checklist(
    has: Shown, at: datetime, slugs: Iterable[str] = (), goods_id: uuid.UUID | None = None
) -> tuple[CheckItem, ...]:
    """What must be shown at that instant, for goods of this profile or as a whole, and what is."""
    return tuple(
        _item(one, has, at, goods_id) for one in asked_of(has, slugs) if not holds(one.spared, at)
    )


def checklist_of(
    session: Session, supplier: Supplier, at: datetime, key: str = rules.WHOLE
) -> tuple[CheckItem, ...]:
    """The same for the goods that stand under this key; as a whole where nobody knows the key."""
    profile = session.get(Profile, (supplier.id, key))
    slugs, goods_id = (profile.slugs, profile.goods_id) if profile else ((), None)
    return checklist(shown(session, supplier), at, slugs, goods_id)


def standing_spans(
    has: Shown, slugs: Iterable[str] = (), goods_id: uuid.UUID | None = None
) -> tuple[Span, ...]:
    """When everything is met."""
    found: tuple[Span, ...] = (ALWAYS,)
    for one in asked_of(has, slugs):
        if one.optional:
            continue
        found = both(found, _spans(one, has, goods_id))
    return found


def _spans(asked: Requirement, has: Shown, goods_id: uuid.UUID | None) -> tuple[Span, ...]:
    """When this one is met."""
    spans: list[Span] = list(asked.spared)
    if asked.family is Family.DECLARATION and _is_declared(_declaration(asked, has)):
        spans.append(ALWAYS)
    if asked.family is Family.FACT and asked.name in has.facts:
        spans.append(ALWAYS)
    accepted = (one for one in _fitting(asked, has, goods_id) if one.state is PaperState.ACCEPTED)
    spans += [(one.starts_at, one.ends_at) for one in accepted]
    spans += [(one.starts_at, one.ends_at) for one in _waivers(asked, has, goods_id)]
    return united(spans)


def _item(asked: Requirement, has: Shown, at: datetime, goods_id: uuid.UUID | None) -> CheckItem:
    valid = [
        one for one in _fitting(asked, has, goods_id)
        if rules.in_force(one.starts_at, one.ends_at, at)
    ]  # fmt: skip
    span = holds(_spans(asked, has, goods_id), at)
    waivers = (
        one for one in _waivers(asked, has, goods_id) if holds([(one.starts_at, one.ends_at)], at)
    )
    return CheckItem(
        asked,
        paper=_longest(one for one in valid if one.state is PaperState.ACCEPTED),
        candidate=_longest(one for one in valid if one.state is PaperState.PENDING),
        waiver=next(waivers, None),
        declaration=_declaration(asked, has) if asked.family is Family.DECLARATION else None,
        until=span[1] if span else None,
        is_met=span is not None,
    )


def _fitting(asked: Requirement, has: Shown, goods_id: uuid.UUID | None) -> Iterator[Paper]:
    """Papers of the right kinds, of the supplier as a whole or of just these goods."""
    for paper in has.papers:
        is_for = paper.kind in asked.papers and paper.goods_id in {None, goods_id}
        if is_for and _is_of_this_firm(paper, has):
            yield paper


def _is_of_this_firm(paper: Paper, has: Shown) -> bool:
    """After a change of entity the papers of registration are those of the code that counts now."""
    if rules.KINDS[paper.kind].code != "credit_code" or not has.credit_code:
        return True
    return compact(paper.number) == has.credit_code


def _waivers(asked: Requirement, has: Shown, goods_id: uuid.UUID | None) -> Iterator[Waiver]:
    for waiver in has.waivers:
        is_for = waiver.goods_id in {None, goods_id} and waiver.requirement == asked.slug
        if is_for and waiver.state is WaiverState.GRANTED:
            yield waiver


def _declaration(asked: Requirement, has: Shown) -> Declaration | None:
    return next((one for one in has.declarations if one.name == asked.name), None)


def _is_declared(made: Declaration | None) -> bool:
    """Answers to an older edition count no longer."""
    return bool(made and made.state in _GOOD and made.edition == rules.FORMS[made.name].edition)


def _facts(session: Session, supplier: Supplier) -> frozenset[str]:
    """What holds of it now; whoever changes one of these reckons anew."""
    return frozenset({GROWERS} if has_growers(session, supplier) else ())


def _longest(found: Iterable[Paper]) -> Paper | None:
    """The one that ends last; long-term papers never end."""
    return max(found, key=lambda paper: paper.ends_at or _NEVER, default=None)
