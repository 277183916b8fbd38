"""Papers that are about goods of the catalog above us: a listing or a batch, known by its id."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.suppliers.models import Paper
from marketplace.suppliers.states import PaperState

# a batch leaves within hours: what passed the machine counts until a reviewer refuses it
_COUNT = (PaperState.PENDING, PaperState.ACCEPTED)


def papers_of_goods(
    session: Session, goods: Iterable[uuid.UUID], at: datetime
) -> dict[uuid.UUID, tuple[Paper, ...]]:
    """The papers of each that count at the instant, oldest first; handed in and not refused."""
    asked = (
        select(Paper)
        .where(
            Paper.goods_id.in_(tuple(goods)),
            Paper.state.in_(_COUNT),
            Paper.starts_at <= at,
            or_(Paper.ends_at.is_(None), Paper.ends_at > at),
        )
        .order_by(Paper.added_at, Paper.id)
    )
    found: dict[uuid.UUID, tuple[Paper, ...]] = {}
    for paper in session.scalars(asked):
        assert paper.goods_id is not None  # noqa: S101  # only such are asked for; tells mypy
        found[paper.goods_id] = (*found.get(paper.goods_id, ()), paper)
    return found


def submissions_of_goods(session: Session, goods_id: uuid.UUID) -> tuple[Paper, ...]:
    """Everything ever handed in for it, newest first, refused ones too."""
    asked = select(Paper).where(Paper.goods_id == goods_id)
    return tuple(session.scalars(asked.order_by(Paper.added_at.desc(), Paper.id)))
