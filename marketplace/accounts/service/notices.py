"""Telling an organisation something in the marketplace itself, beside mail and short messages."""

from __future__ import annotations

import uuid
from typing import Any

from marketplace.accounts.models import Notice, NoticesSeen
from marketplace.work import Work


def notify(
    w: Work,
    organisation_id: uuid.UUID,
    code: str,
    data: dict[str, Any],
    *,
    at: tuple[str, dict[str, str]],
    sms_owed: bool = False,
) -> Notice:
    """Written in this unit of work, so it stands only if what it tells stands; `at` is endpoint and
    places of its page."""
    endpoint, places = at
    notice = Notice(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        code=code,
        data=data,
        endpoint=endpoint,
        places=places,
        at=w.now,
        sms_owed=sms_owed,
    )
    w.session.add(notice)
    return notice


def see_notices(w: Work) -> None:
    """The person has seen everything until now."""
    known = w.session.get(NoticesSeen, w.actor.person_id)
    if known is None:
        w.session.add(NoticesSeen(person_id=w.actor.person_id, at=w.now))
    else:
        known.at = w.now
