"""Coming back without the password: by a code to the phone, or a link by mail."""

from __future__ import annotations

import uuid

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries, service
from marketplace.accounts.models import OneTimeCode, Person
from marketplace.accounts.states import CodePurpose
from marketplace.kernel.errors import Invalid, MarketplaceError
from marketplace.ports.mail import Mail
from marketplace.standalone.forms import NewPasswordForm, ResetByCodeForm, WayForm
from marketplace.standalone.identity import SIGN_IN
from marketplace.standalone.views.blueprint import pages, ways
from marketplace.standalone.views.entering import (
    Waiting,
    as_person,
    awaited,
    door_page,
    shown_in_demo,
    wait_for,
)
from marketplace.standalone.views.phone import count_digits
from marketplace.web import open_to_all, page, settings
from marketplace.web.answers import remark
from marketplace.web.door import runtime
from marketplace.web.letters import Letter, mail
from marketplace.web.words import Words, _, words
from marketplace.work import Work

ID_LENGTH = 32  # a link begins with the code's id in hexadecimal digits


@pages.get("/reset")
@open_to_all
def reset() -> ResponseReturnValue:
    return door_page("reset.html", WayForm(ways()))


@pages.post("/reset")
@open_to_all
def reset_now() -> ResponseReturnValue:
    """The answer is the same for somebody unknown, and for somebody without phone or mail."""
    form = WayForm(ways())
    if not form.validate():
        return door_page("reset.html", form)
    login, address = form.login.data or "", request.remote_addr or ""
    try:
        with runtime().work() as w:
            if form.way.data == "mail":
                service.send_link(w, login, address, letter=reset_letter)
                return redirect(url_for("accounts.reset_sent"), code=303)
            asked = service.send_code(w, CodePurpose.RESET, login, address, text=reset_text)
    except service.TooManyTries as fault:
        return door_page("reset.html", form, fault)
    wait_for(CodePurpose.RESET, Waiting(asked, login))
    return redirect(url_for("accounts.reset_code"), code=303)


@pages.get("/reset/sent")
@open_to_all
def reset_sent() -> ResponseReturnValue:
    return page("standalone/reset_sent.html", by_sms="sms" in ways())


@pages.get("/reset/code")
@open_to_all
def reset_code() -> ResponseReturnValue:
    waiting = awaited(CodePurpose.RESET)
    if waiting is None:
        return redirect(url_for("accounts.reset"), code=303)
    return _code_page(ResetByCodeForm(), waiting)


@pages.post("/reset/code")
@open_to_all
def reset_code_now() -> ResponseReturnValue:
    waiting = awaited(CodePurpose.RESET)
    if waiting is None:
        return redirect(url_for("accounts.reset"), code=303)
    form = ResetByCodeForm()
    if not form.validate():
        return _code_page(form, waiting)
    try:
        new = _checked(form, waiting.login)
        count_digits(waiting)
        with as_person(waiting.person_id()) as w:
            used = service.use_code(w, CodePurpose.RESET, waiting.asked, form.code.data or "")
            _change(w, used, new)
    except (service.BadCode, service.TooManyTries, Invalid) as fault:
        return _code_page(form, waiting, fault)
    return _changed()


@pages.get("/reset/link/<token>")
@open_to_all
def reset_link(token: str) -> ResponseReturnValue:
    """Opening the link changes nothing: mail programs open links too."""
    return door_page("reset_link.html", NewPasswordForm(), token=token)


@pages.post("/reset/link/<token>")
@open_to_all
def reset_link_now(token: str) -> ResponseReturnValue:
    form = NewPasswordForm()
    if not form.validate():
        return door_page("reset_link.html", form, token=token)
    try:
        new = _checked(form)
        waiting = Waiting(_asked(token), "")
        with as_person(waiting.person_id()) as w:
            _change(w, service.use_code(w, CodePurpose.RESET_LINK, waiting.asked), new)
    except service.BadCode:
        return door_page("reset_link.html", form, service.BadCode("bad_link"), token=token)
    except Invalid as fault:
        return door_page("reset_link.html", form, fault, token=token)
    return _changed()


def reset_text(digits: str) -> str:
    return _(
        "【直通车】找回密码的验证码 %(code)s，5 分钟内有效。不是您在操作，请不要理会。", code=digits
    )


def reset_letter(person: Person, token: str) -> Mail:
    """In the person's language, else in that of the page; a request's Host is believed only where
    nobody has said the public address."""
    say = Words(person.language) if person.language else words()
    known = settings().public_url.rstrip("/")
    link = url_for("accounts.reset_link", token=token, _external=not known)
    letter = Letter(
        subject=say("直通车：设置新密码"),
        before=(
            say("您好："),
            say(
                "有人（应该是您）在直通车要求设置新密码。"
                "请打开下面的链接，30 分钟内有效，只能用一次："
            ),
        ),
        link=f"{known}{link}",
        link_words=say("设置新密码"),
        after=(say("不是您的操作，就不用理会：密码没有变。"),),
    )
    return mail(person.email or "", letter, say)


def _asked(token: str) -> service.Asked:
    """What a link says. Raises BadCode for one that cannot be ours."""
    try:
        return service.Asked(uuid.UUID(hex=token[:ID_LENGTH]), token[ID_LENGTH:])
    except ValueError:
        raise service.BadCode from None


def _checked(form: NewPasswordForm, *about: str) -> service.NewPassword:
    """Before the code is used up: a weak password must not cost it. Raises Invalid."""
    config = runtime().tools.config
    return service.checked_password(config, form.password.data or "", *about)


def _change(w: Work, used: OneTimeCode, new: service.NewPassword) -> None:
    """Every sign-in ends; whoever proved the phone or the mail is no guesser. Raises BadCode."""
    if used.person_id is None:
        raise service.BadCode
    service.set_password(w, used.person_id, new)
    login = queries.login_of(w.session, used.person_id)
    service.forgive(w, login, request.remote_addr or "")


def _changed() -> ResponseReturnValue:
    session.clear()
    remark(_("新密码已生效，其他登录都已退出。请用新密码登录。"))
    return redirect(url_for(SIGN_IN), code=303)


def _code_page(
    form: ResetByCodeForm, waiting: Waiting, fault: MarketplaceError | None = None
) -> ResponseReturnValue:
    messages = shown_in_demo(waiting)
    return door_page("reset_code.html", form, fault, messages=messages)
