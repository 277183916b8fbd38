"""A statement goes to its supplier and comes back: confirmed, or with what is wrong."""

from __future__ import annotations

import uuid

from marketplace.accounts import service as notices
from marketplace.kernel.errors import Missing
from marketplace.kernel.money import ZERO
from marketplace.ledger.service import credit, debit, post
from marketplace.ledger.states import AccountKind, Book
from marketplace.settlement import queries, rules
from marketplace.settlement.models import SupplierStatement
from marketplace.settlement.states import STATEMENT
from marketplace.work import Work, move


def decide(w: Work, statement_id: uuid.UUID, verb: str, note: str = "") -> SupplierStatement:
    """Use one of: issue, confirm, dispute, answer. `note` is what the other side reads.

    Raises Missing (also another supplier's, and a verb that nobody uses), Forbidden, WrongState,
    Invalid.
    """
    found = queries.row(w.session, statement_id, for_change=True)
    roles = queries.roles_for(w.actor, found)
    if not roles or verb not in _THEN:
        raise Missing(statement_id=statement_id)
    step = STATEMENT.steps[verb]
    STATEMENT.after(found.state, verb, roles)  # by the roles that count for this very statement
    said = {"note": rules.note(note)} if step.needs_note else {}
    move(w, STATEMENT, found, verb, **said)
    _THEN[verb](w, found, said.get("note", ""))
    return found


def _issued(w: Work, found: SupplierStatement, _note: str) -> None:
    """The fee is ours from now on, and the supplier hears of it."""
    found.issued_at = w.now
    if found.fees:
        taken = found.fees if found.fees > ZERO else -found.fees
        from_, to = AccountKind.DUE_TO_SUPPLIER, AccountKind.FEES
        owner = found.supplier_id
        entries = (debit(from_, taken, owner), credit(to, taken))
        if found.fees < ZERO:  # more was given back than taken
            entries = (debit(to, taken), credit(from_, taken, owner))
        key = f"statement-fees:{found.id}"
        post(w, Book.MONEY, "fees", subject_id=found.id, key=key, entries=entries)
    _tell(w, found, "statement_issued")


def _confirmed(w: Work, found: SupplierStatement, _note: str) -> None:
    """Nothing to pay is paid at once; a debt waits for a later statement."""
    found.confirmed_at, found.confirmed_by = w.now, w.actor.person_id
    if found.total == ZERO:
        move(w.by_system(), STATEMENT, found, "pay")
        found.paid_at = w.now


def _disputed(w: Work, found: SupplierStatement, note: str) -> None:
    found.disputed_at, found.objection = w.now, note


def _answered(w: Work, found: SupplierStatement, note: str) -> None:
    """The supplier has the whole time again."""
    found.answer, found.issued_at = note, w.now
    _tell(w, found, "statement_answered")


def _tell(w: Work, found: SupplierStatement, code: str) -> None:
    told = {"number": found.number, "total": str(found.total)}
    page = ("settlement.show", {"statement_id": str(found.id)})
    notices.notify(w, found.supplier.organisation_id, code, told, at=page)


_THEN = {"issue": _issued, "confirm": _confirmed, "dispute": _disputed, "answer": _answered}
