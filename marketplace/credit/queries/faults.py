"""Whether credit, vouchers, payments and the books agree to the fen."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.credit.models import CreditGrant, Voucher, VoucherBatch, VoucherUse
from marketplace.credit.queries.grants import shares
from marketplace.credit.states import GrantState, LimitOf
from marketplace.kernel.money import ZERO, Money, total
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.payments.models import PartKind, Payment, PaymentPart
from marketplace.payments.states import PaymentState

Parts = dict[uuid.UUID, list[tuple[PaymentPart, PaymentState]]]


def reserved(session: Session) -> dict[uuid.UUID, Money]:
    """What proposed grants reserve of each budget."""
    return _held(session, GrantState.PROPOSED)


def committed(session: Session) -> dict[uuid.UUID, Money]:
    """What approved grants keep of each budget until their transfer is here."""
    return _held(session, GrantState.APPROVED)


def _held(session: Session, state: GrantState) -> dict[uuid.UUID, Money]:
    asked = (
        select(CreditGrant.budget_id, func.sum(CreditGrant.total))
        .where(CreditGrant.state == state)
        .group_by(CreditGrant.budget_id)
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def faults(session: Session) -> Iterator[str]:
    """P13, P14: shares and what purchases took of them, limits and what is counted, in words."""
    parts = _parts(session)
    for grant in session.scalars(select(CreditGrant)):
        yield from _grant_faults(session, grant, parts)
    yield from _voucher_faults(session, parts)
    yield from _limit_faults(session)


def _grant_faults(session: Session, grant: CreditGrant, parts: Parts) -> Iterator[str]:
    name = f"credit {grant.name} ({grant.id})"
    rows = shares(session, grant)
    if grant.decided_by == grant.proposed_by and grant.state is not GrantState.WITHDRAWN:
        yield f"{name} was decided by the person who proposed it"
    if total(row.share.amount for row in rows) != grant.total:
        yield f"{name}: {grant.total} granted, its shares sum to another amount"
    for row in rows:
        own = f"{name}, share of {row.share.person_id}"
        if min(row.available, row.held) < ZERO:
            yield f"{own} is overspent: {row.available} available, {row.held} held"
        held, spent = _taken(parts.get(row.share.id, []))
        if (row.held, row.spent) != (held, spent):
            yield f"{own}: {row.held} held and {row.spent} spent, purchases say {held} and {spent}"
        if grant.state is GrantState.ENDED and row.available:
            yield f"{own} is over, {row.available} did not go back to the union"


def _taken(found: list[tuple[PaymentPart, PaymentState]]) -> tuple[Money, Money]:
    """(held, spent) as purchases say it."""
    live = [(part, state) for part, state in found if not part.dropped]
    held = total(part.amount for part, state in live if state is PaymentState.AWAITING)
    paid = [part for part, state in live if state is PaymentState.SETTLED]
    return held, total(part.amount - part.returned for part in paid)


def _voucher_faults(session: Session, parts: Parts) -> Iterator[str]:
    for voucher in session.scalars(select(Voucher).where(Voucher.used_at.is_not(None))):
        _, spent = _taken(parts.get(voucher.id, []))
        held, _ = _taken(parts.get(voucher.id, []))
        said = voucher.amount - voucher.returned
        if said != held + spent:
            yield f"voucher {voucher.id} paid {said}, purchases say {held + spent}"
    spent_ = total(
        _taken(found)[1]
        for found in parts.values()
        if found and found[0][0].kind is PartKind.VOUCHER
    )
    booked = ledger.balance(session, AccountKind.VOUCHER_COST)
    if booked != spent_:
        yield f"voucher_cost: the books say {booked}, vouchers paid {spent_}"


def _limit_faults(session: Session) -> Iterator[str]:
    used = select(Voucher.batch_id, func.count()).where(Voucher.purchase_id.is_not(None))
    counts = {row[0]: row[1] for row in session.execute(used.group_by(Voucher.batch_id))}
    batches = {batch.id: batch for batch in session.scalars(select(VoucherBatch))}
    for batch in batches.values():
        if batch.used != counts.get(batch.id, 0) or batch.used > batch.most:
            yield f"vouchers {batch.name}: {batch.used} counted, {counts.get(batch.id, 0)} used"
        if batch.issued_by == batch.made_by:
            yield f"vouchers {batch.name} were made and issued by one person"
    counted = _uses(session)
    for use in session.scalars(select(VoucherUse)):
        batch = batches[use.batch_id]
        if use.used != (used_ := counted[use.batch_id, use.limit_of, use.owner]):
            yield f"vouchers {batch.name}: {use.used} counted of {use.owner}, {used_} used"
        is_person = use.limit_of is LimitOf.PERSON
        most = batch.most_per_person if is_person else batch.most_per_union
        if most is not None and use.used > most:
            yield f"vouchers {batch.name}: {use.used} uses of {use.limit_of} {use.owner}"


def _uses(session: Session) -> Counter[tuple[uuid.UUID, LimitOf, str]]:
    """How often codes are in use, by batch and whose limit they count for."""
    found: Counter[tuple[uuid.UUID, LimitOf, str]] = Counter()
    for code in session.scalars(select(Voucher).where(Voucher.purchase_id.is_not(None))):
        found[code.batch_id, LimitOf.PERSON, code.person_id or ""] += 1
        for union in code.unions:
            found[code.batch_id, LimitOf.UNION, union] += 1
    return found


def _parts(session: Session) -> Parts:
    """All parts that are no own money, by their source, with the state of their payment."""
    asked = (
        select(PaymentPart, Payment.state)
        .join(Payment, PaymentPart.payment_id == Payment.id)
        .where(PaymentPart.source_id.is_not(None))
    )
    found: Parts = {}
    for part, state in session.execute(asked):
        if part.source_id is not None:
            found.setdefault(part.source_id, []).append((part, state))
    return found
