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


def count_try(w: Work, login: str, address: str) -> TooManyTries | None:
    """Count a password before it is looked at: per account and place, per place; and over all
    places, per account and in total. Raises TooManyTries.

    Answers the refusal of the wide ones, for whoever is not at home here with the right password:
    looked at earlier, it would tell their neighbours who has an account.
    """
    _forget(w)
    account, place = rules.login(login), rules.place_of(address)
    count(w, rules.SIGN_IN_HERE, f"{account} {place}")
    count(w, rules.SIGN_IN_PLACE, place)
    try:
        count(w, rules.SIGN_IN_ACCOUNT, account, code="too_many_tries_elsewhere")
        count(w, rules.SIGN_IN_TOTAL, "all", code="too_many_tries_elsewhere")
    except TooManyTries as wide:
        return wide
    return None


def forgive(w: Work, login: str, address: str) -> None:
    """The password was right: forget the tries of this account from this place."""
    account, place = rules.login(login), rules.place_of(address)
    here = rules.digest(f"{account} {place}")
    mine = (Tally.limit == rules.SIGN_IN_HERE.name, Tally.subject == here)
    tried = w.session.scalar(select(Tally.count).where(*mine)) or 0
    w.session.execute(delete(Tally).where(*mine))
    _give_back(w, rules.SIGN_IN_PLACE, place, tried)
    for limit, subject in ((rules.SIGN_IN_ACCOUNT, account), (rules.SIGN_IN_TOTAL, "all")):
        _give_back(w, limit, subject, tried, below=limit.most)


def count_message(w: Work, login: str, address: str) -> bool:
    """Count a message that somebody asks for; answers whether it may go out. Raises TooManyTries.

    A stranger uses up the strangers' share of a number, never that of a place where its owner signs
    in. That the share is used up is answered, not raised: a refusal here and none there would tell
    the neighbours of the owner that there is an account.
    """
    _forget(w)
    account, place = rules.login(login), rules.place_of(address)
    count(w, rules.CODE_HERE, f"{account} {place}", code="too_many_codes")
    count(w, rules.CODE_PLACE, place, code="too_many_codes")
    if queries.knows_place(w.session, login, place, w.now):
        return True
    try:
        count(w, rules.CODE_NUMBER, account)
        count(w, rules.CODE_TOTAL, "all")
    except TooManyTries:
        return False
    return True


def count_guess(w: Work, address: str) -> None:
    """Count another try of a code, before it is looked at. Raises TooManyTries."""
    count(w, rules.GUESS_PLACE, rules.place_of(address), code="too_many_guesses")
    count(w, rules.GUESS_TOTAL, "all", code="too_many_guesses")


def count_second(w: Work, person_login: str, address: str) -> None:
    """Count a second factor before it is looked at. Raises TooManyTries."""
    _forget(w)
    place = rules.place_of(address)
    count(w, rules.SECOND_HERE, f"{person_login} {place}")
    if not queries.knows_place(w.session, person_login, place, w.now):
        count(w, rules.SECOND_ACCOUNT, person_login, code="too_many_tries_elsewhere")


def _give_back(
    w: Work, limit: Limit, subject: str, tries: int, *, below: int | None = None
) -> None:
    """`below`: not to a count that has reached this much, and may not have taken them."""
    mine = (Tally.limit == limit.name, Tally.subject == rules.digest(subject))
    w.session.execute(
        update(Tally)
        .where(*mine, *(() if below is None else (Tally.count < below,)))
        .values(count=case((Tally.count > tries, Tally.count - tries), else_=0))
        .execution_options(synchronize_session=False)
    )


def _forget(w: Work) -> None:
    """What is over for every limit stays nowhere."""
    w.session.execute(delete(Tally).where(Tally.since <= w.now - rules.LONGEST_WINDOW))
