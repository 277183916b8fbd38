"""One statement handed in by many at once, and one line that many decide about."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from catalog_import import layouts, read_statement
from marketplace.banking import service
from marketplace.banking.models import BankLine, BankStatement, BankUse
from marketplace.catalog.models import Listing
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from tests.fixtures import People
from tests.makers.banking import ACCOUNT, a_file, came, taken, the_line
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, the_payment
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well, at_once, doing, tally


@pytest.fixture
def melon(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people, stock=500)


def test_one_statement_at_once_is_stored_and_counted_once(people: People, melon: Listing) -> None:
    """P8, P35: four managers' clicks: each line once, one payment settled once."""
    payment = the_payment(people, a_purchase(people, melon))
    data = a_file(came("S1", "118.00", payment.reference), came("", "5.00"), came("", "5.00"))

    def hand_in(who: str) -> None:
        sheet = read_statement(data, layouts())

        def once() -> None:
            with people.runtime.work(people.actor(who)) as w:
                service.take_statement(w, sheet, service.NewStatement(ACCOUNT, "明细.csv"))

        people.runtime.again(once)
        service.match_lines(people.runtime)

    who = ("manager", "second_manager") * 2
    outcomes = at_once(*(lambda name=name: hand_in(name) for name in who))  # type: ignore[misc]
    assert tally(outcomes) == {"done": 4}
    with people.runtime.reading() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (BankStatement, BankLine, BankUse)
        ]
        assert counts == [1, 3, 1]
        assert ledger.balance(session, AccountKind.BANK_CLEARING) == Money(128_00)
    all_is_well(people)


def test_one_line_is_put_sent_back_or_dismissed_and_never_two_of_them(
    people: People, melon: Listing
) -> None:
    """P8, P35"""
    payment = the_payment(people, a_purchase(people, melon))
    taken(people, came("S1", "118.00"))
    line, manager = the_line(people).id, people.actor("manager")
    second = people.actor("second_manager")
    outcomes = at_once(
        doing(people, manager, service.put, payment.id, [line], "说明"),
        doing(people, second, service.put, payment.id, [line], "说明"),
        doing(people, manager, service.send_back, line, "OUT-1", "原因"),
        doing(people, second, service.send_back, line, "OUT-2", "原因"),
        doing(people, second, service.dismiss, line, "原因"),
    )
    assert outcomes.count("done") == 1
    all_is_well(people)
