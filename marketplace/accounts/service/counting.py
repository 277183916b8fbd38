"""Counting what may be tried only so often."""

from __future__ import annotations

from sqlalchemy import delete, select

from marketplace.accounts import rules
from marketplace.accounts.models import FailedTry
from marketplace.kernel.errors import MarketplaceError
from marketplace.work import Work


class TooManyTries(MarketplaceError):
    """Too many wrong passwords from one place; `data`: minutes to wait."""

    status = 429
    code = "too_many_tries"


def count_try(w: Work, login: str, address: str) -> None:
    """Count a try before its password is looked at, so that simultaneous ones count too.

    Per account *and* place, so nobody can lock a person out from elsewhere; and per place.
    A refused try is not counted. Raises TooManyTries.
    """
    account, place = rules.digest(rules.login(login)), rules.place_of(address)
    since = w.now - rules.TRY_WINDOW
    w.session.execute(delete(FailedTry).where(FailedTry.at <= since))
    of_place = select(FailedTry.at).where(FailedTry.place == place).order_by(FailedTry.at.desc())
    of_pair = of_place.where(FailedTry.account == account)
    for tries, most in ((of_pair, rules.MOST_TRIES), (of_place, rules.MOST_TRIES_OF_ADDRESS)):
        oldest = w.session.scalar(tries.offset(most - 1).limit(1))
        if oldest:
            raise TooManyTries(minutes=rules.minutes_to_wait(oldest, w.now))
    w.session.add(FailedTry(account=account, place=place, at=w.now))


def forgive(w: Work, login: str, address: str) -> None:
    """The password was right: forget the tries of this account from this place."""
    w.session.execute(
        delete(FailedTry).where(
            FailedTry.account == rules.digest(rules.login(login)),
            FailedTry.place == rules.place_of(address),
        )
    )
