"""Forms that were answered: one that is sent twice finds its first answer, and makes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.work.models import FormKey
from marketplace.work.unit import Work

KEPT = timedelta(days=1)  # nobody's button is pressed twice that far apart


def earlier(session: Session, person_id: str, key: str) -> str | None:
    """Where the person was sent when this form was first answered."""
    found = session.get(FormKey, (person_id, key))
    return found.location if found else None


def keep(w: Work, key: str, location: str) -> None:
    """Written with what the form makes. Two that are sent at the same time write the same key: the
    second one's unit of work is done again, and finds it."""
    w.session.add(FormKey(person_id=w.actor.person_id, key=key, location=location, made_at=w.now))


def is_due(session: Session, at: datetime) -> bool:
    """Whether there is something to forget."""
    old = select(FormKey.key).where(FormKey.made_at < at - KEPT).limit(1)
    return session.scalar(old) is not None


def forget(w: Work) -> None:
    """Drop the keys that have done their service."""
    w.session.execute(delete(FormKey).where(FormKey.made_at < w.now - KEPT))
