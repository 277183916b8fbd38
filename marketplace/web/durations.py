"""Working time in words; no duration stands without its unit (decision 0020)."""

from __future__ import annotations

from datetime import timedelta

from marketplace.web.words import _

WORKDAY = timedelta(days=1)  # a working day counts with all its hours
HOUR = timedelta(hours=1)


def worked(span: timedelta) -> str:
    """ "5 小时" below one working day, else "1.5 个工作日"; always rounded down, never up."""
    if span < HOUR:
        return _("不到 1 小时")
    if span < WORKDAY:
        return _("%(n)s 小时", n=span // HOUR)
    tenths = span * 10 // WORKDAY
    return _("%(n)s 个工作日", n=f"{tenths // 10}.{tenths % 10}" if tenths % 10 else tenths // 10)
