"""Which plans came to nothing and still hold numbers of phones and addresses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, exists, or_, select

from marketplace.purchasing.models import Plan, Recipient
from marketplace.purchasing.queries.plans import EDITABLE
from marketplace.purchasing.states import PlanState
from marketplace.work.models import TrailEntry

UNUSED = EDITABLE | {PlanState.CANCELLED}


def abandoned(at: datetime) -> Select[Plan]:
    """Plans given up, or not handed in, to which nobody did anything after the instant, oldest
    first. What waits for an approver or to be ordered is in use, however long."""
    told = or_(Recipient.mobile.is_not(None), Recipient.address != "")
    return (
        select(Plan)
        .where(Plan.state.in_(UNUSED), Plan.created_at <= at)
        .where(exists().where(Recipient.plan_id == Plan.id, told))
        .where(~exists().where(TrailEntry.subject_id == Plan.id, TrailEntry.at > at))
        .order_by(Plan.created_at, Plan.id)
    )
