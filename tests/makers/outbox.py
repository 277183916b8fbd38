"""A parcel that failed so often that it waits for a person."""

from __future__ import annotations

from sqlalchemy import select, update

from marketplace.ports.mail import Mail
from marketplace.work import Runtime
from marketplace.work.models import Parcel
from marketplace.work.outbox import MOST_ATTEMPTS


def a_dead_parcel(runtime: Runtime) -> str:
    """Its id. Ten failures in a row take hours of waiting, so they are written down."""
    with runtime.work() as w:
        w.send(Mail("nobody@example.invalid", "示例邮件", "示例正文"))
    with runtime.work() as w:
        unsent = select(Parcel.id).where(Parcel.kind == "Mail", Parcel.delivered_at.is_(None))
        parcel_id = w.session.scalars(unsent).one()
        w.session.execute(
            update(Parcel)
            .where(Parcel.id == parcel_id)
            .values(attempts=MOST_ATTEMPTS, fault="PostDown: 示例故障")
        )
    return str(parcel_id)
