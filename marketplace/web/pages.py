"""What every page of ours knows, and what happens when something is refused.

Registered on our own blueprint only: a host's pages and errors stay the host's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import Blueprint, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from marketplace.kernel.actor import SYSTEM, Role
from marketplace.kernel.clock import SHANGHAI, local_day
from marketplace.kernel.errors import MarketplaceError, SignInNeeded
from marketplace.kernel.money import Money
from marketplace.web import answers, door, durations, labels, words
from marketplace.web.forms import checked, csrf_field
from marketplace.web.once import form_key

THEMES = ("auto", "light", "dark")
SIZES = ("normal", "large")
NOTICES = "marketplace.notices.mine"
YEAR = 365 * 24 * 3600

pages = Blueprint("web", __name__)


@dataclass(frozen=True, slots=True)
class Tab:
    """One entry of the navigation."""

    label: str
    url: str
    current: bool
    new: int = 0  # what waits behind it to be read


@dataclass(frozen=True, slots=True)
class Wait:
    """One kind of thing that waits for this person."""

    label: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class TabRule:
    """Which roles see an entry; no roles: everyone. `label` is a key of the catalogue."""

    label: str
    endpoint: str
    roles: frozenset[Role] = frozenset()


def money(amount: Money) -> str:
    return str(amount)


def day(when: datetime | date | None) -> str:
    """A calendar day in Shanghai, "2026-11-23"."""
    if when is None:
        return ""
    return (local_day(when) if isinstance(when, datetime) else when).isoformat()


def moment(when: datetime | None) -> str:
    """Date and time in Shanghai, "2026-11-23 09:46"."""
    return when.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if when else ""


def number(n: int) -> str:
    return f"{n:,}"


def asset(path: str) -> str:
    """The address of a file of ours below `static/`; a page names many, so one is made by Flask."""
    base: str | None = g.get("mp_static")
    if base is None:
        one = url_for("marketplace.static", filename="x")
        g.mp_static = base = one.removesuffix("x") if one.endswith("/x") else ""
    # a host that adds something to addresses of files is asked for each
    return base + path if base else url_for("marketplace.static", filename=path)


def picture_url(name: str) -> str:
    """The drawing of this name."""
    return asset(f"vendor/pic/{name}.svg")


def photo_url(listing_id: UUID, photo_id: str, size: str = "small") -> str:
    """One photograph of a listing, in one of the sizes of adapters.photos."""
    return url_for(
        "marketplace.catalog.photo", listing_id=listing_id, photo_id=UUID(photo_id), size=size
    )


def face_url(listing_id: UUID, photos: Sequence[str], size: str = "small") -> str:
    """The first of its photographs; empty when there is none."""
    return photo_url(listing_id, photos[0], size) if photos else ""


def icon_url(name: str) -> str:
    """The icon of this name in the sheet of icons."""
    return f"{asset('vendor/icons.svg')}#{name}"


def person_name(person_id: str) -> str:
    """Who did it; what the marketplace did itself is said in the reader's language."""
    return (
        words.words()(SYSTEM.name)
        if person_id == SYSTEM.person_id
        else door.identity().name_of(person_id)
    )


def context() -> dict[str, object]:
    """What templates may use on this page, beside what is `SHARED` by all."""
    mounted = current_app.extensions["marketplace"]
    person, here = door.actor(), answers.here()
    waiting = mounted.to_do(person) if person else {}
    return {
        "_": words.words(),
        "lang": words.words().language,
        "theme": _chosen("mp_theme", THEMES),
        "size": _chosen("mp_size", SIZES),
        "actor": person,
        "person_name": person_name,
        "tabs": _tabs(mounted.tabs, person.roles if person else frozenset(), mounted.unread),
        "to_do": [_wait(endpoint, count) for endpoint, count in waiting.items()],
        "basket_count": mounted.basket_count(person) if person else 0,
        "mp_layout": mounted.pages.layout,
        "demo": mounted.runtime.tools.config.demo,
        "sign_in_url": door.identity().login_url(here),
        "request_number": g.get("mp_request_id", ""),  # where whoever runs us gives one
        "own_pages": mounted.own_pages(person) if person else [],
        "sign_out_url": mounted.sign_out_url(),
        "here": here,
    }


# what is the same on every page, also for the macros that are made once
SHARED: dict[str, object] = {
    "_": words._,
    "mp_news": answers.news,
    "asset": asset,
    "picture_url": picture_url,
    "photo_url": photo_url,
    "face_url": face_url,
    "icon_url": icon_url,
    "money": money,
    "day": day,
    "moment": moment,
    "number": number,
    "worked": durations.worked,
    "csrf_field": csrf_field,
    "form_key": form_key,
    "finding_words": labels.finding_words,
    "state_label": labels.state_label,
    "state_tone": labels.state_tone,
    "verb_label": labels.verb_label,
    "Markup": Markup,
}


def _wait(endpoint: str, count: int) -> Wait:
    say = words.words()
    return Wait(say(f"to_do.{endpoint}"), url_for(f"marketplace.{endpoint}"), count)


def _chosen(cookie: str, allowed: tuple[str, ...]) -> str:
    value = request.cookies.get(cookie, "")
    return value if value in allowed else allowed[0]


def _tabs(
    rules: tuple[TabRule, ...], roles: frozenset[Role], unread: Callable[[], int]
) -> list[Tab]:
    at, say = f"{request.script_root}{request.path}", words.words()
    home = url_for("marketplace.zone.home")
    tabs = []
    for rule in rules:
        if rule.roles and not rule.roles & roles:
            continue
        url = url_for(rule.endpoint)
        new = unread() if rule.endpoint == NOTICES else 0
        current = at == url if url == home else at.startswith(url)
        tabs.append(Tab(say(rule.label), url, current, new))
    return tabs


def refused(fault: MarketplaceError) -> ResponseReturnValue:
    """Our own errors: to the sign-in, or a page that says what was wrong and what to do."""
    if isinstance(fault, SignInNeeded):
        home = url_for("marketplace.zone.home")
        target = answers.here() if request.method == "GET" else door.resumed() or home
        return redirect(door.identity().login_url(target), code=303)
    told, remedy = labels.error_words(fault)
    return answers.page("error.html", fault.status, code=fault.code, text=told, remedy=remedy,
                        title=told, status=fault.status, problems=())  # fmt: skip


def broken(fault: HTTPException) -> ResponseReturnValue:
    """Flask's own refusals (unknown page, too large, wrong method), in our words."""
    if fault.code is None or fault.code < 400:  # a redirect to the right spelling of an address
        return fault.get_response()
    told, remedy = labels.error_words(MarketplaceError(f"http_{fault.code}"))
    return answers.page("error.html", fault.code, code=f"http_{fault.code}", text=told,
                        remedy=remedy, title=told, status=fault.code, problems=())  # fmt: skip


@pages.post("/preferences")
@door.open_to_all
def preferences() -> ResponseReturnValue:
    """Language, theme and size of type, remembered by this browser."""
    checked()
    answer = redirect(answers.safe_next(request.form.get("next")), code=303)
    for field, cookie, allowed in (
        ("language", words.COOKIE, words.LANGUAGES),
        ("theme", "mp_theme", THEMES),
        ("size", "mp_size", SIZES),
    ):
        value = request.form.get(field, "")
        if value in allowed:
            if field == "language" and (person := door.actor()):
                current_app.extensions["marketplace"].prefers(person, value)
            answer.set_cookie(cookie, value, max_age=YEAR, httponly=True, samesite="Lax",
                              secure=request.is_secure)  # fmt: skip
    return answer
