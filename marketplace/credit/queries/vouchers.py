"""Batches of vouchers with what they paid, for those who look after the money."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.credit.models import Voucher, VoucherBatch
from marketplace.kernel.errors import Missing
from marketplace.kernel.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch, and what its codes paid net of what came back."""

    batch: VoucherBatch
    paid: Money
    uses: tuple[Voucher, ...] = ()


def batches(session: Session) -> tuple[BatchRow, ...]:
    """Newest first."""
    asked = (
        select(VoucherBatch, func.sum(Voucher.amount), func.sum(Voucher.returned))
        .outerjoin(Voucher, Voucher.batch_id == VoucherBatch.id)
        .group_by(VoucherBatch.id)
        .order_by(VoucherBatch.made_at.desc(), VoucherBatch.id)
    )
    return tuple(
        BatchRow(row[0], (row[1] or ZERO) - (row[2] or ZERO)) for row in session.execute(asked)
    )


def batch(session: Session, batch_id: uuid.UUID) -> BatchRow:
    """One batch with its used codes, newest first. Raises Missing."""
    found = session.get(VoucherBatch, batch_id)
    if found is None:
        raise Missing(batch_id=batch_id)
    asked = select(Voucher).where(Voucher.batch_id == batch_id, Voucher.used_at.is_not(None))
    uses = tuple(session.scalars(asked.order_by(Voucher.used_at.desc(), Voucher.id)))
    paid = Money(sum(use.amount.fen - use.returned.fen for use in uses))
    return BatchRow(found, paid, uses)
