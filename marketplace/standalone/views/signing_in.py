"""Signing in by password, and out."""

from __future__ import annotations

from flask import redirect, request, session
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries, service
from marketplace.kernel.errors import MarketplaceError
from marketplace.standalone.forms import SignInForm
from marketplace.standalone.identity import drop_secret, secret_given
from marketplace.standalone.security import forgive, recognised
from marketplace.standalone.settings import DEMO_PASSWORD
from marketplace.standalone.views.blueprint import pages, ways
from marketplace.standalone.views.entering import as_person, door_page, enter, entered
from marketplace.web import actor, checked, now, open_to_all, reading
from marketplace.web.answers import remark, safe_next
from marketplace.web.door import runtime
from marketplace.web.words import _


@pages.get("/sign-in")
@open_to_all
def sign_in() -> ResponseReturnValue:
    if actor() is not None and not request.args.get("next"):
        return redirect(safe_next(None), code=303)
    return _page(SignInForm())


@pages.post("/sign-in")
@open_to_all
def sign_in_now() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _page(form)
    try:
        account = recognised(form.login.data or "", form.password.data or "")
        with as_person(account.person_id) as w:
            forgive(w, account)
            entry = enter(w, account.known_id)
        return entered(entry, request.form.get("next"))
    except (queries.BadSignIn, service.TooManyTries) as fault:
        return _page(form, fault)


@pages.post("/sign-out")
@open_to_all
def sign_out() -> ResponseReturnValue:
    """Also from a page whose sign-in has run out meanwhile: the wish is the same."""
    checked()
    with runtime().work() as w:
        service.sign_out(w, secret_given())
    session.clear()
    remark(_("您已退出登录。"))
    return drop_secret(redirect(safe_next(None), code=303))


def _page(form: SignInForm, fault: MarketplaceError | None = None) -> ResponseReturnValue:
    people: tuple[queries.PersonRow, ...] = ()
    if runtime().tools.config.demo:
        with reading() as found:
            people = queries.people(found, now())
    return door_page(
        "sign_in.html",
        form,
        fault,
        next=request.values.get("next", ""),
        people=people,
        ways=ways(),
        demo_password=DEMO_PASSWORD,
    )
