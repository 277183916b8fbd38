"""What suppliers declare question by question, and what reviewers decide about it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.events import ReviewDecided, ReviewDropped, SupplierRestored
from marketplace.kernel.errors import Missing, Refused, SamePerson, WrongState
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries, rules
from marketplace.suppliers.models import Declaration, Supplier
from marketplace.suppliers.rules.declaring import Answer, Form
from marketplace.suppliers.service.standing import reckon
from marketplace.suppliers.service.whose import ask_review, own_of, reason, someone_elses
from marketplace.suppliers.states import DECLARATION, DeclarationState, SupplierState
from marketplace.work import Work, move


@dataclass(frozen=True, slots=True)
class Statement:
    """Answers to the questions of one declaration in one edition. `is_sure`: an answer with which
    nothing can be sold is no slip."""

    name: str
    edition: int
    answers: Mapping[str, Answer]
    is_sure: bool = False


def all_good(name: str, judged: Mapping[str, str] | None = None) -> Statement:
    """The best answer to every question, as invented suppliers give it; to those in `judged` the
    answer that a reviewer judges, with these words."""
    form, words = rules.FORMS[name], judged or {}
    answers = {
        q.id: Answer(q.judged or "", words[q.id]) if q.id in words else Answer(q.best)
        for q in form.questions
    }
    return Statement(form.name, form.edition, answers)


def declare(w: Work, supplier_id: uuid.UUID, said: Statement) -> Declaration:
    """Answer every question anew; the last declaration counts, and all earlier ones stay.

    Good answers count at once by rule; others wait for a reviewer, and nothing is sold meanwhile.
    Raises Missing, Forbidden, WrongState while the application is being looked at, Refused
    (declaration_other_edition), Invalid as rules.graded does.
    """
    supplier = own_of(w, supplier_id)
    w.session.refresh(supplier, with_for_update=True)  # of two at the same time one is the later
    if not queries.takes_papers(supplier):
        raise WrongState(verb="declare", state=supplier.state)
    form = _form(supplier, said)
    history = queries.declarations(w.session, supplier.id, form.name)
    state = rules.graded(form, said.answers, queries.burdens(history), is_sure=said.is_sure)
    for earlier in history:
        if earlier.state is DeclarationState.PENDING:
            move(w, DECLARATION, earlier, "replace")
            w.announce(ReviewDropped(w.now, ReviewKind.DECLARATION, earlier.id))
    made = Declaration(
        id=uuid.uuid4(),
        supplier_id=supplier.id,
        name=form.name,
        number=history[0].number + 1 if history else 1,
        edition=form.edition,
        answers=rules.kept(form, said.answers),
        state=state,
        made_at=w.now,
        made_by=w.actor.person_id,
    )
    w.session.add(made)
    w.record("declare", made, to_state=state, name=made.name, edition=made.edition)
    reckon(w, supplier.id)
    _go_on(w, supplier, made)
    return made


def use_declaration(w: Work, declaration_id: uuid.UUID, verb: str, note: str) -> Declaration:
    """Accept, or refuse with the reason, what a supplier that is in has declared.

    Raises Missing, Forbidden, SamePerson, WrongState, Invalid (note_missing).
    """
    _supplier, made = queries.declaration(w.session, w.actor, declaration_id)
    supplier = someone_elses(w, made.supplier_id)
    w.session.refresh(supplier, with_for_update=True)
    w.session.refresh(made)  # it may have been declared anew while we waited
    if supplier.state is not SupplierState.APPROVED:
        raise WrongState(verb="decide_declaration", state=supplier.state)
    decide_declaration(w, made, verb, reason(note) if verb == "refuse" else "")
    reckon(w, supplier.id)
    told = (made.id, supplier.id, supplier.legal_name, made.state.value, w.actor.person_id)
    w.announce(ReviewDecided(w.now, ReviewKind.DECLARATION, *told, made.note or ""))
    if made.state is DeclarationState.ACCEPTED:
        w.announce(SupplierRestored(w.now, supplier.id))  # what was shut may be seen again
    return made


def decide_declaration(w: Work, made: Declaration, verb: str, note: str) -> None:
    if made.made_by == w.actor.person_id:
        raise SamePerson
    move(w, DECLARATION, made, verb, note=note)
    made.decided_at, made.decided_by, made.note = w.now, w.actor.person_id, note or None


def _form(supplier: Supplier, said: Statement) -> Form:
    """Raises Missing, Refused."""
    form = next((one for one in queries.forms_for(supplier) if one.name == said.name), None)
    if form is None:
        raise Missing(name=said.name)
    if form.edition != said.edition:  # the page was opened before the questions were changed
        raise Refused("declaration_other_edition")
    return form


def _go_on(w: Work, supplier: Supplier, made: Declaration) -> None:
    """With an application it is decided about as a whole; of a supplier that is in by itself."""
    if supplier.state is not SupplierState.APPROVED:
        return
    if made.state is DeclarationState.PENDING:
        ask_review(w, supplier, ReviewKind.DECLARATION, made.id)
    elif made.state is DeclarationState.PASSED:
        w.announce(SupplierRestored(w.now, supplier.id))
