"""Signing in by a code that comes to the phone: for whoever has no more than a phone."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries, rules, service
from marketplace.accounts.states import CodePurpose
from marketplace.kernel.errors import MarketplaceError
from marketplace.standalone.forms import CodeForm, MobileForm
from marketplace.standalone.views.blueprint import pages
from marketplace.standalone.views.entering import (
    Waiting,
    as_person,
    awaited,
    door_page,
    enter,
    entered,
    shown_in_demo,
    wait_for,
)
from marketplace.web import open_to_all, page
from marketplace.web.door import runtime
from marketplace.web.words import _


@pages.get("/sign-in/phone")
@open_to_all
def phone() -> ResponseReturnValue:
    return door_page("phone.html", MobileForm(), next=request.args.get("next", ""))


@pages.post("/sign-in/phone")
@open_to_all
def phone_now() -> ResponseReturnValue:
    """Ask for a code. The answer is the same for a number that nobody has."""
    form, onward = MobileForm(), request.form.get("next", "")
    if not form.validate():
        return door_page("phone.html", form, next=onward)
    mobile = form.mobile.data or ""
    try:
        with runtime().work() as w:
            asked = service.send_code(
                w, CodePurpose.SIGN_IN, mobile, request.remote_addr or "", text=sign_in_text
            )
    except service.TooManyTries as fault:
        return door_page("phone.html", form, fault, next=onward)
    wait_for(CodePurpose.SIGN_IN, Waiting(asked, mobile, onward))
    return redirect(url_for("accounts.phone_code"), code=303)


@pages.get("/sign-in/phone/code")
@open_to_all
def phone_code() -> ResponseReturnValue:
    waiting = awaited(CodePurpose.SIGN_IN)
    if waiting is None:
        return redirect(url_for("accounts.phone"), code=303)
    return _code_page(CodeForm(), waiting)


@pages.post("/sign-in/phone/code")
@open_to_all
def phone_code_now() -> ResponseReturnValue:
    waiting = awaited(CodePurpose.SIGN_IN)
    if waiting is None:
        return redirect(url_for("accounts.phone"), code=303)
    form = CodeForm()
    if not form.validate():
        return _code_page(form, waiting)
    try:
        count_digits(waiting)
        with as_person(waiting.person_id()) as w:
            used = service.use_code(w, CodePurpose.SIGN_IN, waiting.asked, form.code.data or "")
            if used.person_id is None:
                raise service.BadCode
            entry = enter(w, used.person_id)
        return entered(entry, waiting.more)
    except (service.BadCode, queries.BadSignIn, service.TooManyTries) as fault:
        return _code_page(form, waiting, fault)


@pages.get("/sign-in/message")
@open_to_all
def message() -> ResponseReturnValue:
    """In the demonstration: the part of a page that shows the message, once it has arrived."""
    for purpose in (CodePurpose.SIGN_IN, CodePurpose.RESET, CodePurpose.REGISTER):
        if waiting := awaited(purpose):
            return page("standalone/_message.html", messages=shown_in_demo(waiting))
    return page("standalone/_message.html", messages=[])


def count_digits(waiting: Waiting) -> None:
    """Before they are looked at, so that a wrong code is counted in any case.

    Raises BadCode, TooManyTries.
    """
    with runtime().work() as w:
        service.count_code_try(w, waiting.asked, request.remote_addr or "")


def sign_in_text(digits: str) -> str:
    return _(
        "【直通车】登录验证码 %(code)s，5 分钟内有效。不是您在登录，请不要把它告诉任何人。",
        code=digits,
    )


def _code_page(
    form: CodeForm, waiting: Waiting, fault: MarketplaceError | None = None
) -> ResponseReturnValue:
    return door_page(
        "phone_code.html",
        form,
        fault,
        mobile=rules.veiled(waiting.login),
        messages=shown_in_demo(waiting),
    )
