"""How far an application is: what is done, what is missing, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from marketplace.suppliers import rules
from marketplace.suppliers.models import Grower, Supplier
from marketplace.suppliers.queries.showing import Met, checklist, shown
from marketplace.suppliers.rules import Gap
from marketplace.suppliers.states import ApplicationStep, SupplierKind


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
        is_said = step in supplier.saved or step in {
            ApplicationStep.GROWERS,
            ApplicationStep.PAPERS,
        }
        rows.append(StepRow(step, is_said and not own, own))
    return Progress(tuple(rows))


def gaps(session: Session, supplier: Supplier, at: datetime) -> tuple[Gap, ...]:
    """Everything that is missing before it may be submitted, in the order of the steps."""
    found = list(rules.blanks({name: getattr(supplier, name) for name in _FIELDS}))
    if supplier.kind is SupplierKind.TRADER and not has_growers(session, supplier):
        found.append(Gap(ApplicationStep.GROWERS, "grower"))
    for item in checklist(shown(session, supplier), at):
        if item.met is Met.MISSING:
            found.append(Gap(ApplicationStep.PAPERS, item.requirement.slug))
    return tuple(found)


def growers(session: Session, supplier: Supplier) -> Sequence[Grower]:
    """For whom a trading firm sells now, as they were named."""
    asked = select(Grower).where(Grower.supplier_id == supplier.id, Grower.ended_at.is_(None))
    return session.scalars(asked.order_by(Grower.added_at, Grower.name, Grower.id)).all()


def has_growers(session: Session, supplier: Supplier) -> bool:
    """Whether a trading firm names anybody for whom it sells."""
    named = exists().where(Grower.supplier_id == supplier.id, Grower.ended_at.is_(None))
    return bool(session.scalar(select(named)))


_FIELDS = ("legal_name", "credit_code", "county_code", "address", "contact_name", "contact_mobile")
