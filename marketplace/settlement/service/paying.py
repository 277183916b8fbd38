"""Money leaves: proposed by the system, put into a run by one person, released by another.

The rows come first, the file is made of them and is the same whenever it is asked for: whatever
dies in between, nothing is sent twice that does not bear the same number twice.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection

from sqlalchemy import select

from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.codes import random_code
from marketplace.kernel.errors import Forbidden, Invalid, Refused, SamePerson
from marketplace.ledger.service import credit, debit, post
from marketplace.ledger.states import AccountKind, Book
from marketplace.settlement import queries, rules
from marketplace.settlement.models import Payout, PayoutRun, SupplierStatement
from marketplace.settlement.states import (
    PAYOUT,
    RUN,
    STATEMENT,
    PayoutState,
    RunState,
    StatementState,
)
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.states import AccountState
from marketplace.work import Work, move

CODE = 6


def propose_payouts(w: Work) -> int:
    """A payout for every confirmed statement that may be paid now, and none any more to an account
    that is not the one; answers how many were proposed. By the system. Raises Forbidden."""
    if Role.SYSTEM not in w.actor.roles:
        raise Forbidden(verb="propose")
    for stale in queries.stale_payouts(w.session, w.now):
        move(w, PAYOUT, stale, "withdraw", number=stale.number)
    w.session.flush()
    payable = queries.payable(w.session, w.now)
    for statement, account in payable:
        _propose(w, statement, account.id)
    return len(payable)


def propose_again(w: Work, statement_id: uuid.UUID) -> Payout:
    """To the same account, after the bank sent it back and a person has looked why. By a manager.

    Raises Missing, Forbidden, Refused (nothing_to_pay, one is alive; account_not_payable).
    """
    _managers(w, "propose")
    statement = queries.row(w.session, statement_id, for_change=True)
    alive = select(Payout.id).where(
        Payout.statement_id == statement_id,
        Payout.state.not_in((PayoutState.RETURNED, PayoutState.WITHDRAWN)),
    )
    is_owed = statement.state is StatementState.CONFIRMED and not rules.is_negative(statement.total)
    if not is_owed or w.session.scalar(alive):
        raise Refused("nothing_to_pay", number=statement.number)
    account = suppliers.account_in(w.session, statement.supplier_id, AccountState.CONFIRMED)
    if account is None or not suppliers.is_paid(w.session, statement.supplier_id, w.now):
        raise Refused("account_not_payable", supplier=statement.supplier.legal_name)
    return _propose(w, statement, account.id)


def _propose(w: Work, statement: SupplierStatement, account_id: uuid.UUID) -> Payout:
    made = Payout(
        id=uuid.uuid4(),
        number=f"FK{local_day(w.now):%Y%m%d}{random_code(CODE)}",
        statement_id=statement.id,
        supplier_id=statement.supplier_id,
        account_id=account_id,
        amount=statement.total,
        state=PayoutState.PROPOSED,
        proposed_at=w.now,
    )
    w.session.add(made)  # two at once: the index lets one in, the other unit begins anew
    w.record("propose", made, to_state=made.state, amount=made.amount.fen)
    return made


def make_run(w: Work, payout_ids: Collection[uuid.UUID]) -> PayoutRun:
    """Put proposed payouts into one run for the bank. By a manager; another one releases it.

    Raises Forbidden, Missing, WrongState, Invalid (none chosen).
    """
    _managers(w, "prepare")
    if not payout_ids:
        raise Invalid("no_payouts")
    made = PayoutRun(
        id=uuid.uuid4(),
        number=f"PC{local_day(w.now):%Y%m%d}-{random_code(CODE)}",
        state=RunState.PREPARED,
        made_at=w.now,
        made_by=w.actor.person_id,
    )
    w.session.add(made)
    w.session.flush()  # before the payouts that name it
    for payout_id in sorted(payout_ids):
        payout = queries.payout(w.session, payout_id).payout
        move(w, PAYOUT, payout, "prepare", run=str(made.id))
        payout.run_id = made.id
    w.record("make", made, to_state=made.state, payouts=len(payout_ids))
    return made


def withdraw_run(w: Work, run_id: uuid.UUID) -> PayoutRun:
    """Its payouts are proposals again. By a manager. Raises Missing, Forbidden, WrongState."""
    found = queries.run(w.session, run_id, for_change=True)
    move(w, RUN, found, "withdraw", number=found.number)
    for row in queries.payouts_in(w.session, run_id):
        move(w, PAYOUT, row.payout, "put_back", run=found.number)
        row.payout.run_id = None
    return found


def release(w: Work, run_id: uuid.UUID) -> PayoutRun:
    """Let it go to the bank: from now on its file may be fetched, and the money is under way. What
    may not be paid any more stays behind. By another manager than the one who made it.

    Raises Missing, Forbidden, SamePerson, WrongState, Refused (nothing left to pay).
    """
    found = queries.run(w.session, run_id, for_change=True)
    RUN.after(found.state, "release", w.actor.roles)
    if found.made_by == w.actor.person_id:
        raise SamePerson
    left = 0
    for row in queries.payouts_in(w.session, run_id):
        if _may_leave(w, row):
            _let_go(w, row.payout, found)
            left += 1
        else:
            move(w.by_system(), PAYOUT, row.payout, "withdraw", number=row.payout.number)
            row.payout.run_id = None
    if not left:
        raise Refused("nothing_to_pay", number=found.number)
    found.released_at, found.released_by = w.now, w.actor.person_id
    w.session.flush()
    data = rules.bank_file(queries.bank_rows(w.session, run_id), "utf-8")
    found.file_sha256 = hashlib.sha256(data).hexdigest()
    move(w, RUN, found, "release", number=found.number, sha256=found.file_sha256)
    return found


def _may_leave(w: Work, row: queries.PayoutRow) -> bool:
    """At this very second: the account is the confirmed one, and no change of it waits."""
    is_account = row.account.state is AccountState.CONFIRMED
    is_owed = row.statement.state is StatementState.CONFIRMED
    return is_account and is_owed and suppliers.is_paid(w.session, row.payout.supplier_id, w.now)


def _let_go(w: Work, payout: Payout, found: PayoutRun) -> None:
    move(w, PAYOUT, payout, "release", run=found.number)
    payout.released_at = w.now
    post(
        w, Book.MONEY, "under_way",
        subject_id=payout.id,
        key=f"payout-released:{payout.id}",
        entries=(
            debit(AccountKind.DUE_TO_SUPPLIER, payout.amount, payout.supplier_id),
            credit(AccountKind.PAYOUTS, payout.amount),
        ),
    )  # fmt: skip


def give_file(w: Work, run_id: uuid.UUID, encoding: str) -> tuple[PayoutRun, bytes]:
    """The file of a released run, for the bank; who fetched it stands in the trail. By a manager.

    Raises Missing, Forbidden, Refused (not released), Invalid (encoding).
    """
    _managers(w, "fetch")
    if encoding not in rules.ENCODINGS:
        raise Invalid("encoding", value=encoding)
    found = queries.run(w.session, run_id)
    if found.state is not RunState.RELEASED:
        raise Refused("run_not_released", number=found.number)
    w.record("fetch", found, encoding=encoding, sha256=found.file_sha256)
    return found, rules.bank_file(queries.bank_rows(w.session, run_id), encoding)


def note_paid(w: Work, payout_id: uuid.UUID, bank_ref: str) -> Payout:
    """The bank has paid it. By a manager. Raises Missing, Forbidden, WrongState, Invalid, Refused
    bank_ref_used."""
    payout = queries.payout(w.session, payout_id).payout
    known = rules.bank_reference(bank_ref)
    used = select(Payout.id).where(Payout.bank_ref == known, Payout.id != payout_id)
    PAYOUT.after(payout.state, "pay", w.actor.roles)
    if w.session.scalar(used):
        raise Refused("bank_ref_used", field="bank_ref", value=known)
    _answered(w, payout, "pay", AccountKind.BANK_CLEARING, ref=known)
    payout.bank_ref = known
    statement = queries.row(w.session, payout.statement_id, for_change=True)
    move(w.by_system(), STATEMENT, statement, "pay", payout=payout.number)
    statement.paid_at = w.now
    return payout


def note_returned(w: Work, payout_id: uuid.UUID, reason: str) -> Payout:
    """The bank sent it back: it is owed as before. By a manager. Raises the same, but for the
    reference."""
    payout = queries.payout(w.session, payout_id).payout
    PAYOUT.after(payout.state, "return", w.actor.roles)
    told = rules.note(reason)
    _answered(w, payout, "return", AccountKind.DUE_TO_SUPPLIER, note=told)
    payout.note = told
    return payout


def note_bounced(w: Work, payout_id: uuid.UUID, reason: str) -> Payout:
    """It had been paid, and the bank sent it back afterwards: it is owed as before. By the system,
    as a statement of the bank says. Raises Missing, Forbidden, WrongState."""
    payout = queries.payout(w.session, payout_id).payout
    move(w, PAYOUT, payout, "bounce", number=payout.number)
    payout.note = rules.note(reason)
    post(
        w, Book.MONEY, "bounced",
        subject_id=payout.id,
        key=f"payout-bounced:{payout.id}",
        entries=(
            debit(AccountKind.BANK_CLEARING, payout.amount),
            credit(AccountKind.DUE_TO_SUPPLIER, payout.amount, payout.supplier_id),
        ),
    )  # fmt: skip
    statement = queries.row(w.session, payout.statement_id, for_change=True)
    move(w, STATEMENT, statement, "reopen", payout=payout.number)
    statement.paid_at = None
    return payout


def _answered(w: Work, payout: Payout, verb: str, where: AccountKind, **data: str) -> None:
    move(w, PAYOUT, payout, verb, number=payout.number, **data)
    payout.answered_at, payout.answered_by = w.now, w.actor.person_id
    owner = payout.supplier_id if where is AccountKind.DUE_TO_SUPPLIER else None
    post(
        w, Book.MONEY, "paid_out" if verb == "pay" else "sent_back",
        subject_id=payout.id,
        key=f"payout-answered:{payout.id}",
        entries=(
            debit(AccountKind.PAYOUTS, payout.amount),
            credit(where, payout.amount, owner),
        ),
    )  # fmt: skip


def _managers(w: Work, verb: str) -> None:
    if Role.MANAGER not in w.actor.roles:
        raise Forbidden(verb=verb)
