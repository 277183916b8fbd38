"""What somebody was told, and how much of it is new."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Membership, Notice, NoticesSeen, Person
from marketplace.accounts.queries.people import in_force
from marketplace.kernel.actor import Actor

MOST_NEW = 100  # of more only that they are more is told


def notices(actor: Actor) -> Select[Notice]:
    """To be paged, newest first: those of the organisations the person belongs to."""
    mine = {grant.organisation_id for grant in actor.grants}
    asked = select(Notice).where(Notice.organisation_id.in_(mine))
    return asked.order_by(Notice.at.desc(), Notice.id)


def seen_until(session: Session, actor: Actor) -> datetime | None:
    """None: the person has never looked."""
    return session.scalar(select(NoticesSeen.at).where(NoticesSeen.person_id == actor.person_id))


def unread(session: Session, actor: Actor) -> int:
    """How many are newer than that, at most MOST_NEW."""
    asked = notices(actor).order_by(None)
    if (at := seen_until(session, actor)) is not None:
        asked = asked.where(Notice.at > at)
    few = asked.with_only_columns(Notice.id).limit(MOST_NEW).subquery()
    return session.scalar(select(func.count()).select_from(few)) or 0


def owed_by_sms(session: Session, organisation_id: uuid.UUID) -> Sequence[Notice]:
    """Those of this unit of work that still want a short message, in the order of their writing."""
    asked = select(Notice).where(Notice.organisation_id == organisation_id, Notice.sms_owed)
    return session.scalars(asked.order_by(Notice.at, Notice.code, Notice.id)).all()


def owed_by_mail(session: Session, *, most: int) -> Sequence[Notice]:
    """Those that no letter has told of yet, oldest first."""
    asked = select(Notice).where(Notice.mail_owed).order_by(Notice.at, Notice.id)
    return session.scalars(asked.limit(most)).all()


def readers(
    session: Session, places: Collection[uuid.UUID], at: datetime
) -> dict[uuid.UUID, tuple[Person, ...]]:
    """Who of each organisation has a mail address, each once."""
    asked = (
        select(Membership.organisation_id, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id.in_(places), in_force(at))
        .where(Person.email.is_not(None), Person.email != "")
        .where(or_(Person.left_at.is_(None), Person.left_at > at))
        .order_by(Person.id)
    )
    found: dict[uuid.UUID, dict[Person, None]] = {}
    for place, person in session.execute(asked):
        found.setdefault(place, {})[person] = None
    return {place: tuple(people) for place, people in found.items()}
