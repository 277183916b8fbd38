"""What suppliers have declared, and how it differs from what they had said before."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.kernel.machine import Step
from marketplace.suppliers import rules
from marketplace.suppliers.models import Declaration, Supplier
from marketplace.suppliers.queries.sight import visible
from marketplace.suppliers.rules.declaring import Form, Grade
from marketplace.suppliers.rules.requirements import Family
from marketplace.suppliers.states import DECLARATION, DeclarationState, SupplierState

GOOD = frozenset({DeclarationState.PASSED, DeclarationState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question as it was asked, what was said, and what had been said the time before."""

    zh: str
    en: str
    said: str
    more: str
    grade: Grade
    was: str  # "" when it was not asked
    more_was: str

    @property
    def differs(self) -> bool:
        return bool(self.was) and (self.was, self.more_was) != (self.said, self.more)

    def text(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration with its answers, beside the one before it."""

    declaration: Declaration
    before: Declaration | None
    rows: tuple[AnswerRow, ...]


def forms_for(supplier: Supplier) -> tuple[Form, ...]:
    """What this kind of supplier is asked to declare, in the order of the scheme."""
    asked = rules.required_of(supplier.kind)
    names = (one.name for one in asked if one.family is Family.DECLARATION)
    return tuple(rules.FORMS[name] for name in names)


def declarations(
    session: Session, supplier_id: uuid.UUID, name: str | None = None
) -> Sequence[Declaration]:
    """All there ever were, newest first, of each name by their numbers, as the gate counts them;
    of one name alone if it is given."""
    asked = select(Declaration).where(Declaration.supplier_id == supplier_id)
    if name is not None:
        asked = asked.where(Declaration.name == name)
    found = session.scalars(asked.order_by(Declaration.number.desc(), Declaration.name)).all()
    if name is not None:
        return found
    latest: dict[str, datetime] = {}
    for one in reversed(found):  # a clock that was put back changes no order
        latest[one.name] = max(one.made_at, latest.get(one.name, one.made_at))
    return sorted(found, key=lambda one: latest[one.name], reverse=True)


def declaration(
    session: Session, actor: Actor, declaration_id: uuid.UUID
) -> tuple[Supplier, Declaration]:
    """One, for those who may see its supplier. Raises Missing."""
    found = session.get(Declaration, declaration_id)
    if found is None:
        raise Missing(declaration_id=declaration_id)
    return visible(session, actor, found.supplier_id), found


def declared(session: Session, supplier_id: uuid.UUID) -> tuple[Declared, ...]:
    """All there ever were with their answers, newest first."""
    return tuple(side_by_side(one, session) for one in declarations(session, supplier_id))


def side_by_side(made: Declaration, session: Session) -> Declared:
    """Its answers beside those of the one before it."""
    asked = select(Declaration).where(
        Declaration.supplier_id == made.supplier_id,
        Declaration.name == made.name,
        Declaration.number == made.number - 1,
    )
    before = session.scalar(asked)
    was = before.answers if before else {}
    return Declared(made, before, tuple(_row(said, was.get(q, {})) for q, said in _in_order(made)))


def burdens(history: Iterable[Declaration]) -> frozenset[str]:
    """The questions that were answered less than well since the last good declaration, that one
    included. `history` is newest first."""
    found: set[str] = set()
    for made in history:
        found |= {q for q, one in made.answers.items() if one["grade"] != Grade.PASS}
        if made.state in GOOD:
            break
    return frozenset(found)


def open_declaration_verbs(
    supplier: Supplier, made: Declaration, actor: Actor, roles: frozenset[Role]
) -> tuple[Step[DeclarationState], ...]:
    """What is declared with an application is decided with it; later ones on their own."""
    if supplier.state is not SupplierState.APPROVED or made.made_by == actor.person_id:
        return ()
    return DECLARATION.open_verbs(made.state, roles & {Role.REVIEWER})


def _in_order(made: Declaration) -> list[tuple[str, dict[str, str]]]:
    """As they were asked: databases keep no order of keys."""
    form = rules.FORMS.get(made.name)
    order = [one.id for one in form.questions] if form else []
    place = {name: n for n, name in enumerate(order)}
    return sorted(made.answers.items(), key=lambda row: (place.get(row[0], len(order)), row[0]))


def _row(said: dict[str, str], was: dict[str, str]) -> AnswerRow:
    return AnswerRow(
        zh=said["zh"],
        en=said["en"],
        said=said["said"],
        more=said["more"],
        grade=Grade(said["grade"]),
        was=was.get("said", ""),
        more_was=was.get("more", ""),
    )
