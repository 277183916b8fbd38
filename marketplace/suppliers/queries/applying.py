"""How far an application is: what is done, what is missing, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.suppliers import rules
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.queries.showing import checklist, shown
from marketplace.suppliers.rules import Gap
from marketplace.suppliers.rules.requirements import GROWERS, Family, Requirement
from marketplace.suppliers.states import ApplicationStep


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of an application; done when it was saved and asks nothing more."""

    step: ApplicationStep
    done: bool
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """All steps before the last one, which only looks at them."""

    rows: tuple[StepRow, ...]

    @property
    def done(self) -> int:
        return sum(row.done for row in self.rows)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return tuple(gap for row in self.rows for gap in row.gaps)

    @property
    def next(self) -> ApplicationStep:
        """The first that is not done; the last look when all are."""
        return next((row.step for row in self.rows if not row.done), ApplicationStep.CHECK)


def progress(session: Session, supplier: Supplier, at: datetime) -> Progress:
    """How far the application is at that instant."""
    missing = gaps(session, supplier, at)
    rows = []
    for step in rules.steps_of(supplier.kind)[:-1]:
        own = tuple(gap for gap in missing if gap.step is step)
        is_said = step in supplier.saved or step in _ELSEWHERE
        rows.append(StepRow(step, is_said and not own, own))
    return Progress(tuple(rows))


def gaps(session: Session, supplier: Supplier, at: datetime) -> tuple[Gap, ...]:
    """Everything that is missing before it may be submitted, in the order of the steps."""
    found = list(rules.blanks({name: getattr(supplier, name) for name in _FIELDS}))
    for item in checklist(shown(session, supplier), at):
        if item.is_missing:
            found.append(_gap(item.requirement))
    return tuple(sorted(found, key=lambda gap: _ORDER.index(gap.step)))


def _gap(asked: Requirement) -> Gap:
    """Growers and declarations have steps of their own; all else is shown with the papers."""
    if asked.name == GROWERS:
        return Gap(ApplicationStep.GROWERS, "grower")
    if asked.family is Family.DECLARATION:
        return Gap(ApplicationStep.DECLARE, asked.slug)
    return Gap(ApplicationStep.PAPERS, asked.slug)


_ORDER = tuple(ApplicationStep)
# kept in rows of their own, not with the application
_ELSEWHERE = frozenset({ApplicationStep.GROWERS, ApplicationStep.PAPERS, ApplicationStep.DECLARE})
_FIELDS = ("legal_name", "credit_code", "county_code", "address", "contact_name", "contact_mobile")
