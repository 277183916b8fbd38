"""Scene: whoever releases payouts, or notes the bank's answer, is killed in the middle."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.kernel.money import ZERO
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalTransaction
from marketplace.ledger.states import AccountKind
from tests.databases import NOON
from tests.faults.ground import Ground
from tests.faults.history import INVOKE, OK, History, Verdict
from tests.makers.catalog import a_listing
from tests.makers.onboarding import a_confirmed_account
from tests.makers.settlement import (
    a_completed_order,
    a_confirmed_statement,
    a_run,
    next_month,
    payouts_in,
)
from tests.makers.suppliers import an_approved_supplier
from tests.races.nursery import Nursery, a_nursery
from tests.races.storm import all_is_well

UNTIL = date(2028, 12, 31)  # its papers: every round is a month
DEEPEST = 70  # statements after which the last kill comes; some verbs have ended by then


def killed(ground: Ground, kills: int) -> Verdict:
    """P1, P31: money leaves a supplier's account once, and is noted as paid once; half of the kills
    fall upon releases and half upon the bank's answers."""
    people = ground.people
    a_confirmed_account(people, an_approved_supplier(people, until=UNTIL))
    melon = a_listing(people, stock=9000, freight_included=True)
    history, moments = ground.history("payouts"), random.Random(9)  # noqa: S311  # no secret
    rounds = max(1, kills // 2)
    with a_nursery(ground.place, ground.folder) as nursery:
        for _ in range(rounds):
            owed(ground, melon)
            (payout,) = payouts_in(people, run := a_run(people))
            key = f"payout-released:{payout.id}"
            for at in (moments.randrange(1, DEEPEST), None):
                release = (people.ids["second_manager"], str(run.id))
                tried(ground, nursery, history, key, ("release", *release), at)
            key = f"payout-answered:{payout.id}"
            for at in (moments.randrange(1, DEEPEST), None):
                answer = (people.ids["manager"], str(payout.id))
                tried(ground, nursery, history, key, ("answer", *answer), at)
    done = booked(ground)
    verdict = history.compared(done)
    assert verdict.is_well, verdict
    assert (len(done), verdict.tried) == (2 * rounds, 2 * rounds), verdict
    with people.runtime.reading() as session:
        assert ledger.balance(session, AccountKind.PAYOUTS) == ZERO
    all_is_well(people)
    return verdict


def owed(ground: Ground, melon: Listing) -> None:
    """One more order of a month that is over, its statement confirmed."""
    a_completed_order(ground.people, melon)
    next_month(ground.people)
    a_confirmed_statement(ground.people)


def tried(
    ground: Ground, nursery: Nursery, history: History, key: str, verb: tuple[str, str, str],
    at: int | None,
) -> None:  # fmt: skip
    """One try, killed after so many statements; None: to its end, where a refusal tells only that
    the try before it was done: then nobody was told yes, and it must be there all the same."""
    clock = ground.people.runtime.clock
    assert isinstance(clock, SetClock)
    ground.leave()
    history.note(INVOKE, key)
    what, person, thing = verb
    seconds = (clock.at - NOON).total_seconds()
    child = nursery.child(what, seconds, f"{person},{thing}")
    said, letter = b"", b"."
    while letter and (at is None or said.count(b".") < at):
        letter = child.said.read(1)
        said += letter
    if letter:
        child.kill()
    else:
        child.ended()
    if said.endswith(b"!"):
        history.note(OK, key)


def booked(ground: Ground) -> Counter[str]:
    events = ("under_way", "paid_out")
    asked = select(JournalTransaction.key).where(JournalTransaction.event.in_(events))
    with ground.people.runtime.reading() as session:
        return Counter(session.scalars(asked))
