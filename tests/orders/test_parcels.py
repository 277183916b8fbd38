"""One order in several parcels: what is in each, what is left, and when it is received."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Invalid, MarketplaceError, Missing, Refused, WrongState
from marketplace.orders import queries, rules, service
from marketplace.orders.models import Order, Shipment
from marketplace.orders.rules.carriers import carriers_of
from marketplace.orders.states import DeliveryState, OrderState
from marketplace.suppliers.rules.reading import BrokenFile
from tests.fixtures import People, post
from tests.makers.batches import batches_for
from tests.makers.catalog import a_listing
from tests.makers.orders import a_placement, an_address, paid, the_order
from tests.makers.suppliers import an_approved_supplier

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def honey(people: People) -> Listing:
    """Needs no paper of its batch."""
    an_approved_supplier(people)
    return a_listing(people, sku="H-1", title="示例 土蜂蜜", category="蜂蜜")


def five_of(people: People, *goods: Listing) -> Order:
    """Paid: five pieces of each."""
    address = an_address(people)
    lines = tuple((one.id, 5) for one in goods)
    with people.runtime.work(people.actor("employee")) as w:
        placed = service.place(w, a_placement(address, lines=lines))
    return the_order(people, paid(people, placed))


def packed(people: People, order: Order, number: str, *pieces: int) -> Shipment:
    """So many pieces of each line, by title, in one parcel."""
    with people.runtime.reading() as session:
        lines = [line.id for line in queries.lines_of(session, order.id)]
    given = service.NewShipment(
        "顺丰",
        number,
        dict(zip(lines, pieces, strict=True)),
        batches_for(people, order),
    )
    with people.runtime.work(people.actor("supplier")) as w:
        return service.send(w, order.id, given)


def received(people: People, parcel: Shipment, name: str = "employee") -> Order:
    with people.runtime.work(people.actor(name)) as w:
        return service.receive_parcel(w, parcel.id)


def now_of(people: People, order: Order) -> tuple[OrderState, DeliveryState, list[str]]:
    """States, and what `verify` finds."""
    with people.runtime.reading() as session:
        found = queries.order(session, people.actor("employee"), order.id)
        return found.order.state, found.delivery.state, list(queries.faults(session))


def test_an_order_leaves_in_parcels_and_is_completed_with_the_last(
    people: People, honey: Listing, clock: SetClock
) -> None:
    """P4, P11: the days until it counts as received begin with the last parcel."""
    melon = a_listing(people)
    order = five_of(people, honey, melon)
    first = packed(people, order, "sf 1001", 5, 2)
    assert (first.carrier, first.tracking_number, first.place) == ("sf", "SF1001", 1)
    assert now_of(people, order) == (OrderState.PAID, DeliveryState.PARTLY, [])
    clock.advance(days=people.runtime.tools.config.completion_days + 1)
    with people.runtime.work() as w:
        assert service.complete_due(w) == 0
    received(people, first)
    assert now_of(people, order) == (OrderState.PAID, DeliveryState.PARTLY, [])
    second = packed(people, order, "SF1002", 0, 3)
    assert now_of(people, order) == (OrderState.PAID, DeliveryState.SHIPPED, [])
    received(people, second)
    received(people, second)  # a second press changes nothing
    assert now_of(people, order) == (OrderState.COMPLETED, DeliveryState.RECEIVED, [])


def test_what_does_not_add_up_does_not_leave(people: People, honey: Listing) -> None:
    order = five_of(people, honey)
    with pytest.raises(Refused, match="more_than_left"):
        packed(people, order, "SF1001", 6)
    with pytest.raises(Refused, match="more_than_left"):  # before anything is counted
        rules.pieces_to_send({order.id: 5}, {order.id: 6})
    with pytest.raises(Invalid, match="nothing_to_send"):
        packed(people, order, "SF1001", 0)
    with pytest.raises(Invalid, match="quantity"):
        packed(people, order, "SF1001", -1)
    with pytest.raises(Invalid, match="tracking_malformed"):
        packed(people, order, "SF 10/01", 1)
    with (
        pytest.raises(Invalid, match="carrier_unknown") as refusal,
        people.runtime.work(people.actor("supplier")) as w,
    ):
        service.ship(w, order.id, "飞毛腿", "SF1001")
    assert "顺丰速运" in str(refusal.value.data["known"])
    packed(people, order, "SF1001", 2)
    with pytest.raises(Refused, match="parcel_known"):
        packed(people, order, "sf1001", 1)
    packed(people, order, "SF1002", 3)
    with pytest.raises(WrongState):
        packed(people, order, "SF1003", 1)


def test_a_part_that_has_left_is_not_called_off(people: People, honey: Listing) -> None:
    order = five_of(people, honey)
    parcel = packed(people, order, "SF1001", 1)
    with pytest.raises(WrongState), people.runtime.work(people.actor("employee")) as w:
        service.cancel(w, order.id, "买错了")
    with pytest.raises(WrongState), people.runtime.work(people.actor("employee")) as w:
        service.receive(w, order.id)
    for stranger in ("second_employee", "second_supplier"):
        with pytest.raises(Missing):
            received(people, parcel, stranger)
    with pytest.raises(MarketplaceError):
        received(people, parcel, "supplier")


def test_every_line_of_a_parcel_has_its_batch(people: People) -> None:
    """The rest of a line may leave from another batch; both stay on record."""
    an_approved_supplier(people)
    melon = a_listing(people)
    order = five_of(people, melon)
    with people.runtime.reading() as session:
        (line,) = queries.lines_of(session, order.id)
    lacking = service.NewShipment("sf", "SF1001", {line.id: 1})
    with (
        pytest.raises(service.BatchPapersMissing),
        people.runtime.work(people.actor("supplier")) as w,
    ):
        service.send(w, order.id, lacking)
    packed(people, order, "SF1002", 2)
    packed(people, order, "SF1003", 3)
    with people.runtime.reading() as session:
        assert len(queries.left_from(session, order.id)[line.id]) == 2
        assert [one.contents for one in queries.shipments(session, order.id)] == [
            {line.id: 2},
            {line.id: 3},
        ]


def test_two_who_pack_at_the_same_time_never_send_more_than_was_ordered(
    people: People, honey: Listing
) -> None:
    """P10, P35: four packers of two pieces each, of five that were ordered."""
    order = five_of(people, honey)
    start, faults = threading.Barrier(4), list[str]()

    def pack(number: int) -> None:
        start.wait()
        try:
            people.runtime.again(lambda: packed(people, order, f"SF100{number}", 2))
        except MarketplaceError as fault:
            faults.append(fault.code)

    threads = [threading.Thread(target=pack, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == ["more_than_left"] * 2
    with people.runtime.reading() as session:
        (line,) = queries.lines_of(session, order.id)
        assert (line.shipped, list(queries.faults(session))) == (4, [])


def test_verify_finds_a_piece_that_no_parcel_holds(people: People, honey: Listing) -> None:
    """P36: a planted defect."""
    order = five_of(people, honey)
    packed(people, order, "SF1001", 2)
    with people.runtime.work() as w:
        w.session.execute(text("UPDATE mp_order_line SET shipped = 5"))
    *_states, found = now_of(people, order)
    assert found == [
        f"order {order.number}: 5 of {honey.title} sent, its parcels hold 2",
        f"order {order.number}: its delivery is partly, 5 of 5 pieces have left",
    ]


def test_the_pages_of_a_parcel(people: People, client_as: SignIn, honey: Listing) -> None:
    order = five_of(people, honey)
    path = f"/orders/{order.id}"
    supplier, buyer = client_as("supplier"), client_as("employee")
    with people.runtime.reading() as session:
        (line,) = queries.lines_of(session, order.id)
    fields = {"carrier": "zto", "tracking": "ZT-1001", f"pieces-{line.id}": "2"}
    for wrong in ({f"pieces-{line.id}": "-1"}, {"carrier": "飞毛腿"}, {"tracking": "！"}):
        assert post(supplier, f"{path}/ship", on=path, **{**fields, **wrong}).status_code == 422
    assert post(supplier, f"{path}/ship", on=path, **fields).status_code == 303
    page = buyer.get(path).get_data(as_text=True)
    for words in ("包裹 1", "中通快递", "ZT-1001", "com=zhongtong&amp;nu=ZT-1001", "部分发货"):
        assert words in page
    with people.runtime.reading() as session:
        (parcel,) = queries.shipments(session, order.id)
    to = f"/shipments/{parcel.shipment.id}/receive"
    assert post(buyer, to, on=path).status_code == 303
    assert post(buyer, f"/shipments/{uuid.uuid4()}/receive", on=path).status_code == 404
    assert "收到这个包裹" not in buyer.get(path).get_data(as_text=True)


def test_carriers_are_data_and_a_broken_file_is_refused() -> None:
    assert rules.carrier("ＥＭＳ").code == "ems"
    assert rules.carrier_name("gone") == "gone"
    assert rules.track_url("own", "1") == rules.track_url("gone", "1") == ""
    good = '[[carrier]]\ncode = "aa"\nname = "甲"\nsource = "示例"\n'
    assert [one.code for one in carriers_of(good)] == ["aa"]
    for bad in (
        good + good,
        good + 'link = "http://a/{number}"\n',
        good + 'link = "https://a/"\n',
        good.replace("name", "nam"),
    ):
        with pytest.raises(BrokenFile, match="line"):
            carriers_of(bad)


def test_what_left_since_it_was_read_is_not_sent_again(people: People, honey: Listing) -> None:
    """P10: a unit of work that read the lines before another one counted."""
    order = five_of(people, honey)
    with (
        pytest.raises(Refused, match="more_than_left"),
        people.runtime.work(people.actor("supplier")) as w,
    ):
        held = queries.lines_of(w.session, order.id)
        w.session.execute(text("UPDATE mp_order_line SET shipped = 4"))
        assert held[0].shipped == 0
        service.ship(w, order.id, "sf", "SF1001")


def test_a_delivery_is_what_has_left_not_what_was_read(people: People, honey: Listing) -> None:
    """P10: two sheets at once: the lines were read, and another parcel left, before the order was
    held. With the last piece all has left, or it would never count as received."""
    order = five_of(people, honey)
    packed(people, order, "SF1001", 4)
    with people.runtime.work(people.actor("supplier")) as w:
        (line,) = queries.lines_of(w.session, order.id)
        set_committed_value(line, "shipped", 0)  # as it was before the other one counted
        service.send(w, order.id, service.NewShipment("sf", "SF1002", {line.id: 1}))
    assert now_of(people, order) == (OrderState.PAID, DeliveryState.SHIPPED, [])


PACKED = st.tuples(st.integers(0, 3), st.integers(0, 3))


@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each history has its own order
)
@given(history=st.lists(st.one_of(PACKED, st.integers(0, 3)), min_size=4, max_size=9))
def test_any_history_of_parcels_adds_up(
    people: People, honey: Listing, history: list[tuple[int, int] | int]
) -> None:
    """P10, P35: pairs are pieces that somebody packs, numbers are parcels that somebody receives;
    a plain count says what may be, and what every state must be."""
    with people.runtime.reading() as session:
        found = session.scalars(select(Listing).where(Listing.sku == "H-2")).first()
    nuts = found or a_listing(people, sku="H-2", title="示例 核桃", category="蜂蜜")
    order = five_of(people, honey, nuts)
    left, sent, got = [5, 5], list[Shipment](), set[int]()
    for number, act in enumerate(history):
        if isinstance(act, tuple):
            fits = any(act) and all(one <= rest for one, rest in zip(act, left, strict=True))
            try:
                sent.append(packed(people, order, f"SF{number:04d}", *act))
            except MarketplaceError:
                assert not fits
                continue
            assert fits
            left = [rest - one for one, rest in zip(act, left, strict=True)]
        elif act < len(sent):
            received(people, sent[act])
            got.add(act)
        state, delivery, faults = now_of(people, order)
        is_done = left == [0, 0] and len(got) == len(sent)
        assert faults == []
        assert state is (OrderState.COMPLETED if is_done else OrderState.PAID)
        expected = rules.delivery_state((5, 5 - rest) for rest in left)
        assert delivery is (DeliveryState.RECEIVED if is_done else expected)
