"""P36: `verify` finds what was planted between orders, ledger, statements and payouts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import text

from marketplace.catalog.models import Listing
from marketplace.settlement import queries
from tests.fixtures import People
from tests.makers.settlement import (
    a_completed_order,
    a_confirmed_statement,
    a_run,
    answered,
    next_month,
    payouts_in,
    released,
    taken_back,
)
from tests.makers.suppliers import an_approved_supplier

DEFECTS = {
    "another sum of a statement": "UPDATE mp_supplier_statement SET orders = orders + 1,"
    " total = total + 1 WHERE state = 'confirmed'",
    "another supplier of a statement": "UPDATE mp_supplier_statement SET supplier_id ="
    " (SELECT id FROM mp_supplier WHERE id NOT IN (SELECT supplier_id FROM mp_bank_account))",
    "a statement of another period": "UPDATE mp_supplier_statement SET ends_on = '2026-12-01'"
    " WHERE state = 'confirmed'",
    "paid without a payout": "UPDATE mp_supplier_statement SET state = 'paid'"
    " WHERE state = 'confirmed'",
    "an amount of a payout": "UPDATE mp_payout SET amount = amount - 1 WHERE state = 'paid'",
    "a payout forgotten": "UPDATE mp_payout SET state = 'returned' WHERE state = 'paid'",
    "an order not completed": "UPDATE mp_order SET state = 'paid' WHERE state = 'completed'",
    "an order never taken back": "UPDATE mp_order SET state = 'completed'"
    " WHERE state = 'taken_back'",
}


class _TakenBack(Exception):
    """The defect was only tried."""


@pytest.mark.sqlite_only  # the questions are the same; PostgreSQL has its turn in the histories
def test_every_planted_defect_is_found(
    people: People, melon: Listing, faults: Callable[[], Sequence[str]]
) -> None:
    """P2, P9: a changed fen, a line of another, a payout too many or too few."""
    an_approved_supplier(people, "second_supplier", 2)
    a_completed_order(people, melon)
    undone = a_completed_order(people, melon)
    next_month(people)
    a_confirmed_statement(people)
    answered(people, payouts_in(people, released(people, a_run(people)))[0].id)
    taken_back(people, undone)
    a_completed_order(people, melon)
    a_completed_order(people, melon)
    next_month(people)
    a_confirmed_statement(people)
    now = people.runtime.clock.now()
    assert [fault for fault in faults() if "refunds" not in fault] == []
    unnoticed = []
    for name, defect in DEFECTS.items():
        with pytest.raises(_TakenBack), people.runtime.work() as w:
            before = set(queries.faults(w.session, now))
            planted = w.session.execute(text(defect)).rowcount  # type: ignore[attr-defined]  # a cursor result
            if not planted or not set(queries.faults(w.session, now)) - before:
                unnoticed.append(name)
            raise _TakenBack
    assert unnoticed == []
