"""What comes up after a held order was decided, and after a batch was recalled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.commands import serving
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Refused
from marketplace.orders import queries, service
from marketplace.orders.models import Hold
from marketplace.orders.states import DeliveryState, HoldChoice, HoldState
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Paper
from marketplace.suppliers.states import PaperKind
from tests.fixtures import People
from tests.makers.batches import a_batch, batches_for
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, paid, shipped, the_order
from tests.makers.suppliers import a_waiver, an_approved_supplier
from tests.orders.test_holding import agreed, held, now_of, proposed, recalled


def test_an_agreement_does_not_cover_what_came_up_after_it(people: People, clock: SetClock) -> None:
    """The buyer agreed to papers that ran out; not to a forged one, nor to a suspended supplier."""
    an_approved_supplier(people)
    order = the_order(people, paid(people, a_purchase(people, a_listing(people))))
    hold = held(people, clock)
    proposed(people, hold, HoldChoice.SHIP)
    agreed(people, hold, HoldChoice.SHIP)
    batches = batches_for(people, order)
    clock.advance(minutes=1)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.suspend(w, order.supplier_id, "示例：涉嫌冒用他人证照")
    with pytest.raises(Refused, match="papers_ran_out"):
        shipped(people, order, batches=batches)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.restore(w, order.supplier_id, "示例：查无此事")
    with people.runtime.reading() as session:
        asked = select(Paper.id).where(Paper.kind == PaperKind.LICENCE)
        licence = session.scalars(asked.where(Paper.supplier_id == order.supplier_id)).one()
    clock.advance(minutes=1)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.revoke_paper(w, licence, "示例：执照是伪造的")
    with pytest.raises(Refused, match="papers_ran_out"):
        shipped(people, order, batches=batches)
    serving.once(people.runtime)
    with people.runtime.reading() as session:
        states = [one.state for one in session.scalars(select(Hold).order_by(Hold.opened_at))]
    assert states == [HoldState.AGREED, HoldState.OPEN]


@pytest.mark.parametrize("news", ["revoked", "ended"])
def test_worse_news_between_the_proposal_and_the_answer_is_not_agreed_to(
    people: People, clock: SetClock, news: str
) -> None:
    """The page and the message that the buyer answers to knew nothing of it."""
    an_approved_supplier(people)
    order = the_order(people, paid(people, a_purchase(people, a_listing(people))))
    supplier_id = order.supplier_id
    with people.runtime.work(people.actor("reviewer")) as w:
        waiver = suppliers.propose_waiver(w, supplier_id, a_waiver(w.now)).id
    with people.runtime.work(people.actor("second_reviewer")) as w:
        suppliers.use_waiver(w, waiver, "confirm", "")
    hold = held(people, clock)
    proposed(people, hold, HoldChoice.SHIP)
    clock.advance(minutes=1)
    with people.runtime.work(people.actor("reviewer")) as w:
        if news == "ended":
            suppliers.use_waiver(w, waiver, "end", "示例：依据是编造的")
        else:
            licence = select(Paper.id).where(Paper.kind == PaperKind.LICENCE)
            found = w.session.scalars(licence.where(Paper.supplier_id == supplier_id)).one()
            suppliers.revoke_paper(w, found, "示例：执照是伪造的")
    clock.advance(minutes=1)
    agreed(people, hold, HoldChoice.SHIP)
    with pytest.raises(Refused, match="papers_ran_out"):
        shipped(people, order, batches=batches_for(people, order))


def test_once_a_batch_was_recalled_the_goods_leave_by_a_named_batch_alone(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """Goods whose batches need no papers may leave unnamed, and so might what was recalled."""
    an_approved_supplier(people)
    raisins = a_listing(people, title="示例 木耳", category="食用菌")
    first, second = (
        the_order(people, paid(people, a_purchase(people, raisins))) for _each in range(2)
    )
    shipped(people, first, batches={})
    recalled(people, a_batch(people, raisins, "L-1"))
    with people.runtime.reading() as session:
        hold = session.scalars(select(Hold).where(Hold.order_id == second.id)).one()
    proposed(people, hold, HoldChoice.REPLACE)
    agreed(people, hold, HoldChoice.REPLACE)
    with pytest.raises(service.BatchPapersMissing):
        shipped(people, second, batches={})
    assert "必填" in client_as("supplier").get(f"/orders/{second.id}").text
    other = a_batch(people, raisins, "L-2")
    with people.runtime.reading() as session:
        (line,) = queries.lines_of(session, second.id)
    shipped(people, second, batches={line.id: other.id})
    assert now_of(people, second)[1] is DeliveryState.SHIPPED
