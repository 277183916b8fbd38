"""The account that a supplier is paid to: one owner hands it in, somebody else confirms it."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from marketplace.adapters.scans import Look
from marketplace.events import ReviewDecided, ReviewDropped
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid, Refused, SamePerson, WrongState
from marketplace.kernel.reviews import ReviewKind
from marketplace.ports.sms import Sms
from marketplace.ports.storage import Storage
from marketplace.suppliers import queries, rules
from marketplace.suppliers.models import BankAccount, Paper, Supplier
from marketplace.suppliers.rules import messages
from marketplace.suppliers.service.examining import HandedIn, put_by
from marketplace.suppliers.service.papers import (
    accept_paper,
    forget_if_undone,
    hand_in,
    refuse_paper,
)
from marketplace.suppliers.service.whose import ask_review, owned, reason, someone_elses
from marketplace.suppliers.states import (
    ACCOUNT,
    AccountState,
    PaperKind,
    PaperState,
    SupplierState,
)
from marketplace.work import Work, move


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account in the supplier's own name, with the bank's paper about it."""

    bank: str
    branch: str
    number: str = field(repr=False)
    opened_on: date
    scan_name: str
    scan: bytes = field(repr=False)
    look: Look | None = None  # what the scan is; found out later when nobody did before
    key: str = ""  # where it was put by already, see `received_account`


def received_account(storage: Storage, new: NewAccount) -> NewAccount:
    """The same with its scan opened and put by: done before a unit of work, for both take a while.

    Raises Invalid (scan_…), Refused (scan_busy), Busy.
    """
    look, key = put_by(storage, new.scan)
    return replace(new, look=look, key=key)


def propose_account(
    w: Work, supplier_id: uuid.UUID, new: NewAccount, *, proved: bool
) -> BankAccount:
    """Ask to be paid to another account. Until it is decided nothing is paid out, and the contact
    that was given with the old one hears of it. `proved`: the password was asked for again.

    Raises Forbidden, WrongState (not let in), Invalid (number, another supplier's, what checks of
    its paper say), Refused (one waits, or it is the same).
    """
    if new.key:
        forget_if_undone(w, new.key)
    supplier = owned(w, supplier_id)
    if supplier.state is not SupplierState.APPROVED:
        raise WrongState(verb="propose_account", state=supplier.state)
    number = rules.account_number(new.number)
    paid = queries.account_in(w.session, supplier.id, AccountState.CONFIRMED)
    _may_be_proposed(w, supplier, number, paid)
    paper = hand_in(w, supplier.id, _paper(supplier, new, number))
    found = BankAccount(
        id=uuid.uuid4(),
        supplier_id=supplier.id,
        holder=supplier.legal_name,
        bank=new.bank,
        branch=new.branch,
        number=number,
        salt=secrets.token_hex(16),
        paper_id=paper.id,
        told_mobile=supplier.contact_mobile,
        proved=proved,
        state=AccountState.PROPOSED,
        proposed_at=w.now,
        proposed_by=w.actor.person_id,
    )
    w.session.add(found)  # two at once: the index lets one in, the other unit begins anew
    w.record("propose", found, to_state=found.state, proved=proved, **_told(found))
    if paid:
        _tell(w, supplier, paid, messages.account_proposed(supplier.legal_name, number))
    if not _owners(w, supplier, found):
        ask_review(w, supplier, ReviewKind.ACCOUNT, found.id)
    return found


def _may_be_proposed(w: Work, supplier: Supplier, number: str, paid: BankAccount | None) -> None:
    """Raises Refused, Invalid."""
    if queries.account_in(w.session, supplier.id, AccountState.PROPOSED):
        raise Refused("account_waits")
    if paid and (paid.number, paid.holder) == (number, supplier.legal_name):
        raise Refused("account_same", field="number")
    if queries.account_elsewhere(w.session, supplier.id, number):
        raise Invalid("account_elsewhere", field="number")


def confirm_account(w: Work, account_id: uuid.UUID, number: str) -> BankAccount:
    """Pay to it from now on; when another one was paid to, after the pause. `number` is typed once
    more by the second person, from the bank's paper.

    Raises SamePerson, Forbidden, WrongState, Invalid (another number), Refused (holder changed).
    """
    supplier, found = _second_person(w, account_id)
    if rules.account_number(number) != found.number:
        raise Invalid("account_number_differs", field="number")
    if found.holder != supplier.legal_name:
        raise Refused("account_holder_changed")
    paid = queries.account_in(w.session, supplier.id, AccountState.CONFIRMED)
    if paid:
        move(w.by_system(), ACCOUNT, paid, "replace", **_told(paid))
    move(w, ACCOUNT, found, "confirm", **_told(found))
    pause = timedelta(days=w.tools.config.payout_pause_days if paid else 0)
    found.paid_from = w.now + pause
    if paper_id := _pending_paper(w, supplier, found):
        accept_paper(w, paper_id)
    if paid:
        day = local_day(found.paid_from).isoformat()
        text = messages.account_confirmed(supplier.legal_name, found.number, day)
        _tell(w, supplier, paid, text)
    return _decided(w, supplier, found, "")


def refuse_account(w: Work, account_id: uuid.UUID, note: str) -> BankAccount:
    """The old account stands, with the reason. Raises the same."""
    supplier, found = _second_person(w, account_id)
    move(w, ACCOUNT, found, "refuse", note=reason(note), **_told(found))
    if paper_id := _pending_paper(w, supplier, found):
        refuse_paper(w, paper_id, note)
    return _decided(w, supplier, found, reason(note))


def withdraw_account(w: Work, account_id: uuid.UUID) -> BankAccount:
    """An owner takes it back: the old account stands. Raises Missing, Forbidden, WrongState."""
    supplier, found = queries.account(w.session, w.actor, account_id)
    owned(w, supplier.id)
    move(w, ACCOUNT, found, "withdraw", **_told(found))
    found.decided_at, found.decided_by = w.now, w.actor.person_id
    if not _owners(w, supplier, found):
        w.announce(ReviewDropped(w.now, ReviewKind.ACCOUNT, found.id))
    return found


def _second_person(w: Work, account_id: uuid.UUID) -> tuple[Supplier, BankAccount]:
    """Another owner; where there is none who may, a reviewer. Raises as said above."""
    supplier, found = queries.account(w.session, w.actor, account_id)
    if found.proposed_by == w.actor.person_id:
        raise SamePerson
    others = _owners(w, supplier, found)
    if not others:
        someone_elses(w, supplier.id)
    elif w.actor.person_id not in others or Role.SUPPLIER_OWNER not in w.actor.roles:
        raise Refused("account_second_owner")
    else:
        owned(w, supplier.id)
    return supplier, found


def _owners(w: Work, supplier: Supplier, found: BankAccount) -> frozenset[str]:
    days = w.tools.config.payout_pause_days
    return queries.second_owners(w.session, supplier, found, days=days, at=w.now)


def _paper(supplier: Supplier, new: NewAccount, number: str) -> HandedIn:
    return HandedIn(
        kind=PaperKind.BANK_ACCOUNT,
        # papers are listed with their numbers, and two firms may have the same last digits
        number=f"{supplier.credit_code} 尾号 {rules.last_four(number)}",
        holder=supplier.legal_name,
        issuer=f"{new.bank} {new.branch}",
        valid_from=new.opened_on,
        valid_until=None,
        scan_name=new.scan_name,
        scan=new.scan,
        look=new.look,
        key=new.key,
    )


def _pending_paper(w: Work, supplier: Supplier, found: BankAccount) -> uuid.UUID | None:
    """A reviewer who decides about the account has looked at its paper."""
    paper = w.session.get_one(Paper, found.paper_id)
    by_reviewer = Role.REVIEWER in queries.roles_for(w.actor, supplier)
    waits = paper.state is PaperState.PENDING and supplier.state is SupplierState.APPROVED
    return paper.id if by_reviewer and waits else None


def _told(found: BankAccount) -> dict[str, str]:
    """All that the trail keeps of a number."""
    return {
        "tail": rules.last_four(found.number),
        "number_sha256": rules.fingerprint(found.number, found.salt),
    }


def _tell(w: Work, supplier: Supplier, paid: BankAccount, text: str) -> None:
    """The contact of today, and the one that was given with the account so far."""
    if w.tools.config.sends_sms:
        for mobile in sorted(filter(None, {paid.told_mobile, supplier.contact_mobile})):
            w.send(Sms(mobile, text))


def _decided(w: Work, supplier: Supplier, found: BankAccount, note: str) -> BankAccount:
    """Where an owner decides, no reviewer was asked."""
    who = w.actor.person_id
    found.decided_at, found.decided_by, found.note = w.now, who, note or None
    if not _owners(w, supplier, found):
        kind, outcome = ReviewKind.ACCOUNT, found.state.value
        w.announce(
            ReviewDecided(
                w.now, kind, found.id, supplier.id, supplier.legal_name, outcome, who, note
            )
        )
    return found
