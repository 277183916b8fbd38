"""When a paper that runs out is told of, and in which words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from marketplace.suppliers.rules.kinds import KINDS

LONGEST = timedelta(days=max(day for kind in KINDS.values() for day in kind.remind))


def due_reminder(
    ends_at: datetime, days: tuple[int, ...], *, since: datetime, at: datetime
) -> int | None:
    """Which reminder is due: of several that were missed the nearest to the end alone; none whose
    day was over before the paper was accepted (`since`), none once the paper has run out."""
    if at >= ends_at:
        return None
    reached = (day for day in days if since < ends_at - timedelta(days=day) <= at)
    return min(reached, default=None)


def days_left(ends_at: datetime, at: datetime) -> int:
    """Whole days until the end, rounded up: on the last day it is one."""
    return -((at - ends_at) // timedelta(days=1))


def reminder_text(label: str, number: str, until: date, left: int) -> str:
    """For a mobile phone; in Chinese, as all messages to suppliers."""
    return (
        f"【直通车】您的{label}（{number}）{until.isoformat()}到期，还剩{left}天。"
        "到期后相关商品立即停售；请尽早上传新证，通过后自动恢复。"
    )
