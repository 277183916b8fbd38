"""What opens once opens once, and what is counted is counted, however many come together."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from marketplace.accounts import service
from marketplace.accounts.models import Membership
from marketplace.accounts.rules.limits import Limit
from marketplace.accounts.service import Newcomer, NewPassword
from marketplace.kernel.actor import SYSTEM, Role
from tests.fixtures import People
from tests.races.storm import at_once, doing, tally

HANDS = 8


def test_a_sheet_of_paper_makes_one_member(people: People) -> None:
    """P19, P22: eight people hold a copy of the same invitation."""
    (grant,) = people.actor("employee").grants
    with people.runtime.work(people.actor("manager")) as w:
        _batch, (code,) = service.invite(w, grant.organisation_id, Role.EMPLOYEE, pieces=1, days=7)
        before = w.session.scalar(select(func.count(Membership.id))) or 0
    comers = [Newcomer(f"示例新人{n}", f"1380000{n:04d}", NewPassword("!")) for n in range(HANDS)]
    outcomes = at_once(*(doing(people, SYSTEM, service.join, code, one) for one in comers))
    assert tally(outcomes) == {"done": 1, service.BadInvitation.code: HANDS - 1}
    with people.runtime.reading() as session:
        assert session.scalar(select(func.count(Membership.id))) == before + 1


def test_tries_are_counted_to_the_last_one(people: People) -> None:
    """P22: of thirty-two tries at once ten are looked at, also when nobody had tried before."""
    limit = Limit("races", 10, timedelta(minutes=10))
    tries = [doing(people, SYSTEM, service.count, limit, "示例")] * 32
    assert tally(at_once(*tries)) == {"done": 10, service.TooManyTries.code: 22}
