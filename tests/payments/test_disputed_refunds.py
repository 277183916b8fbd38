"""What a payer's bank took back, or keeps, does not go back a second time."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.catalog.models import Listing
from marketplace.kernel.errors import Refused
from marketplace.payments import service
from tests.fixtures import People
from tests.payments.buying import a_sale, tell
from tests.payments.standin import Standin
from tests.races.storm import all_is_well


def test_money_that_a_bank_keeps_or_took_is_not_refunded(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """P4: neither while the dispute is open nor when it is lost; won, it goes back once."""
    manager = people.actor("manager")
    for outcome in ("lost", "won"):
        sale = a_sale(people, standin, melon)
        number = standin.dispute(sale.settle(), 118_00)
        tell(app, standin, standin.event("charge.dispute.created", number))
        refund = sale.cancel()
        before = len(standin.refunds)
        with pytest.raises(Refused, match="refund_disputed"):
            service.give_back(people.runtime, manager, refund.id)
        standin.disputes[number]["status"] = outcome
        assert tell(app, standin, standin.event("charge.dispute.closed", number)) == 204
        if outcome == "lost":
            with pytest.raises(Refused, match="refund_disputed"):
                service.give_back(people.runtime, manager, refund.id)
        else:
            assert service.give_back(people.runtime, manager, refund.id)
        assert len(standin.refunds) == before + (outcome == "won")
        all_is_well(people)
