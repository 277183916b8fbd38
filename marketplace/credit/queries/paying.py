"""What may pay for a purchase at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from marketplace.credit.models import CreditGrant, CreditShare, Voucher, VoucherBatch
from marketplace.credit.rules import Cost, Cover, Source, code_hash, cover
from marketplace.credit.states import GrantState, VoucherState
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import ZERO, total
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.states import AccountKind
from marketplace.payments.models import PartKind


@dataclass(frozen=True, slots=True)
class VoucherFound:
    """A code that may be used now, with its batch."""

    voucher: Voucher
    batch: VoucherBatch


def usable(session: Session, person_id: str, at: datetime) -> tuple[Source, ...]:
    """The person's credit that may be spent at the instant, the soonest to expire first."""
    asked = (
        select(CreditShare.id, LedgerAccount.balance, CreditGrant.zone_only)
        .join(CreditGrant, CreditShare.grant_id == CreditGrant.id)
        .join(LedgerAccount, LedgerAccount.owner_id == CreditShare.id)
        .where(CreditShare.person_id == person_id, CreditGrant.state == GrantState.ACTIVE)
        .where(CreditGrant.valid_from <= at, CreditGrant.valid_until > at)
        .where(LedgerAccount.kind == AccountKind.WELFARE_CREDIT, LedgerAccount.balance > ZERO)
        .order_by(CreditGrant.valid_until, CreditShare.id)
    )
    return tuple(Source(PartKind.CREDIT, *row) for row in session.execute(asked))


def open_voucher(session: Session, code: str, at: datetime) -> VoucherFound:
    """Raises Refused voucher_unknown, also for a code that is used, stopped or out of its time:
    whoever guesses learns nothing."""
    found = session.execute(
        select(Voucher, VoucherBatch)
        .join(VoucherBatch, Voucher.batch_id == VoucherBatch.id)
        .where(Voucher.code_hash == code_hash(code), Voucher.purchase_id.is_(None))
        .where(VoucherBatch.state == VoucherState.OPEN)
        .where(VoucherBatch.valid_from <= at, VoucherBatch.valid_until > at)
    ).first()
    if found is None:
        raise Refused("voucher_unknown", field="voucher")
    return VoucherFound(found[0], found[1])


@dataclass(frozen=True, slots=True)
class Wanted:
    """With what a buyer means to pay besides own money."""

    credit: bool = False
    voucher: str = ""

    def __bool__(self) -> bool:
        return self.credit or bool(self.voucher)


def covering(
    session: Session, person_id: str, costs: Sequence[Cost], wanted: Wanted, at: datetime
) -> Cover:
    """What would pay what at the instant. Raises Refused (voucher_unknown, voucher_min_spend)."""
    sources: list[Source] = []
    if wanted.voucher:
        sources.append(_as_source(open_voucher(session, wanted.voucher, at), costs))
    if wanted.credit:
        sources += usable(session, person_id, at)
    return cover(costs, sources)


def _as_source(found: VoucherFound, costs: Sequence[Cost]) -> Source:
    """Freight does not help to reach the minimum."""
    batch = found.batch
    goods = total(cost.zone if batch.zone_only else cost.goods for cost in costs)
    if goods < batch.min_spend or not goods:
        raise Refused("voucher_min_spend", field="voucher", least=batch.min_spend, goods=goods)
    return Source(PartKind.VOUCHER, found.voucher.id, batch.face, batch.zone_only)


def to_end(session: Session, at: datetime) -> tuple[CreditGrant, ...]:
    """Grants whose time is over, the oldest first; also one that has ended and holds credit again,
    which a refund gave back in the second before the end."""
    holds = exists().where(
        CreditShare.grant_id == CreditGrant.id,
        LedgerAccount.owner_id == CreditShare.id,
        LedgerAccount.kind == AccountKind.WELFARE_CREDIT,
        LedgerAccount.balance > ZERO,
    )
    asked = select(CreditGrant).where(
        or_(
            CreditGrant.state == GrantState.ACTIVE,
            and_(CreditGrant.state == GrantState.ENDED, holds),
        ),
        CreditGrant.valid_until <= at,
    )
    return tuple(session.scalars(asked.order_by(CreditGrant.valid_until, CreditGrant.id)))
