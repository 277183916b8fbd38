"""Things of outside look-ups, batches and held orders, made through the services."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.kernel.clock import local_day
from marketplace.orders import queries as orders
from marketplace.orders import service as buying
from marketplace.orders.models import Hold, Order
from marketplace.orders.states import HoldChoice
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.states import LookupResult
from tests.fixtures import People
from tests.makers.batches import a_good_batch
from tests.makers.catalog import a_listing
from tests.makers.orders import a_placement, an_address, paid, shipped, the_order
from tests.makers.suppliers import SCAN

# nothing has left: a row without a tracking number
UPLOADS = {
    "tracking": ("订单编号,货号,件数,快递公司,运单号\nP1,MX-0001,1,,\n".encode(), "运单.csv")
}


def look_up(people: People, things: dict[str, str]) -> None:
    """A hit that waits for a decision."""
    said = suppliers.Found(
        register="enterprise-credit",
        searched_for="示例",
        looked_on=local_day(people.runtime.clock.now()),
        result=LookupResult.HIT,
        found="示例：列入异常名录",
        shot_name="截图.png",
        shot=SCAN,
    )
    with people.runtime.work(people.actor("second_reviewer")) as w:
        things["hit"] = str(suppliers.look_up(w, uuid.UUID(things["supplier"]), said).id)


def make_batches(people: People, things: dict[str, str]) -> None:
    """Batches of the owner, one of them recalled; and orders that wait for a decision."""
    with people.runtime.reading() as session:
        goods = session.get_one(Listing, uuid.UUID(things["listing"]))
        (line,) = orders.lines_of(session, uuid.UUID(things["paid_order"]))
    things["paid_line"] = str(line.id)
    things["shipped_parcel"] = _the_parcel(people, things["shipped_order"])
    ready, plain, used = (a_good_batch(people, goods, f"L-{n}") for n in (10, 11, 12))
    things |= {"good_batch": str(ready.id), "closed_batch": str(used.id)}
    things |= {"batch_of_goods": str(plain.id), "batch_number": plain.number}
    with people.runtime.work(people.actor("supplier")) as w:
        catalog.use_batch(w, used.id, "close")
    _held(people, things)


def _held(people: People, things: dict[str, str]) -> None:
    """Plums whose batch was recalled: a parcel on its way and two that have not left."""
    plums = a_listing(people, sku="K-1", title="示例 西梅")
    address = an_address(people, "employee", recipient=things["mark"], street="示例路 8 号")

    def bought(name: str) -> Order:
        with people.runtime.work(people.actor("employee")) as w:
            made = buying.place(w, a_placement(address, plums))
        order = the_order(people, paid(people, made))
        things[f"{name}_order"], things[f"{name}_number"] = str(order.id), order.number
        return order

    batch = a_good_batch(people, plums, "L-13")
    shipped(people, bought("parcel"))
    bought("held")
    bought("told")
    with people.runtime.work(people.actor("second_reviewer")) as w:
        catalog.recall(w, batch.id, "示例：农残超标", withdraw_goods=True)
    things["recalled_batch"] = str(batch.id)
    people.runtime.deliver(limit=1000)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        found = {hold.order_id: hold.id for hold in w.session.scalars(select(Hold))}
        for name, choice in (("told", HoldChoice.REPLACE), ("parcel", HoldChoice.REFUND)):
            hold_id = found[uuid.UUID(things[f"{name}_order"])]
            buying.propose(w, hold_id, choice, "示例说明")
            things["proposed_hold" if name == "told" else "parcel_hold"] = str(hold_id)
    things["open_hold"] = str(found[uuid.UUID(things["held_order"])])


def _the_parcel(people: People, order_id: str) -> str:
    """The id of the only one that an order left in."""
    with people.runtime.reading() as session:
        (parcel,) = orders.shipments(session, uuid.UUID(order_id))
    return str(parcel.shipment.id)
