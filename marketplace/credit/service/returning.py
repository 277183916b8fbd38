"""What nobody spent in its time goes back to the union, and what comes back too late as well."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from marketplace.credit import queries
from marketplace.credit.models import CreditGrant
from marketplace.credit.service.granting import CAUSE
from marketplace.credit.states import GRANT, GrantState
from marketplace.events import RefundSettled
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money, total
from marketplace.ledger.service import NotEnough, credit, debit, post
from marketplace.ledger.states import AccountKind, Book
from marketplace.payments import service as payments
from marketplace.unions import service as unions
from marketplace.work import Work, move


def end_due(w: Work) -> int:
    """Every grant whose time is over ends, and what came to one that has ended goes on to its
    union; answers how many. For the system alone."""
    found = queries.to_end(w.session, w.now)
    for grant in found:
        key = f"credit-expired:{grant.id}"
        if grant.state is GrantState.ACTIVE:
            move(w, GRANT, grant, "end")
            grant.ended_at = w.now
        else:
            key = f"{key}:{w.now.isoformat()}"
        left = {
            row.share.id: row.available for row in queries.shares(w.session, grant) if row.available
        }
        if left:
            send_back(w, grant, left, key=key)
    return len(found)


def send_back(w: Work, grant: CreditGrant, left: Mapping[uuid.UUID, Money], *, key: str) -> None:
    """Owe the union what these shares still hold. Raises Conflict when one was spent just now."""
    amount = total(left.values())
    try:
        post(
            w, Book.MONEY, "credit_expired",
            subject_id=grant.id,
            key=key,
            entries=(
                *(debit(AccountKind.WELFARE_CREDIT, fen, share) for share, fen in left.items()),
                credit(AccountKind.REFUNDS, amount),
            ),
        )  # fmt: skip
    except NotEnough as fault:
        raise Conflict(grant_id=grant.id) from fault
    payments.request_refund(w, order_id=grant.id, purchase_id=grant.id, amount=amount)


def give_back_budget(w: Work, event: RefundSettled) -> None:
    """The money is back with the union: it may be used for something else."""
    grant = w.session.get_one(CreditGrant, event.purchase_id)
    key = f"credit-refunded:{event.refund_id}"
    held = unions.Held(grant.budget_id, grant.id, event.amount, key, CAUSE)
    unions.release(w, held, AccountKind.SPENT)
