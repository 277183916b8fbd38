"""Counting what may be tried only so often; kept in the database, so that restarts forget nothing
and all servers count together.

Nobody can be locked out for good by a stranger: what is counted over all places does not count
where the person has signed in before, and every way in has counts of its own.
"""

from __future__ import annotations

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from marketplace.accounts import queries, rules
from marketplace.accounts.models import Tally
from marketplace.accounts.rules import Limit
from marketplace.kernel.errors import MarketplaceError
from marketplace.work import Work

__all__ = [
    "TooManyTries",
    "count",
    "count_guess",
    "count_message",
    "count_second",
    "count_try",
    "forgive",
    "forgive_guess",
]


class TooManyTries(MarketplaceError):
    """A limit is reached; `data`: minutes to wait."""

    status = 429
    code = "too_many_tries"


def count(w: Work, limit: Limit, subject: str, *, code: str = TooManyTries.code) -> None:
    """Count one try before its outcome is known, so that simultaneous ones count too.

    Exact under any concurrency; a refused try is not counted. Raises TooManyTries.
    """
    key = rules.digest(subject)
    over = Tally.since <= w.now - limit.window
    mine = (Tally.limit == limit.name, Tally.subject == key)
    one_more = (
        update(Tally)
        .where(*mine, or_(over, Tally.count < limit.most))
        .values(
            count=case((over, 1), else_=Tally.count + 1),
            since=case((over, w.now), else_=Tally.since),
        )
        .returning(Tally.id)
        .execution_options(synchronize_session=False)
    )
    while True:
        if w.session.execute(one_more).first():
            return
        since = w.session.scalar(select(Tally.since).where(*mine))
        if since:
            raise TooManyTries(code, minutes=rules.minutes_to_wait(since, limit, w.now))
        try:
            with w.session.begin_nested():
                w.session.add(Tally(limit=limit.name, subject=key, since=w.now, count=1))
        except IntegrityError:
            continue  # somebody else was the first at the same instant
        return


def count_try(w: Work, login: str, address: str) -> None:
    """Count a password before it is looked at: per account and place, per place; and from places
    that are new to the account, per account and in total. Raises TooManyTries.
    """
    _forget(w)
    account, place = rules.login(login), rules.place_of(address)
    count(w, rules.SIGN_IN_HERE, f"{account} {place}")
    count(w, rules.SIGN_IN_PLACE, place)
    if not queries.knows_place(w.session, login, place, w.now):
        count(w, rules.SIGN_IN_ACCOUNT, account, code="too_many_tries_elsewhere")
        count(w, rules.SIGN_IN_TOTAL, "all", code="too_many_tries_elsewhere")


def forgive(w: Work, login: str, address: str) -> None:
    """The password was right: forget the tries of this account from this place."""
    account, place = rules.login(login), rules.place_of(address)
    here = rules.digest(f"{account} {place}")
    mine = (Tally.limit == rules.SIGN_IN_HERE.name, Tally.subject == here)
    tried = w.session.scalar(select(Tally.count).where(*mine)) or 0
    w.session.execute(delete(Tally).where(*mine))
    wider = [(rules.SIGN_IN_PLACE, place)]
    if not queries.knows_place(w.session, login, place, w.now):
        wider += [(rules.SIGN_IN_ACCOUNT, account), (rules.SIGN_IN_TOTAL, "all")]
    for limit, subject in wider:
        _give_back(w, limit, subject, tried)


def count_message(w: Work, login: str, address: str) -> None:
    """Count a message that somebody asks for; a stranger uses up the strangers' share of a number,
    never that of a place where its owner signs in. Raises TooManyTries.
    """
    _forget(w)
    account, place = rules.login(login), rules.place_of(address)
    if queries.knows_place(w.session, login, place, w.now):
        return count(w, rules.CODE_NUMBER, f"{account} {place}", code="too_many_codes")
    count(w, rules.CODE_NUMBER, account, code="too_many_codes")
    count(w, rules.CODE_PLACE, place, code="too_many_codes")
    return count(w, rules.CODE_TOTAL, "all", code="too_many_codes")


def count_guess(w: Work, login: str, address: str) -> None:
    """Count the digits of a message before they are looked at. Raises TooManyTries."""
    if not queries.knows_place(w.session, login, rules.place_of(address), w.now):
        count(w, rules.CODE_GUESS, "all", code="too_many_codes")


def forgive_guess(w: Work) -> None:
    """They were right."""
    _give_back(w, rules.CODE_GUESS, "all", 1)


def count_second(w: Work, person_login: str, address: str) -> None:
    """Count a second factor before it is looked at. Raises TooManyTries."""
    _forget(w)
    place = rules.place_of(address)
    count(w, rules.SECOND_HERE, f"{person_login} {place}")
    if not queries.knows_place(w.session, person_login, place, w.now):
        count(w, rules.SECOND_ACCOUNT, person_login, code="too_many_tries_elsewhere")


def _give_back(w: Work, limit: Limit, subject: str, tries: int) -> None:
    w.session.execute(
        update(Tally)
        .where(Tally.limit == limit.name, Tally.subject == rules.digest(subject))
        .values(count=case((Tally.count > tries, Tally.count - tries), else_=0))
        .execution_options(synchronize_session=False)
    )


def _forget(w: Work) -> None:
    """What is over for every limit stays nowhere."""
    w.session.execute(delete(Tally).where(Tally.since <= w.now - rules.LONGEST_WINDOW))
