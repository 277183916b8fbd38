"""Credit and vouchers pay for a purchase: held while it waits for own money, spent with it, and
back where they came from when it is off."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from marketplace.credit.models import CreditGrant, CreditShare
from marketplace.credit.rules import Cover, Kept
from marketplace.credit.service import vouchers
from marketplace.credit.service.returning import send_back
from marketplace.events import Covering, CoverReturned, PaymentSettled
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger.service import NotEnough, Posting, credit, debit, post
from marketplace.ledger.states import AccountKind, Book
from marketplace.payments import queries as payments_queries
from marketplace.payments import service as payments
from marketplace.payments.models import PartKind, Payment, PaymentPart
from marketplace.work import Work

_AVAILABLE, _HELD = AccountKind.WELFARE_CREDIT, AccountKind.WELFARE_HELD


def hold(w: Work, cover: Cover, payment: Payment, orders: Sequence[uuid.UUID]) -> None:
    """Freeze the split of a purchase and hold what is not own money; `orders` by their place in the
    split. What is paid wholly is settled at once. Raises Refused (cover_changed, voucher_…)."""
    payments.write_parts(w, [_part(row, payment, orders[row.place]) for row in cover.rows])
    if held := _by_source(cover, PartKind.CREDIT):
        try:
            _post(w, "cover_held", payment, [
                line
                for share, fen in held.items()
                for line in (debit(_AVAILABLE, fen, share), credit(_HELD, fen, share))
            ])  # fmt: skip
        except NotEnough as fault:  # spent in another window just now
            raise Refused("cover_changed") from fault
    for voucher_id, fen in _by_source(cover, PartKind.VOUCHER).items():
        vouchers.redeem(w, voucher_id, payment.purchase_id, fen)
    if not payment.amount:
        payments.settle_covered(w, payment)


def pay(w: Work, event: PaymentSettled) -> None:
    """The own money is here: what was held pays its part."""
    parts = [
        part
        for part in payments_queries.parts_of(w.session, event.payment_id)
        if part.source_id is not None and not part.dropped
    ]
    credits = _summed((part.source_id, part.amount) for part in parts if _is_credit(part))
    vouched = event.covered - Money(sum(fen.fen for fen in credits.values()))
    post(
        w, Book.MONEY, "cover_paid",
        subject_id=event.purchase_id,
        key=f"cover-paid:{event.payment_id}",
        entries=(
            *(debit(_HELD, fen, share) for share, fen in credits.items()),
            debit(AccountKind.VOUCHER_COST, vouched),
            credit(AccountKind.BUYER_CREDIT, event.covered),
        ),
    )  # fmt: skip


def take_back(w: Work, event: CoverReturned) -> None:
    """What came back is its source's again; credit whose time is over goes on to its union."""
    credits = _summed(
        (part.source_id, part.amount) for part in event.parts if part.kind == PartKind.CREDIT
    )
    vouched = [part for part in event.parts if part.kind == PartKind.VOUCHER]
    if event.was_paid:
        _return_paid(w, event, credits, vouched)
    elif credits:
        post(
            w, Book.MONEY, "cover_let_go",
            subject_id=event.order_id,
            key=f"cover-let-go:{event.key}",
            entries=[
                line
                for share, fen in credits.items()
                for line in (debit(_HELD, fen, share), credit(_AVAILABLE, fen, share))
            ],
        )  # fmt: skip
    for part in vouched:
        vouchers.give_back(w, part.source_id, part.amount)
    _send_on(w, event, credits)


def _return_paid(
    w: Work, event: CoverReturned, credits: Mapping[uuid.UUID, Money], vouched: Sequence[Covering]
) -> None:
    cost = Money(sum(part.amount.fen for part in vouched))
    whole = cost + Money(sum(fen.fen for fen in credits.values()))
    post(
        w, Book.MONEY, "cover_returned",
        subject_id=event.order_id,
        key=f"cover-returned:{event.key}",
        entries=(
            debit(AccountKind.REFUNDS, whole),
            credit(AccountKind.VOUCHER_COST, cost),
            *(credit(_AVAILABLE, fen, share) for share, fen in credits.items()),
        ),
    )  # fmt: skip


def _send_on(w: Work, event: CoverReturned, credits: Mapping[uuid.UUID, Money]) -> None:
    for share_id, fen in credits.items():
        share = w.session.get_one(CreditShare, share_id)
        grant = w.session.get_one(CreditGrant, share.grant_id)
        if grant.valid_until <= w.now:
            send_back(w, grant, {share_id: fen}, key=f"credit-expired:{event.key}:{share_id}")


def _part(row: Kept, payment: Payment, order_id: uuid.UUID) -> PaymentPart:
    return PaymentPart(
        payment_id=payment.id,
        order_id=order_id,
        kind=PartKind(row.source.kind) if row.source else PartKind.OWN,
        source_id=row.source.id if row.source else None,
        amount=row.amount,
    )


def _is_credit(part: PaymentPart) -> bool:
    return part.kind is PartKind.CREDIT


def _by_source(cover: Cover, kind: PartKind) -> dict[uuid.UUID, Money]:
    return _summed(
        (row.source.id, row.amount) for row in cover.rows if row.source and row.source.kind == kind
    )


def _summed(pairs: Iterable[tuple[uuid.UUID | None, Money]]) -> dict[uuid.UUID, Money]:
    sums: dict[uuid.UUID, Money] = {}
    for source, fen in pairs:
        if source is not None:
            sums[source] = sums.get(source, ZERO) + fen
    return sums


def _post(w: Work, event: str, payment: Payment, entries: Sequence[Posting]) -> None:
    key = f"{event.replace('_', '-')}:{payment.id}"
    post(w, Book.MONEY, event, subject_id=payment.purchase_id, key=key, entries=entries)
