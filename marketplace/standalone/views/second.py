"""The second factor: asked for after the password, set up where there is none yet."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import qrcode
from flask import make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries, service
from marketplace.accounts.models import SecondFactor
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import MarketplaceError
from marketplace.standalone.forms import CodeForm
from marketplace.standalone.identity import SIGN_IN, give_secret, secret_given
from marketplace.standalone.security import CLOCK_SKEW, Account, checker
from marketplace.standalone.views.blueprint import pages
from marketplace.standalone.views.entering import door_page
from marketplace.web import now, open_to_all, page, reading
from marketplace.web.answers import safe_next
from marketplace.web.door import runtime


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody who gave a right password and owes the second factor."""

    sign_in_id: uuid.UUID
    who: Actor
    login: str
    factor: SecondFactor

    @property
    def person_id(self) -> uuid.UUID:
        return self.factor.person_id


@pages.get("/sign-in/second")
@open_to_all
def second() -> ResponseReturnValue:
    half = _half()
    return _page(CodeForm(), half) if half else redirect(url_for(SIGN_IN), code=303)


@pages.post("/sign-in/second")
@open_to_all
def second_now() -> ResponseReturnValue:
    half = _half()
    if half is None:
        return redirect(url_for(SIGN_IN), code=303)
    form = CodeForm()
    if not form.validate():
        return _page(form, half)
    try:
        secret, codes = _pass(half, form.code.data or "")
    except (service.TooManyTries, service.BadCode) as fault:
        return _page(form, half, fault)
    session.clear()
    onward = safe_next(request.form.get("next"))
    if codes:
        return give_secret(codes_page(codes, onward), secret)
    return give_secret(redirect(onward, code=303), secret)


def is_right(factor: SecondFactor, login: str, typed: str) -> int | None:
    """The counter of a right code of the app, to be used up; None for a wrong one."""
    account = Account(login, None)
    account.last_counter = factor.last_counter or None
    right = checker().totp_factory.verify_totp(typed, factor.secret, account, window=CLOCK_SKEW)
    return account.last_counter if right else None


def drawing(factor: SecondFactor, login: str) -> dict[str, object]:
    """What an authenticator app needs: the key in letters, and as squares to photograph."""
    totp = checker().totp_factory
    code = qrcode.QRCode(border=0)
    code.add_data(totp.get_totp_uri(login, factor.secret))
    rows = code.get_matrix()
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return {
        "key": totp.get_totp_pretty_key(factor.secret),
        "squares": squares,
        "width": len(rows),
    }


def codes_page(codes: list[str], onward: str) -> ResponseReturnValue:
    """The recovery codes: shown once, so this is the answer to the POST itself."""
    return make_response(page("standalone/recovery_codes.html", codes=codes, onward=onward))


def _half() -> Half | None:
    """Whoever waits in this browser, with their app, confirmed or new."""
    with reading() as found:
        sign_in = queries.half_sign_in(found, secret_given(), now())
        if sign_in is None:
            return None
        who = queries.actor_of(found, str(sign_in.person_id), now())
        factor = queries.second_factor(found, sign_in.person_id)
        login = queries.login_of(found, sign_in.person_id)
    return Half(sign_in.id, who, login, factor) if who and factor else None


def _pass(half: Half, typed: str) -> tuple[str, list[str]]:
    """The new secret of the browser, and recovery codes when the app is new.

    Raises TooManyTries, BadCode.
    """
    with runtime().work() as w:
        service.count_second(w, half.login, request.remote_addr or "")
    counter = is_right(half.factor, half.login, typed)
    confirmed = half.factor.confirmed_at is not None
    codes: list[str] = []
    with runtime().work(half.who) as w:
        if counter is not None and service.use_counter(w, half.person_id, counter):
            codes = [] if confirmed else service.confirm_second(w, half.person_id)
        elif not (confirmed and service.use_recovery_code(w, half.person_id, typed)):
            raise service.BadCode
        return service.pass_second(w, half.sign_in_id), codes


def _page(form: CodeForm, half: Half, fault: MarketplaceError | None = None) -> ResponseReturnValue:
    onward = request.values.get("next", "")
    if half.factor.confirmed_at:
        return door_page("second.html", form, fault, next=onward)
    return door_page(
        "second_new.html",
        form,
        fault,
        next=onward,
        action=url_for("accounts.second_now"),
        **drawing(half.factor, half.login),
    )
