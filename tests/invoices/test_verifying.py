"""P36: `verify` finds what was planted between what is paid, asked for and invoiced."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import text

from marketplace.catalog.models import Listing
from marketplace.invoices import queries
from marketplace.kernel.money import Money
from tests.fixtures import People
from tests.makers.invoices import issued, reddened, the_request
from tests.makers.settlement import a_completed_order, taken_back
from tests.makers.suppliers import an_approved_supplier

DEFECTS = {
    "a number used twice": "UPDATE mp_invoice SET number = (SELECT max(number) FROM mp_invoice)",
    "a fen of an invoice": "UPDATE mp_invoice SET amount = amount + 1, net = net + 1"
    " WHERE kind = 'blue'",
    "a red invoice of another sum": "UPDATE mp_invoice SET amount = amount - 1, net = net - 1"
    " WHERE kind = 'red'",
    "red that its blue one does not know of": "UPDATE mp_invoice SET reddened = 0",
    "an invoice not counted": "UPDATE mp_invoice SET state = 'refused' WHERE kind = 'blue'",
    "another sum of a request": "UPDATE mp_invoice_request SET invoiced = invoiced + 1",
    "more wanted than was paid": "UPDATE mp_invoice_request SET wanted = wanted + 1",
    "settled before it is": "UPDATE mp_invoice_request SET state = 'requested'"
    " WHERE state = 'issued'",
    "withdrawn with invoices": "UPDATE mp_invoice_request SET state = 'withdrawn'",
    "another seller": "UPDATE mp_invoice SET seller_code = 'X'",
    "another supplier": "UPDATE mp_invoice_request SET supplier_id ="
    " (SELECT id FROM mp_supplier WHERE id NOT IN (SELECT supplier_id FROM mp_invoice))",
    "a red invoice of another request": "UPDATE mp_invoice SET request_id ="
    " (SELECT id FROM mp_invoice_request WHERE state = 'issued') WHERE kind = 'red'",
    "money given back behind our back": "UPDATE mp_refund SET amount = amount - 1, own = own - 1",
}


class _TakenBack(Exception):
    """The defect was only tried."""


@pytest.mark.sqlite_only  # the questions are the same; PostgreSQL has its turn in the walks
def test_every_planted_defect_is_found(
    people: People, melon: Listing, faults: Callable[[], Sequence[str]]
) -> None:
    an_approved_supplier(people, "second_supplier", 2)
    issued(people, a_completed_order(people, melon))
    undone = a_completed_order(people, melon)
    _request, blue = issued(people, undone)
    taken_back(people, undone)
    reddened(people, the_request(people, undone).id, blue, blue.amount - Money(1_00))
    assert [fault for fault in faults() if "refunds" not in fault] == []
    unnoticed = []
    for name, defect in DEFECTS.items():
        with pytest.raises(_TakenBack), people.runtime.work() as w:
            before = set(queries.faults(w.session))
            w.session.execute(text("DROP INDEX uq_mp_invoice_number"))
            planted = w.session.execute(text(defect)).rowcount  # type: ignore[attr-defined]  # a cursor result
            w.session.expire_all()
            if not planted or not set(queries.faults(w.session)) - before:
                unnoticed.append(name)
            raise _TakenBack
    assert unnoticed == []
