"""A recalled batch is refunded by one click after receipt; of an order that left in part, what was
sent is claimed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Batch, Listing
from marketplace.claims import queries, rules, service
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimKind, ClaimState
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Missing, Refused, WrongState
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import queries as orders
from marketplace.orders import service as ordering
from marketplace.orders.models import Delivery, Order
from marketplace.orders.states import DeliveryState
from marketplace.payments import queries as payments
from tests.fixtures import People, post
from tests.makers.batches import a_good_batch
from tests.makers.claims import a_quality_claim, a_return, now_of, received, said
from tests.makers.orders import a_purchase, paid, shipped, the_order
from tests.orders.test_recalling import recalled

Faults = Callable[[], Sequence[str]]
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def batch(people: People, melon: Listing) -> Batch:
    return a_good_batch(people, melon)


def bought(people: People, *goods: Listing, name: str = "employee", **said: object) -> Order:
    purchase = a_purchase(people, *goods, name=name, **said)
    return the_order(people, paid(people, purchase))


def kinds(people: People, order: Order, name: str = "employee") -> frozenset[ClaimKind]:
    with people.runtime.reading() as session:
        found, at = orders.row(session, order.id), people.runtime.clock.now()
        return queries.open_to(session, people.actor(name), found, at, days=15).kinds


def a_recall_claim(people: People, order: Order, name: str = "employee") -> Claim:
    """Of everything that was recalled, as the page asks for it."""
    with people.runtime.work(people.actor(name)) as w:
        found = queries.open_to(w.session, w.actor, orders.row(w.session, order.id), w.now, days=15)
        lines = [service.WishedLine(one.line.id) for one in found.lines if one.recalled]
        return service.open_claim(w, order.id, service.Wish(ClaimKind.RECALL, "召回", lines))


def test_buyers_of_a_recalled_batch_get_its_price_back_by_one_click(
    people: People, client_as: SignIn, melon: Listing, tea: Listing, batch: Batch,
    clock: SetClock, faults: Faults,
) -> None:  # fmt: skip
    """P4: only its pieces, after the hours of the category as well; silence is a yes."""
    order = received(people, shipped(people, bought(people, melon, tea)))
    clock.advance(days=10)
    assert ClaimKind.RECALL not in kinds(people, order)
    recalled(people, batch)
    buyer = client_as("employee")
    page = f"/claims/orders/{order.id}"
    shown = buyer.get(page).text
    assert f"批次 {batch.number}，2 箱" in shown
    done = post(buyer, f"{page}/recall", on=page)
    assert done.status_code == 303
    with people.runtime.reading() as session:
        (claim,) = queries.claims_of(session, order.id)
        (line,) = queries.lines_of(session, claim.id)
    assert (line.line.listing_id, claim.wanted) == (melon.id, Money(118_00))
    assert f"召回批次 {batch.number}" in claim.reason
    clock.advance(hours=rules.SUPPLIER_HOURS)
    with people.runtime.work() as w:
        service.tend(w)
    with people.runtime.reading() as session:
        (refund,) = payments.refunds_of(session, order.id)
    assert refund.amount == Money(118_00)
    assert ClaimKind.RECALL not in kinds(people, order)
    refused = post(client_as("employee"), f"{page}/recall", on=page)
    assert refused.status_code == 409
    assert faults() == []


def test_a_recall_is_claimed_for_thirty_days_also_by_unions_and_after_many_claims(
    people: People, melon: Listing, batch: Batch, clock: SetClock
) -> None:
    order = received(people, shipped(people, bought(people, melon)))
    (grant,) = people.actor("union_buyer").grants
    theirs = shipped(people, bought(
        people, melon, name="union_buyer", organisation_id=grant.organisation_id,
        source=FundSource.UNION,
    ))  # fmt: skip
    received(people, theirs, "union_buyer")
    for _ in range(rules.MOST_CLAIMS):
        said(people, a_quality_claim(people, order, 1), "employee", "withdraw")
    recalled(people, batch)
    clock.advance(days=rules.RECALL_DAYS, seconds=-1)
    assert kinds(people, theirs, "union_buyer") == {ClaimKind.RECALL}
    assert kinds(people, order) == {ClaimKind.RECALL}
    said(people, a_recall_claim(people, order), "employee", "withdraw")
    assert kinds(people, order) == frozenset()
    clock.advance(seconds=1)
    assert kinds(people, theirs, "union_buyer") == frozenset()


def test_of_an_order_that_left_in_part_what_was_sent_is_claimed(
    people: People, tea: Listing, faults: Faults
) -> None:
    """P4: at most the price of the pieces on their way; nothing goes back before all is there."""
    order = bought(people, tea)
    with pytest.raises(Refused, match="claim_not_open"):
        a_quality_claim(people, order, 1)
    with people.runtime.work(people.actor("supplier")) as w:
        (line,) = orders.lines_of(w.session, order.id)
        ordering.send(w, order.id, ordering.NewShipment("sf", "SF1001", {line.id: 1}))
    assert kinds(people, order) == {ClaimKind.QUALITY, ClaimKind.UNSENT}
    with pytest.raises(Refused, match="claim_too_much"):
        a_quality_claim(people, order, tea.sale_price.fen + 1)
    with pytest.raises(Refused, match="claim_not_open"):
        a_return(people, order, 1)
    claim = a_quality_claim(people, order, tea.sale_price.fen)
    assert said(people, claim, "supplier", "grant").state is ClaimState.GRANTED
    assert now_of(people, claim).granted == tea.sale_price
    assert kinds(people, order) == {ClaimKind.UNSENT}
    with people.runtime.work(people.actor("supplier")) as w:
        ordering.send(w, order.id, ordering.NewShipment("sf", "SF1002", {line.id: 1}))
    assert ClaimKind.QUALITY in kinds(people, order)
    received(people, order)
    assert faults() == []


def test_a_recalled_piece_is_paid_back_once_and_the_good_batch_never(
    people: People, melon: Listing, batch: Batch, clock: SetClock, faults: Faults
) -> None:
    """P4: one piece of each batch; what was granted is kept by pieces, and `verify` counts them."""
    order, good = bought(people, melon), a_good_batch(people, melon, "L-002")
    (line,) = the_lines(people, order)
    for place, one in enumerate((batch, good)):
        parcel = ordering.NewShipment("sf", f"SF100{place}", {line: 1}, {line: one.id})
        with people.runtime.work(people.actor("supplier")) as w:
            ordering.send(w, order.id, parcel)
    received(people, order)
    recalled(people, batch)
    assert said(people, a_recall_claim(people, order), "supplier", "grant").granted == Money(59_00)
    clock.advance(hours=rules.SUPPLIER_HOURS)
    assert kinds(people, order) == frozenset()
    with pytest.raises(Refused, match="claim_not_open"):
        a_recall_claim(people, order)
    with people.runtime.reading() as session:
        assert [one.refunded for one in orders.lines_of(session, order.id)] == [Money(59_00)]
    assert faults() == []
    with people.runtime.work() as w:
        w.session.get_one(Batch, batch.id).recalled_at = None
    assert [one for one in faults() if "1 paid back of 0 recalled" in one]


def test_no_supplier_uses_up_what_the_law_gives(
    people: People, client_as: SignIn, tea: Listing, faults: Faults
) -> None:
    """P4: parcels that end claims of the rest count for nothing; five claims of quality shut
    quality alone, and the page says why."""
    order = bought(people, tea, lines=((tea.id, 7),))
    for place in range(rules.MOST_CLAIMS + 1):
        sends(people, order, f"SF100{place}")
        a_claim_of_the_rest(people, order)
    sends(people, order, "SF1009")
    received(people, order)
    for _ in range(rules.MOST_CLAIMS):
        assert kinds(people, order) == {ClaimKind.QUALITY, ClaimKind.RETURN}
        said(people, a_quality_claim(people, order, 1), "supplier", "grant")
    assert kinds(people, order) == {ClaimKind.RETURN}
    assert "质量问题已经申请过 5 次" in client_as("employee").get(f"/claims/orders/{order.id}").text
    said(people, a_return(people, order, 1), "employee", "withdraw")
    assert faults() == []


def the_lines(people: People, order: Order) -> list[uuid.UUID]:
    with people.runtime.reading() as session:
        return [line.id for line in orders.lines_of(session, order.id)]


def left_in_part(people: People, tea: Listing) -> Order:
    """One of two pieces."""
    order = bought(people, tea)
    sends(people, order, "SF1001")
    return order


def sends(people: People, order: Order, number: str) -> None:
    with people.runtime.work(people.actor("supplier")) as w:
        (line,) = orders.lines_of(w.session, order.id)
        ordering.send(w, order.id, ordering.NewShipment("sf", number, {line.id: 1}))


def a_claim_of_the_rest(people: People, order: Order, name: str = "employee") -> Claim:
    with people.runtime.work(people.actor(name)) as w:
        (line,) = orders.lines_of(w.session, order.id)
        wish = service.Wish(ClaimKind.UNSENT, rules.UNSENT_REASON, [service.WishedLine(line.id)])
        return service.open_claim(w, order.id, wish)


def test_what_is_never_sent_is_refunded_and_the_order_goes_on(
    people: People, client_as: SignIn, tea: Listing, clock: SetClock, faults: Faults
) -> None:
    """P4, P9, P10: asked for by one click; silence is a yes; then nothing more of it leaves, and
    what did not leave may be bought by others, once."""
    order = left_in_part(people, tea)
    buyer = client_as("employee")
    page = f"/claims/orders/{order.id}"
    assert "示例 绿茶 250 g：1" in buyer.get(page).text
    assert post(buyer, f"{page}/unsent", on=page).status_code == 303
    clock.advance(hours=rules.SUPPLIER_HOURS)
    for tended in (1, 0):
        with people.runtime.work() as w:
            assert service.tend(w) == tended
    with people.runtime.reading() as session:
        good = session.get_one(Listing, tea.id)
        assert (good.available, good.reserved, good.sold) == (99, 0, 1)
        (line,) = orders.lines_of(session, order.id)
        (refund,) = payments.refunds_of(session, order.id)
        delivery = session.get_one(Delivery, order.delivery_id)
    assert (line.unsent, line.refunded, refund.amount) == (1, tea.sale_price, tea.sale_price)
    assert delivery.state is DeliveryState.SHIPPED
    assert faults() == []
    with pytest.raises(WrongState):
        sends(people, order, "SF1002")
    # what was sent may still be claimed, and counts as received in the end
    assert ClaimKind.QUALITY in kinds(people, order)
    claim = a_quality_claim(people, order, tea.sale_price.fen)
    said(people, claim, "employee", "withdraw")
    clock.advance(days=15)
    with people.runtime.work() as w:
        assert ordering.complete_due(w) == 1
    assert faults() == []


def test_the_rest_is_decided_as_a_whole_and_a_parcel_ends_its_claim(
    people: People, tea: Listing, faults: Faults
) -> None:
    """P4: half a piece is not sent; who sends after all owes nothing back."""
    order = left_in_part(people, tea)
    with pytest.raises(Missing):
        a_claim_of_the_rest(people, order, "second_employee")
    claim = a_claim_of_the_rest(people, order)
    with pytest.raises(Refused, match="unsent_is_whole"):
        said(people, claim, "supplier", "offer", amount=Money(1))
    said(people, claim, "supplier", "offer", amount=ZERO, note="示例：明天发")
    said(people, claim, "employee", "dispute")
    with pytest.raises(Refused, match="unsent_is_whole"):
        said(people, claim, "manager", "award", amount=Money(1))
    sends(people, order, "SF1002")
    assert now_of(people, claim).state is ClaimState.CLOSED
    assert ClaimKind.UNSENT not in kinds(people, order)
    other = left_in_part(people, tea)
    claim = a_claim_of_the_rest(people, other)
    assert said(people, claim, "supplier", "grant").granted == tea.sale_price
    assert faults() == []
