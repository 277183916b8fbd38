"""One-time codes: by SMS or as a link by mail; the same for numbers that nobody has."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, update

from marketplace.accounts import queries, rules
from marketplace.accounts.models import OneTimeCode, Person
from marketplace.accounts.service.counting import count_guess, count_message
from marketplace.accounts.states import CodePurpose
from marketplace.kernel.errors import MarketplaceError
from marketplace.ports.mail import Mail
from marketplace.ports.sms import Sms
from marketplace.work import Work

FORGOTTEN = timedelta(days=1)  # codes are of no use to anybody after that


class BadCode(MarketplaceError):
    """Wrong, used, too old, or tried too often: the answer does not say which."""

    status = 422
    code = "bad_code"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser keeps of a code that was asked for; without it the digits open nothing."""

    code_id: uuid.UUID
    ticket: str


def send_code(
    w: Work, purpose: CodePurpose, login: str, address: str, *, text: Callable[[str], str]
) -> Asked:
    """Six digits to the person's phone; to REGISTER, to the number itself. `text` words them.

    Does and answers the same when nobody has that login, or no message may go out: a code is kept
    then that nobody can know. Raises TooManyTries, Invalid (mobile).
    """
    proves = rules.check_mobile(login) if purpose is CodePurpose.REGISTER else None
    if not count_message(w, login, address):
        return Asked(_kept(w, purpose, None, rules.new_secret(), rules.CODE_LASTS).id, "")
    person = queries.person_by_login(w.session, login, w.now)
    mobile = proves or (person.mobile if person else None)
    ticket, digits = rules.new_secret(), rules.digits()
    made = _kept(w, purpose, person, ticket + digits, rules.CODE_LASTS)
    made.mobile = proves
    if mobile:
        w.send(Sms(mobile, text(digits)))
    return Asked(made.id, ticket)


def send_link(
    w: Work, login: str, address: str, *, letter: Callable[[Person, str], Mail]
) -> OneTimeCode:
    """A link by which the person sets a new password; `letter` words it from person and token.

    Does and answers the same when nobody has that login, or no mail address. Raises TooManyTries.
    """
    may_go = count_message(w, login, address)
    person = queries.person_by_login(w.session, login, w.now)
    token = secrets.token_urlsafe(32)
    made = _kept(w, CodePurpose.RESET_LINK, person, token, rules.LINK_LASTS)
    if may_go and person and person.email:
        w.send(letter(person, f"{made.id.hex}{token}"))
    return made


def count_code_try(w: Work, asked: Asked, address: str) -> None:
    """Count the digits before they are looked at; commit this before `use_code`.

    What no longer opens anything reaches no count that others share; the first try of a code
    neither. Raises BadCode, TooManyTries.
    """
    tried = w.session.scalar(
        update(OneTimeCode)
        .where(
            OneTimeCode.id == asked.code_id,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > w.now,
            OneTimeCode.tries < rules.CODE_TRIES,
        )
        .values(tries=OneTimeCode.tries + 1)
        .returning(OneTimeCode.tries)
        .execution_options(synchronize_session=False)
    )
    if tried is None:
        raise BadCode
    if tried > 1:
        count_guess(w, address)


def use_code(w: Work, purpose: CodePurpose, asked: Asked, typed: str = "") -> OneTimeCode:
    """The code, used up together with what it opens in this unit of work. Raises BadCode."""
    code = w.session.get(OneTimeCode, asked.code_id)
    given = rules.digest(asked.ticket + rules.typed(typed))
    if code is None or not secrets.compare_digest(code.secret_hash, given):
        raise BadCode
    used = w.session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.id == asked.code_id,
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > w.now,
            OneTimeCode.tries <= rules.CODE_TRIES,
        )
        .values(used_at=w.now)
        .returning(OneTimeCode.id)
        .execution_options(synchronize_session=False)
    )
    if not used.first():
        raise BadCode
    return code


def _kept(
    w: Work, purpose: CodePurpose, person: Person | None, secret: str, lasts: timedelta
) -> OneTimeCode:
    w.session.execute(delete(OneTimeCode).where(OneTimeCode.made_at <= w.now - FORGOTTEN))
    made = OneTimeCode(
        id=uuid.uuid4(),
        purpose=purpose,
        person_id=person.id if person else None,
        secret_hash=rules.digest(secret),
        made_at=w.now,
        expires_at=w.now + lasts,
    )
    w.session.add(made)
    return made
