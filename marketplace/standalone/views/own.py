"""One's own account: password, second factor, and the browsers one is signed in with."""

from __future__ import annotations

import uuid

from flask import make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries, rules, service
from marketplace.kernel.errors import Invalid, MarketplaceError, Refused
from marketplace.standalone.forms import (
    ChangePasswordForm,
    CodeForm,
    DoorForm,
    PasswordOnlyForm,
)
from marketplace.standalone.identity import give_secret, this_sign_in
from marketplace.standalone.security import Account, checker, forgive, recognised
from marketplace.standalone.views.blueprint import pages
from marketplace.standalone.views.entering import door_page, second_is_due
from marketplace.standalone.views.second import codes_page, drawing, is_right
from marketplace.web import checked, now, reading, signed_in, someone, work
from marketplace.web.answers import remark
from marketplace.web.door import runtime
from marketplace.web.words import _


@pages.get("/security")
@signed_in
def own() -> ResponseReturnValue:
    return _page()


@pages.post("/security/password")
@signed_in
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if not form.validate():
        return _page(password=form)
    try:
        account = _known_again(form.current.data or "")
        new = service.checked_password(runtime().tools.config, form.password.data or "", _login())
        with work() as w:
            forgive(w, account)
            service.set_password(w, _me(), new, keep=this_sign_in())
            secret = service.renew(w, this_sign_in())
    except (queries.BadSignIn, service.TooManyTries, Invalid) as fault:
        return _page(fault, password=form)
    session.clear()
    remark(_("密码已改，其他登录都已退出。"))
    return give_secret(redirect(url_for("accounts.own"), code=303), secret)


@pages.post("/security/sign-ins/<uuid:sign_in_id>/end")
@signed_in
def end_sign_in(sign_in_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.end_sign_in(w, sign_in_id)
    remark(_("那个登录已经退出。"))
    return redirect(url_for("accounts.own", _anchor="sign-ins"), code=303)


@pages.post("/security/sign-ins/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    checked()
    with work() as w:
        count = service.end_others(w, this_sign_in())
    remark(_("已退出其他 %(n)s 个登录。", n=count))
    return redirect(url_for("accounts.own", _anchor="sign-ins"), code=303)


@pages.post("/security/second/begin")
@signed_in
def begin_second() -> ResponseReturnValue:
    form = PasswordOnlyForm()
    if not form.validate():
        return _page(second=form)
    try:
        account = _known_again(form.proof.data or "")
        with work() as w:
            forgive(w, account)
            service.begin_second(w, _me(), checker().totp_factory.generate_totp_secret())
    except (queries.BadSignIn, service.TooManyTries, Refused) as fault:
        return _page(fault, second=form)
    return redirect(url_for("accounts.new_second"), code=303)


@pages.get("/security/second")
@signed_in
def new_second() -> ResponseReturnValue:
    return _new_page(CodeForm())


@pages.post("/security/second")
@signed_in
def new_second_now() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate():
        return _new_page(form)
    with reading() as found:
        factor = queries.second_factor(found, _me())
    try:
        with runtime().work() as w:
            service.count_second(w, _login(), request.remote_addr or "")
        counter = is_right(factor, _login(), form.code.data or "") if factor else None
        with work() as w:
            if counter is None or not service.use_counter(w, _me(), counter):
                raise service.BadCode
            codes = service.confirm_second(w, _me())
            secret = service.pass_second(w, this_sign_in())
    except (service.BadCode, service.TooManyTries, Refused) as fault:
        return _new_page(form, fault)
    return give_secret(codes_page(codes, url_for("accounts.own")), secret)


@pages.post("/security/second/codes")
@signed_in
def new_codes() -> ResponseReturnValue:
    form = PasswordOnlyForm()
    if not form.validate():
        return _page(second=form)
    try:
        account = _known_again(form.proof.data or "")
        with work() as w:
            forgive(w, account)
            codes = service.new_recovery_codes(w, _me())
    except (queries.BadSignIn, service.TooManyTries, Refused) as fault:
        return _page(fault, second=form)
    return codes_page(codes, url_for("accounts.own"))


@pages.post("/security/second/drop")
@signed_in
def drop_second() -> ResponseReturnValue:
    """For a new phone; whose roles need one sets up the new one at the next sign-in."""
    form = PasswordOnlyForm()
    if not form.validate():
        return _page(second=form)
    try:
        account = _known_again(form.proof.data or "")
        with work() as w:
            forgive(w, account)
            service.drop_second(w, _me())
    except (queries.BadSignIn, service.TooManyTries) as fault:
        return _page(fault, second=form)
    remark(_("已停用原来的验证器。"))
    return redirect(url_for("accounts.own"), code=303)


def _me() -> uuid.UUID:
    return uuid.UUID(someone().person_id)


def _login() -> str:
    with reading() as found:
        return queries.login_of(found, _me())


def _known_again(password: str) -> Account:
    """A browser left open must not change how one signs in. Raises BadSignIn, TooManyTries."""
    account = recognised(_login(), password)
    if account.known_id != _me():
        raise queries.BadSignIn
    return account


def _page(fault: MarketplaceError | None = None, **given: DoorForm) -> ResponseReturnValue:
    """The whole page; the form that was refused stands in its place with what was wrong."""
    who, at = someone(), now()
    idle = rules.idle_limit(who.roles, demo=runtime().tools.config.demo)
    with reading() as found:
        factor = queries.second_factor(found, _me())
        sign_ins = queries.sign_ins_of(found, _me(), at, idle=idle)
        codes_left = queries.recovery_codes_left(found, _me())
    forms = {"password": ChangePasswordForm(None), "second": PasswordOnlyForm(None)} | given
    refused = next(iter(given.values()), forms["password"])
    return make_response(
        door_page(
            "own.html",
            refused,
            fault,
            forms=forms,
            refused=next(iter(given), ""),
            confirmed=factor.confirmed_at if factor else None,
            codes_left=codes_left,
            sign_ins=sign_ins,
            here_id=this_sign_in(),
            must=second_is_due(who),
        )
    )


def _new_page(form: CodeForm, fault: MarketplaceError | None = None) -> ResponseReturnValue:
    with reading() as found:
        factor = queries.second_factor(found, _me())
    if factor is None or factor.confirmed_at:
        return redirect(url_for("accounts.own"), code=303)
    return door_page(
        "second_new.html",
        form,
        fault,
        next="",
        action=url_for("accounts.new_second_now"),
        **drawing(factor, _login()),
    )
