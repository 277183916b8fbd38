"""The direct-train clock for management: figures, and the entries that each is made of."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.catalog.states import ClockStep
from marketplace.desk.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.workdays import calendar
from marketplace.regions import queries as regions
from marketplace.web import Page, needs, now, page, page_number, reading, settings
from marketplace.web.paging import PER_PAGE

READERS = (Role.REVIEWER, Role.AUDITOR, Role.MANAGER)
FILTERS = ("month", "step", "reviewer", "county", "late")


@pages.get("/clock")
@needs(*READERS)
def clock() -> ResponseReturnValue:
    """Medians and 90th percentiles by step, reviewer, county and month."""
    asked, at = _asked(), now()
    with reading() as session:
        return page(
            "desk/clock.html",
            asked=asked,
            months=catalog.months(at),
            groups=catalog.time_groups(session, asked, at)._asdict(),
            county_name=lambda code: _county(session, code),
            entries_url=lambda **others: _url("marketplace.desk.clock_entries", **others),
            here_url=lambda **others: _url("marketplace.desk.clock", **others),
            promise=settings().review_workdays,
            green_promise=settings().green_review_workdays,
            knows_days=calendar().knows(local_day(at)),
            sources=calendar().sources,
        )


@pages.get("/clock/entries")
@needs(*READERS)
def clock_entries() -> ResponseReturnValue:
    """What a figure is made of, longest first."""
    asked, number = _asked(), page_number()
    with reading() as session:
        meant = slice((number - 1) * PER_PAGE, number * PER_PAGE)
        shown, count = catalog.times(session, asked, now(), meant)
        return page(
            "desk/clock_entries.html",
            asked=asked,
            entries=Page(shown, number, count),
            county_name=lambda code: _county(session, code),
            back_url=_url("marketplace.desk.clock"),
        )


def _asked() -> catalog.AskedTime:
    """What the address says; nonsense narrows nothing."""
    said = request.args
    step = said.get("step", "")
    return catalog.AskedTime(
        month=month if (month := said.get("month", "")) in catalog.months(now()) else "",
        step=ClockStep(step) if step in set(ClockStep) else None,
        reviewer=said.get("reviewer", "")[:64],
        county=said.get("county", "")[:6],
        late=said.get("late", "") == "1",
    )


def _url(endpoint: str, **others: str) -> str:
    """The same filters with others; an empty one is left out."""
    kept = {name: request.args.get(name, "") for name in FILTERS} | others
    base = url_for(endpoint)
    said = {name: value for name, value in kept.items() if value}
    return f"{base}?{urlencode(said)}" if said else base


def _county(session: Session, code: str) -> str:
    place = regions.county(session, code)
    return place.label if place else code
