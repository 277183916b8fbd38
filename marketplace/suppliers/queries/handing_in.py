"""What somebody needs to know who is about to hand a paper in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing, WrongState
from marketplace.suppliers import rules
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.queries import sight
from marketplace.suppliers.queries.showing import checklist, shown
from marketplace.suppliers.states import PaperKind, PaperScope, PaperState


@dataclass(frozen=True, slots=True)
class Blank:
    """A paper to be filled in; `earlier` is the one whose words are carried over, if any."""

    supplier: Supplier
    kind: PaperKind
    earlier: Paper | None
    corrects: bool  # takes the place of `earlier`, else it renews it

    @property
    def known(self) -> rules.KindOfPaper:
        return rules.KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class KindChoices:
    """Kinds of papers to choose from: those that are still missing come first."""

    supplier: Supplier
    missing: tuple[PaperKind, ...]
    of_supplier: tuple[PaperKind, ...]
    of_goods: tuple[PaperKind, ...]


def choices_of_kinds(
    session: Session, actor: Actor, supplier_id: uuid.UUID, at: datetime
) -> KindChoices:
    """What may be handed in now; papers of batches travel with the goods. Raises Missing,
    WrongState."""
    supplier = _own_open(session, actor, supplier_id)
    items = checklist(shown(session, supplier), at)
    wanted = [kind for item in items if item.is_missing
              for kind in item.requirement.papers]  # fmt: skip  # reads as one sentence
    missing = tuple(dict.fromkeys(wanted))
    return KindChoices(
        supplier,
        missing,
        tuple(
            kind
            for kind in rules.kinds_for(PaperScope.SUPPLIER)
            if kind not in missing and kind is not PaperKind.BANK_ACCOUNT  # see views.accounts
        ),
        tuple(k for k in rules.kinds_for(PaperScope.PRODUCT) if k not in missing),
    )


def blank(
    session: Session, actor: Actor, supplier_id: uuid.UUID, kind: PaperKind,
    after: uuid.UUID | None = None,
) -> Blank:  # fmt: skip
    """For a paper of that kind: corrects or renews `after`, else is like the newest there is.

    Raises Missing, also for an account's, which comes with its account; WrongState.
    """
    supplier = _own_open(session, actor, supplier_id)
    if kind is PaperKind.BANK_ACCOUNT:
        raise Missing(kind=kind)
    if after is None:
        newest = (
            select(Paper)
            .where(Paper.supplier_id == supplier.id, Paper.kind == kind, Paper.goods_id.is_(None))
            .order_by(Paper.added_at.desc(), Paper.id)
            .limit(1)
        )
        return Blank(supplier, kind, session.scalars(newest).first(), corrects=False)
    earlier = session.get(Paper, after)
    if earlier is None or earlier.supplier_id != supplier.id or earlier.kind is not kind:
        raise Missing(paper_id=after)
    if earlier.state is PaperState.REPLACED:
        raise WrongState(verb="correct", state=earlier.state)
    return Blank(supplier, kind, earlier, corrects=sight.is_correctable(earlier))


def history(session: Session, paper: Paper) -> tuple[Paper, ...]:
    """All submissions of one paper, newest first: what it corrected, and what corrected it."""
    asked = select(Paper).where(Paper.supplier_id == paper.supplier_id, Paper.kind == paper.kind)
    by_id = {one.id: one for one in session.scalars(asked)}

    def line(one: Paper) -> list[Paper]:
        """The submissions that led to this one, the first one first."""
        before = by_id.get(one.corrects_id) if one.corrects_id else None
        return [*line(before), one] if before else [one]

    first = line(by_id[paper.id])[0]
    told = [(one.added_at, len(line(one)), one) for one in by_id.values() if line(one)[0] is first]
    return tuple(one for *_when, one in sorted(told, key=lambda row: row[:2], reverse=True))


def _own_open(session: Session, actor: Actor, supplier_id: uuid.UUID) -> Supplier:
    supplier = sight.visible(session, actor, supplier_id)
    if Role.SUPPLIER_STAFF not in sight.roles_for(actor, supplier):
        raise Missing(supplier_id=supplier_id)
    if not sight.takes_papers(supplier):
        raise WrongState(verb="hand_in", state=supplier.state)
    return supplier
