"""What all ways in end with, and the code that a browser is waiting for."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from flask import make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries, rules, service
from marketplace.accounts.states import CodePurpose
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import MarketplaceError
from marketplace.standalone.forms import DoorForm
from marketplace.standalone.identity import give_secret, secret_given
from marketplace.standalone.security import checker
from marketplace.web import now, page, reading
from marketplace.web.answers import safe_next
from marketplace.web.door import runtime
from marketplace.web.labels import error_words
from marketplace.work import Work

_WAITING = "mp_code"


def browser() -> service.Browser:
    """Where this request comes from."""
    return service.Browser(request.remote_addr or "", request.user_agent.string)


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody came in, or owes the second factor still."""

    secret: str
    half: bool


def enter(w: Work, person_id: uuid.UUID) -> Entry:
    """Somebody is recognised: in they come, or on to the second factor. Raises BadSignIn."""
    who = queries.actor_of(w.session, str(person_id), w.now)
    if who is None:
        raise queries.BadSignIn
    factor = queries.second_factor(w.session, person_id)
    confirmed = factor is not None and factor.confirmed_at is not None
    half = confirmed or second_is_due(who)
    service.sign_out(w, secret_given())  # what this browser held before
    if half and not confirmed:
        service.begin_second(w, person_id, checker().totp_factory.generate_totp_secret())
    return Entry(service.admit(w, person_id, browser(), half=half), half)


def entered(entry: Entry, next_url: str | None) -> ResponseReturnValue:
    """The answer to whoever came in."""
    session.clear()  # form tokens from before the sign-in open nothing after it
    onward = safe_next(next_url)
    if entry.half:
        onward = url_for("accounts.second", next=onward)
    return give_secret(redirect(onward, code=303), entry.secret)


def as_person(person_id: uuid.UUID | None) -> AbstractContextManager[Work]:
    """A unit of work in the name of somebody who is being recognised."""
    with reading() as found:
        who = queries.actor_of(found, str(person_id), now())
    return runtime().work(who or SYSTEM)


def second_is_due(who: Actor) -> bool:
    """Whether these roles open nothing without a second factor; the demonstration lets them."""
    return rules.needs_second(who.roles) and not runtime().tools.config.demo


def door_page(
    template: str,
    form: DoorForm,
    fault: MarketplaceError | None = None,
    **context: Any,
) -> ResponseReturnValue:
    """A page with one form; a refusal that belongs to no field stands above it."""
    status = fault.status if fault else 422 if form.errors else 200
    fault = fault or form.stale()
    beside = fault is not None and form.blame(fault)
    told, remedy = error_words(fault) if fault and not beside else ("", "")
    answer = make_response(
        page(f"standalone/{template}", status, form=form, told=told, remedy=remedy, **context)
    )
    if isinstance(fault, service.TooManyTries):
        answer.headers["Retry-After"] = str(60 * int(str(fault.data["minutes"])))
    return answer


@dataclass(frozen=True, slots=True)
class Waiting:
    """A code that this browser asked for, in its own signed cookie."""

    asked: service.Asked
    login: str
    more: str = ""  # what the next page needs besides: where to go, which invitation
    before: str = ""  # in the demonstration: the message that was the newest when it was asked for

    def person_id(self) -> uuid.UUID | None:
        """Whose code it is, for the trail."""
        with reading() as found:
            return queries.code_owner(found, self.asked.code_id)


def wait_for(purpose: CodePurpose, waiting: Waiting) -> None:
    session[_WAITING] = {
        "purpose": purpose.value,
        "id": waiting.asked.code_id.hex,
        "ticket": waiting.asked.ticket,
        "login": waiting.login,
        "more": waiting.more,
        "before": rules.digest(_newest(waiting.login)),
    }


def awaited(purpose: CodePurpose) -> Waiting | None:
    """The code for this purpose that the browser waits for."""
    kept = session.get(_WAITING)
    if not isinstance(kept, dict) or kept.get("purpose") != purpose.value:
        return None
    asked = service.Asked(uuid.UUID(kept["id"]), kept["ticket"])
    return Waiting(asked, kept["login"], kept["more"], kept["before"])


def shown_in_demo(waiting: Waiting) -> list[str]:
    """In the demonstration: the message that came for it, once the worker has delivered it."""
    text = _newest(waiting.login)
    return [text] if text and rules.digest(text) != waiting.before else []


def _newest(login: str) -> str:
    """In the demonstration: the newest message on this person's phone; empty for none."""
    tools = runtime().tools
    if not tools.config.demo:
        return ""
    with reading() as found:
        person = queries.person_by_login(found, login, now())
    recent = tools.sms.recent((person.mobile if person else None) or login)
    return recent[0] if recent else ""
