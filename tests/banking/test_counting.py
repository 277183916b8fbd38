"""P8: a line of the bank is neither counted twice nor lost, whatever stands in its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from marketplace.banking import queries, service
from marketplace.catalog.models import Listing
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money
from marketplace.ledger.states import AccountKind as K
from marketplace.payments import service as payments
from tests.banking.test_matching import balances, put
from tests.fixtures import People
from tests.makers.banking import ACCOUNT, came, taken, the_line
from tests.makers.orders import a_purchase, the_payment

Faults = Callable[[], Sequence[str]]


def test_one_file_is_of_one_account_however_its_name_is_typed(
    people: People, melon: Listing
) -> None:
    """P8: all its lines would count twice, and the second money would be sent back."""
    payment = the_payment(people, a_purchase(people, melon))
    line = came("S1", "118.00", payment.reference)
    taken(people, line)
    with pytest.raises(Invalid, match="statement_of_another_account"):
        taken(people, line, account="基本户")
    assert taken(people, line, account=f"{ACCOUNT[:4]} {ACCOUNT[4:]}").fresh == 0
    assert balances(people) == {}


def test_a_stroke_in_the_place_of_a_number_is_no_number(people: People) -> None:
    """P8: two people pay the same amount through a bank that writes "-" or "0" for every line."""
    for text in ("甲", "乙"):
        for none in ("-", "0", "000000"):
            assert taken(people, came(none, "118.00", f"{text}{none}")).fresh == 1
    assert balances(people) == {K.TRANSFER_UNKNOWN: Money(6 * 118_00)}


def test_a_number_that_a_bank_uses_again_on_another_day_is_another_line(people: People) -> None:
    """P8: and the day before, taken in once more with it, is known."""
    before = came("10086", "118.00", "甲")
    assert taken(people, before).fresh == 1
    assert taken(people, before, came("10086", "118.00", "乙", day="2026-11-24")).fresh == 1
    assert balances(people) == {K.TRANSFER_UNKNOWN: Money(2 * 118_00)}


def test_a_line_finds_its_payment_later_though_two_lines_bore_its_number(
    people: People, melon: Listing, faults: Faults
) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    taken(people, came("S1", "118.00"))
    taken(people, came("S1", "500.00"), account="another")
    with people.runtime.work(people.actor("manager")) as w:
        payments.confirm_transfer(w, payment.id, payment.amount, "S1")
    service.match_lines(people.runtime)
    assert balances(people) == {K.TRANSFER_UNKNOWN: Money(500_00)}
    assert faults() == []


def test_a_payment_that_was_confirmed_under_a_mistyped_number_is_offered(
    people: People, melon: Listing
) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    with people.runtime.work(people.actor("manager")) as w:
        payments.confirm_transfer(w, payment.id, payment.amount, "mistyped")
    taken(people, came("S1", "118.00", payment.reference))
    with people.runtime.reading() as session:
        (found,) = queries.candidates(session, the_line(people))
    assert (found.payment.id, found.why) == (payment.id, "reference")
    put(people, payment, the_line(people))
    assert balances(people) == {}
