"""What a payer's bank took back, or keeps, does not go back a second time."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from marketplace.catalog.models import Listing
from marketplace.kernel.errors import Forbidden, Invalid, Refused
from marketplace.kernel.money import ZERO
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.payments import queries, service
from marketplace.payments.models import Dispute
from marketplace.payments.states import DisputeState, RefundState
from tests.fixtures import People, post
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


def test_a_refund_that_a_lost_dispute_has_paid_is_closed_with_words(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """P4, P9: what is owed ends at zero, the loss is smaller by as much; before it is lost, by the
    buyer, without words and twice it is refused."""
    manager = people.actor("manager")
    sale = a_sale(people, standin, melon)
    number = standin.dispute(sale.settle(), 118_00)
    tell(app, standin, standin.event("charge.dispute.created", number))
    refund = sale.cancel()
    assert _refused(people, refund.id) == "refund_not_lost"
    standin.disputes[number]["status"] = "lost"
    assert tell(app, standin, standin.event("charge.dispute.closed", number)) == 204
    with pytest.raises(Invalid), people.runtime.work(manager) as w:
        service.offset_refund(w, refund.id, " ")
    with pytest.raises(Forbidden), people.runtime.work(people.actor("reviewer")) as w:
        service.offset_refund(w, refund.id, "示例")
    with people.runtime.work(manager) as w:
        closed = service.offset_refund(w, refund.id, "示例：银行已判退")
        assert closed.state is RefundState.OFFSET
    assert _refused(people, refund.id) == "wrong_state"
    with people.runtime.reading() as session:
        assert ledger.balance(session, AccountKind.CARD_LOSS) == ZERO
        assert ledger.balance(session, AccountKind.REFUNDS) == ZERO
    assert service.give_back(people.runtime, manager, refund.id)  # nothing is left to give
    assert len(standin.refunds) == 0
    all_is_well(people)
    with people.runtime.work() as w:
        w.session.execute(update(Dispute).values(state=DisputeState.WON))
    with people.runtime.reading() as session:
        found = list(queries.faults(session))
    assert any("more closed by disputes than was lost" in one for one in found)


def test_a_manager_closes_it_on_its_page(
    app: Flask, people: People, standin: Standin, melon: Listing,
    client_as: Callable[[str], FlaskClient],
) -> None:  # fmt: skip
    sale = a_sale(people, standin, melon)
    number = standin.dispute(sale.settle(), 118_00, "lost")
    tell(app, standin, standin.event("charge.dispute.closed", number))
    refund = sale.cancel()
    browser, page = client_as("manager"), f"/payments/refunds/{refund.id}"
    assert post(browser, f"{page}/offset", on=page, note="").status_code == 422
    assert post(browser, f"{page}/offset", on=page, note="示例：银行已退").status_code == 303
    order = client_as("employee").get(f"/orders/{refund.order_id}").get_data(as_text=True)
    assert "发卡银行的争议" in order


def _refused(people: People, refund_id: uuid.UUID) -> str:
    with pytest.raises(Refused) as refusal, people.runtime.work(people.actor("manager")) as w:
        service.offset_refund(w, refund_id, "示例")
    return refusal.value.code
