"""Signing in and out, and the sign of life for whoever watches the server."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from marketplace.accounts import queries, service
from marketplace.accounts.models import Person
from marketplace.kernel.errors import MarketplaceError
from marketplace.standalone.forms import SignInForm
from marketplace.standalone.identity import COOKIE
from marketplace.standalone.settings import DEMO_PASSWORD
from marketplace.web import actor, checked, now, open_to_all, page, reading
from marketplace.web.answers import safe_next
from marketplace.web.door import runtime
from marketplace.web.labels import error_words
from marketplace.web.words import _

pages = Blueprint("accounts", __name__)
health = Blueprint("health", __name__)


@pages.get("/sign-in")
@open_to_all
def sign_in() -> ResponseReturnValue:
    if actor() is not None and not request.args.get("next"):
        return redirect(safe_next(None), code=303)
    return _sign_in_page(SignInForm())


@pages.post("/sign-in")
@open_to_all
def sign_in_now() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, status=422, fault=form.stale())
    try:
        secret = _recognise(form.login.data or "", form.password.data or "")
    except (queries.BadSignIn, service.TooManyTries) as fault:
        return _sign_in_page(form, status=fault.status, fault=fault)
    session.clear()  # form tokens from before the sign-in open nothing after it
    answer = redirect(safe_next(request.form.get("next")), code=303)
    answer.set_cookie(
        COOKIE,
        secret,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return answer


@pages.post("/sign-out")
@open_to_all
def sign_out() -> ResponseReturnValue:
    """Also from a page whose sign-in has run out meanwhile: the wish is the same."""
    checked()
    with runtime().work() as w:
        service.sign_out(w, request.cookies.get(COOKIE, ""))
    session.clear()
    flash(_("您已退出登录。"), "done")
    answer = redirect(safe_next(None), code=303)
    answer.delete_cookie(COOKIE)
    return answer


@health.get("/healthz")
@open_to_all
def check() -> ResponseReturnValue:
    """200 when the database answers and has its tables; never says more than that."""
    try:
        with reading() as found:
            found.scalar(select(func.count()).select_from(Person))
    except SQLAlchemyError:
        return "database\n", 503, {"Content-Type": "text/plain"}
    return "ok\n", {"Content-Type": "text/plain"}


def _recognise(login: str, password: str) -> str:
    """Count, look (slowly, holding no lock), admit. Raises TooManyTries, BadSignIn."""
    address = request.remote_addr or ""
    with runtime().work() as w:
        service.count_try(w, login, address)
    with reading() as found:
        person = queries.recognised(found, login, password, now())
        who = queries.actor_of(found, str(person.id), now())
    if who is None:
        raise queries.BadSignIn
    with runtime().work(who) as w:
        service.forgive(w, login, address)
        service.sign_out(w, request.cookies.get(COOKIE, ""))  # what this browser held before
        return service.admit(w, person.id)


def _sign_in_page(
    form: SignInForm, *, status: int = 200, fault: MarketplaceError | None = None
) -> ResponseReturnValue:
    people: tuple[queries.PersonRow, ...] = ()
    if runtime().tools.config.demo:
        with reading() as found:
            people = queries.people(found, now())
    told, remedy = error_words(fault) if fault else ("", "")
    answer = make_response(
        page(
            "standalone/sign_in.html",
            status,
            form=form,
            next=request.values.get("next", ""),
            told=told,
            remedy=remedy,
            people=people,
            demo_password=DEMO_PASSWORD,
        )
    )
    if isinstance(fault, service.TooManyTries):
        answer.headers["Retry-After"] = str(60 * int(str(fault.data["minutes"])))
    return answer
