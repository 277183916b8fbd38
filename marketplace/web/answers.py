"""What a view gives back: a page, a part of it, the way to another page, a file."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import cast
from urllib.parse import quote

from flask import Flask, Response, current_app, make_response, redirect, request, session
from flask import url_for as url
from flask.typing import ResponseReturnValue

_NOBODY = uuid.UUID(int=0)
MOST_SAID = 5  # of what nobody has come to read; the cookie has little room
SAID = "mp_said"  # in the session of whoever runs us


def page(template: str, status: int = 200, /, **context: object) -> ResponseReturnValue:
    """A page of our own, named below `templates/marketplace/`."""
    return written(template, **context), status


def written(template: str, /, **context: object) -> str:
    """What a template of ours says: a page, or a letter."""
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]  # a LocalProxy
    mounted = app.extensions["marketplace"]
    given = {**mounted.context(), **context}
    made: str = mounted.pages.make(app, f"marketplace/{template}", given)
    return made


def remark(said: str, tone: str = "done") -> None:
    """Words for the next page of ours; a host's own messages are another matter."""
    session[SAID] = [*session.get(SAID, ())[1 - MOST_SAID :], (tone, said)]


def news() -> list[tuple[str, str]]:
    """What is to be told now, as (tone, words), once."""
    if SAID not in session:
        return []
    return [(str(tone), str(said)) for tone, said in session.pop(SAID)]


def back_to(endpoint: str, said: str = "", **values: object) -> ResponseReturnValue:
    """After a POST: go and look (303). `endpoint` is ours: "suppliers.show"."""
    if said:
        remark(said)
    return redirect(url(f"marketplace.{endpoint}", **values), code=303)  # type: ignore[arg-type]  # Flask wants Any


def urls(endpoint: str, name: str) -> Callable[[uuid.UUID], str]:
    """The addresses of many things of one kind: `urls("zone.listing", "listing_id")(listing.id)`.

    Flask makes one; the others differ from it in their id alone.
    """
    pattern = url(f"marketplace.{endpoint}", **{name: _NOBODY})  # type: ignore[arg-type]  # Flask wants Any
    before, _id, after = pattern.partition(str(_NOBODY))
    return lambda one: f"{before}{one}{after}"


def download(data: bytes, name: str, kind: str) -> Response:
    """A file to keep, never shown inside the page, never cached."""
    answer = make_response(data)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def shown(read: Callable[[], bytes], kind: str, *, tag: str) -> Response:
    """A picture for the page of whoever asked. A browser may keep it, but asks each time before it
    shows it again; `tag` names the bytes, which are read only when they are sent."""
    is_known = request.if_none_match.contains_weak(tag)
    answer = make_response(b"" if is_known else read(), 304 if is_known else 200)
    answer.set_etag(tag)
    answer.headers["Content-Type"] = kind
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def here() -> str:
    """This page's own path and question, to come back to; also below a host's SCRIPT_NAME."""
    return f"{request.script_root}{request.full_path}".rstrip("?")


def safe_next(target: str | None) -> str:
    """A way back that stays at home; anything else leads to the front page."""
    home = url("marketplace.zone.home")
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return home
    if any(sign < " " or sign == "\\" for sign in target):
        return home
    return target
