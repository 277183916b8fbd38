"""Joining with a printed invitation: the paper, the phone, a name and a password."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries, rules, service
from marketplace.accounts.states import CodePurpose
from marketplace.kernel.errors import Invalid, MarketplaceError, Refused
from marketplace.standalone.forms import JoinForm, NewcomerForm
from marketplace.standalone.views.blueprint import pages
from marketplace.standalone.views.entering import (
    Waiting,
    awaited,
    door_page,
    enter,
    entered,
    shown_in_demo,
    wait_for,
)
from marketplace.standalone.views.phone import count_digits
from marketplace.web import now, open_to_all, reading
from marketplace.web.answers import remark
from marketplace.web.door import runtime
from marketplace.web.words import _

REFUSALS = (
    service.BadCode,
    service.BadInvitation,
    service.TooManyTries,
    Invalid,
    Refused,
)


@pages.get("/register")
@open_to_all
def register() -> ResponseReturnValue:
    return door_page("register.html", JoinForm(invitation=request.args.get("code", "")))


@pages.post("/register")
@open_to_all
def register_now() -> ResponseReturnValue:
    """The paper first, then a code to the phone, whether or not somebody has that number."""
    form = JoinForm()
    if not form.validate():
        return door_page("register.html", form)
    code, mobile = form.invitation.data or "", form.mobile.data or ""
    address = request.remote_addr or ""
    try:
        with runtime().work() as w:
            service.count(w, rules.INVITATION_PLACE, rules.place_of(address))
        with runtime().work() as w:
            if queries.open_invitation(w.session, code, w.now) is None:
                raise service.BadInvitation
            asked = service.send_code(w, CodePurpose.REGISTER, mobile, address, text=register_text)
    except (service.BadInvitation, service.TooManyTries) as fault:
        return door_page("register.html", form, fault)
    wait_for(CodePurpose.REGISTER, Waiting(asked, mobile, code))
    return redirect(url_for("accounts.newcomer"), code=303)


@pages.get("/register/confirm")
@open_to_all
def newcomer() -> ResponseReturnValue:
    waiting = awaited(CodePurpose.REGISTER)
    if waiting is None:
        return redirect(url_for("accounts.register"), code=303)
    return _page(NewcomerForm(), waiting)


@pages.post("/register/confirm")
@open_to_all
def newcomer_now() -> ResponseReturnValue:
    waiting = awaited(CodePurpose.REGISTER)
    if waiting is None:
        return redirect(url_for("accounts.register"), code=303)
    form = NewcomerForm()
    if not form.validate():
        return _page(form, waiting)
    try:
        new = service.checked_password(
            runtime().tools.config, form.password.data or "", waiting.login
        )
        count_digits(waiting)
        with runtime().work() as w:
            used = service.use_code(w, CodePurpose.REGISTER, waiting.asked, form.code.data or "")
            told = service.Newcomer(form.name.data or "", used.mobile or "", new)
            was_known = queries.person_by_login(w.session, told.mobile, w.now) is not None
            person = service.join(w, waiting.more, told)
            entry = enter(w, person.id)
    except REFUSALS as fault:
        return _page(form, waiting, fault)
    answer = entered(entry, None)
    if was_known:
        remark(_("这个手机号已有账号：角色已加上，姓名和密码没有改。"))
    return answer


def register_text(digits: str) -> str:
    return _("【直通车】注册验证码 %(code)s，5 分钟内有效。不是您在操作，请不要理会。", code=digits)


def _page(
    form: NewcomerForm, waiting: Waiting, fault: MarketplaceError | None = None
) -> ResponseReturnValue:
    with reading() as found:
        invitation = queries.open_invitation(found, waiting.more, now())
    if invitation is None and fault is None:
        fault = service.BadInvitation()
    return door_page(
        "newcomer.html",
        form,
        fault,
        invitation=invitation,
        mobile=rules.veiled(waiting.login),
        messages=shown_in_demo(waiting),
    )
