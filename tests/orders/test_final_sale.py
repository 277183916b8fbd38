"""What a person cannot send back within seven days he is told before he buys, and says he knows."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.kernel.errors import Refused
from marketplace.kernel.funds import FundSource
from marketplace.orders import service
from marketplace.orders.models import OrderLine, Purchase
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.orders import a_placement, an_address
from tests.orders.test_buying_pages import hidden, put, submit, text_of

SignIn = Callable[[str], FlaskClient]
ASKED = 'name="no_return"'


@pytest.fixture
def tea(people: People, melon: Listing) -> Listing:
    return a_listing(people, sku="MX-0099", title="示例 绿茶 250 g", category="茶叶")


@pytest.fixture
def gift(people: People, melon: Listing) -> Listing:
    return a_listing(
        people, sku="MX-0100", title="示例 绿茶 刻名礼罐", category="茶叶", made_to_order=True
    )


def placed(people: People, answered: str) -> Purchase:
    number = uuid.UUID(answered.rsplit("/", 1)[1])
    with people.runtime.reading() as session:
        return session.get_one(Purchase, number)


def test_the_checkout_names_what_cannot_be_sent_back_and_asks_for_a_tick(
    people: People, client_as: SignIn, melon: Listing, tea: Listing, gift: Listing
) -> None:
    """By their category, or because they are made to order. Refused without it; with it, name and
    time stand in purchase and trail; twice is once."""
    buyer, address = client_as("employee"), an_address(people)
    put(buyer, melon)
    put(buyer, tea)
    put(buyer, gift)
    put(buyer, a_listing(people, sku="MX-0101", title="示例 口服液", category="茶叶", sealed=True))
    page = text_of(buyer, "/checkout")
    told = page[page.index("不适用七天无理由退货") : page.index(ASKED)]
    assert f"鲜活易腐：{melon.name}" in told
    assert f"定作商品：{gift.name}" in told
    assert "拆封后影响品质或安全：示例 口服液" in told
    assert tea.name not in told
    fields = hidden(buyer)
    refused = submit(buyer, {**fields, "no_return": ""}, address.id)
    assert refused.status_code == 409
    assert "不适用七天无理由退货，下单前请先打勾确认" in refused.text
    recounted = submit(buyer, {**fields, "recount": "1"}, address.id)
    assert recounted.status_code == 200
    assert "checked" in recounted.text[recounted.text.index(ASKED) - 60 :][:160]
    done = [submit(buyer, fields, address.id) for _ in range(2)]
    assert [one.status_code for one in done] == [303, 303]
    assert done[0].location == done[1].location
    purchase = placed(people, done[0].location)
    assert purchase.no_return_seen_at == purchase.placed_at
    with people.runtime.reading() as session:
        asked = select(TrailEntry).where(TrailEntry.subject_kind == "Purchase")
        (deed,) = session.scalars(asked)
        lines = {line.title: line.is_returnable for line in session.scalars(select(OrderLine))}
    final = {melon.name, gift.name, "示例 口服液"}
    assert set(deed.data["no_return"]) == final
    assert lines == {tea.name: True, **dict.fromkeys(final, False)}


def test_the_tick_counts_for_the_goods_that_the_page_named(
    people: People, client_as: SignIn, melon: Listing, tea: Listing
) -> None:
    """P4: what became final since is told and ticked anew; the trail names what he was told."""
    buyer, address = client_as("employee"), an_address(people)
    put(buyer, melon)
    put(buyer, tea)
    fields = hidden(buyer)
    assert fields["final"] == str(melon.id)
    with people.runtime.work() as w:
        w.session.get_one(Listing, tea.id).made_to_order = True
    refused = submit(buyer, fields, address.id)
    assert refused.status_code == 409
    assert f"{tea.name} 不适用七天无理由退货" in refused.text
    assert "checked" not in refused.text[refused.text.index(ASKED) - 60 :][:160]
    assert submit(buyer, {**fields, "final": "1"}, address.id).status_code == 422
    done = submit(buyer, hidden(buyer), address.id)
    with people.runtime.reading() as session:
        asked = select(TrailEntry).where(TrailEntry.subject_kind == "Purchase")
        (deed,) = session.scalars(asked)
    assert set(deed.data["no_return"]) == {melon.name, tea.name}
    again = submit(buyer, {**fields, "key": placed(people, done.location).key}, address.id)
    assert again.status_code == 409


def test_nobody_is_asked_where_all_may_be_sent_back_nor_for_an_organisation(
    people: People, client_as: SignIn, melon: Listing, tea: Listing
) -> None:
    buyer, address = client_as("employee"), an_address(people)
    put(buyer, tea)
    assert ASKED not in text_of(buyer, "/checkout")
    done = submit(buyer, {**hidden(buyer), "no_return": ""}, address.id)
    assert placed(people, done.location).no_return_seen_at is None
    with (
        pytest.raises(Refused, match="no_return_unknown"),
        people.runtime.work(people.actor("employee")) as w,
    ):
        service.place(w, a_placement(address, melon, no_return=frozenset()))
    (grant,) = people.actor("union_buyer").grants
    home = an_address(people, "union_buyer")
    wanted = a_placement(
        home, melon, no_return=frozenset(), organisation_id=grant.organisation_id,
        source=FundSource.UNION,
    )  # fmt: skip
    with people.runtime.work(people.actor("union_buyer")) as w:
        assert service.place(w, wanted).no_return_seen_at is None
