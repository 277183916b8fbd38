"""Refunds that end otherwise than said: money that did not arrive after all is owed as before, and
what a payer's bank took by a dispute is owed no more."""

from __future__ import annotations

import uuid

from sqlalchemy import update

from marketplace.kernel.errors import Conflict, Invalid, Refused, SamePerson
from marketplace.ledger.service import credit, debit, post
from marketplace.ledger.states import AccountKind, Book
from marketplace.payments import queries
from marketplace.payments.models import PaymentOperation, Refund
from marketplace.payments.service import settling
from marketplace.payments.service.operating import owe_return
from marketplace.payments.states import OPERATION, REFUND, OperationKind, RefundState
from marketplace.work import Work, move


def bounce(w: Work, operation: PaymentOperation, ref: str) -> None:
    """The gateway said that it was done, and says now that it failed: the books are brought back.
    A refund waits for a manager again; money that nobody needs sets out again by itself."""
    move(w, OPERATION, operation, "bounce", ref=ref)
    operation.ended_at = w.now
    if operation.kind is OperationKind.REFUND and operation.refund_id:
        _owe_again(w, operation, operation.refund_id)
        return
    post(
        w, Book.MONEY, "excess_bounced",
        subject_id=operation.payment_id,
        key=f"excess-bounced:{operation.id}",
        entries=(
            debit(AccountKind.CARD_CLEARING, operation.amount),
            credit(AccountKind.CARD_EXCESS, operation.amount),
        ),
    )  # fmt: skip
    w.session.flush()  # one return at a time: the failed one is written before the next
    owe_return(w, w.session.get_one(PaymentOperation, operation.charge_id))


def _owe_again(w: Work, operation: PaymentOperation, refund_id: uuid.UUID) -> None:
    refund = w.session.get_one(Refund, refund_id)
    after = REFUND.after(refund.state, "bounce", w.actor.roles)
    bounced = (
        update(Refund)
        .where(Refund.id == refund_id, Refund.state == RefundState.SETTLED)
        .values(
            state=after, provider_ref=None, settled_at=None, settled_by=None,
            bounced=Refund.bounced + 1, bounced_at=w.now,
        )
    )  # fmt: skip
    if not settling.happened(w, bounced):  # somebody else just did: look again
        raise Conflict(refund_id=refund_id)
    w.session.refresh(refund)
    w.record("bounce", refund, from_state=RefundState.SETTLED, to_state=after)
    post(
        w, Book.MONEY, "refund_bounced",
        subject_id=refund.order_id,
        key=f"refund-bounced:{operation.id}",
        entries=(
            debit(AccountKind.CARD_CLEARING, operation.amount),
            credit(AccountKind.REFUNDS, operation.amount),
        ),
    )  # fmt: skip


def offset_refund(w: Work, refund_id: uuid.UUID, words: str) -> Refund:
    """Close a refund that the payer's bank has paid already: it took the money by a dispute that we
    lost. By a manager who did not buy, with words.

    Raises Missing, Forbidden, SamePerson, Invalid, WrongState, Refused (refund_under_way,
    refund_not_lost).
    """
    row = queries.card_refund(w.session, refund_id)
    refund, said = row.refund, words.strip()[:500]
    after = REFUND.after(refund.state, "offset", w.actor.roles)
    if row.payment.payer_id == w.actor.person_id:
        raise SamePerson
    if not said:
        raise Invalid("note_missing", field="note")
    settling.lock(w, row.payment.purchase_id)  # two refunds of one payment share what was lost
    if queries.operation_of_refund(w.session, refund_id) is not None:
        raise Refused("refund_under_way")
    lost = queries.lost_left(w.session, row.payment.id)
    if refund.own > lost:
        raise Refused("refund_not_lost", field="note", lost=str(lost), owed=str(refund.own))
    closed = (
        update(Refund)
        .where(Refund.id == refund_id, Refund.state == RefundState.REQUESTED)
        .values(state=after, settled_at=w.now, settled_by=w.actor.person_id, note=said)
    )
    if not settling.happened(w, closed):
        raise Conflict(refund_id=refund_id)
    w.session.refresh(refund)
    w.record("offset", refund, from_state=RefundState.REQUESTED, to_state=after, note=said)
    _book_offset(w, refund)
    return refund


def _book_offset(w: Work, refund: Refund) -> None:
    """What the dispute cost us was owed to the buyer anyhow."""
    post(
        w, Book.MONEY, "refund_offset",
        subject_id=refund.order_id,
        key=f"refund-offset:{refund.id}",
        entries=(
            debit(AccountKind.REFUNDS, refund.own),
            credit(AccountKind.CARD_LOSS, refund.own),
        ),
    )  # fmt: skip
