"""Who reads what was bought for a union: its present officers, not who once was its buyer."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from marketplace.accounts import service as accounts
from marketplace.accounts.models import Membership
from marketplace.catalog.models import Listing
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing
from marketplace.kernel.funds import FundSource
from marketplace.orders import queries, service
from marketplace.orders.models import Purchase
from tests.fixtures import People
from tests.makers.orders import a_purchase, paid, shipped, the_order


@pytest.fixture
def bought(people: People, melon: Listing) -> Purchase:
    """Two pieces for the union, ordered by its buyer."""
    (grant,) = people.actor("union_buyer").grants
    wish = {"organisation_id": grant.organisation_id, "source": FundSource.UNION}
    return a_purchase(people, melon, name="union_buyer", **wish)


def revoked(people: People) -> None:
    """The buyer is one no longer, and an employee like others."""
    buyer = uuid.UUID(people.ids["union_buyer"])
    (group,) = people.actor("employee").grants
    with people.runtime.work() as w:
        for held in w.session.scalars(select(Membership).where(Membership.person_id == buyer)):
            accounts.revoke(w, held.id)
        accounts.grant(w, buyer, group.organisation_id, Role.EMPLOYEE)


@pytest.mark.parametrize("name", ["union_buyer", "union_approver", "union_treasurer"])
def test_officers_read_the_orders_of_their_union(
    people: People, bought: Purchase, name: str
) -> None:
    order = the_order(people, bought)
    actor = people.actor(name)
    with people.runtime.reading() as session:
        seen = queries.order(session, actor, order.id)
        assert seen.destination is not None
        assert seen.destination.mobile == "13800000000"
        assert queries.purchase(session, actor, bought.id).is_payer == (name == "union_buyer")
        assert [row.order.id for row in queries.mine(session, actor, 1).items] == [order.id]


def test_a_revoked_buyer_no_longer_reads_the_orders_of_the_union(
    people: People, bought: Purchase
) -> None:
    order = the_order(people, bought)
    revoked(people)
    actor = people.actor("union_buyer")
    with people.runtime.reading() as session:
        assert list(queries.mine(session, actor, 1).items) == []
        with pytest.raises(Missing):
            queries.order(session, actor, order.id)
        with pytest.raises(Missing):
            queries.purchase(session, actor, bought.id)


def test_a_revoked_buyer_neither_cancels_nor_receives(people: People, bought: Purchase) -> None:
    order = the_order(people, bought)
    paid(people, bought)
    revoked(people)
    actor = people.actor("union_buyer")
    with pytest.raises(Missing), people.runtime.work(actor) as w:
        service.cancel(w, order.id, "不要了")
    shipped(people, order)
    with pytest.raises(Missing), people.runtime.work(actor) as w:
        service.receive(w, order.id)


def test_a_revoked_buyer_who_oversees_now_sees_a_masked_address(
    people: People, bought: Purchase
) -> None:
    order = the_order(people, bought)
    buyer = uuid.UUID(people.ids["union_buyer"])
    (office,) = people.actor("auditor").grants
    revoked(people)
    with people.runtime.work() as w:
        accounts.grant(w, buyer, office.organisation_id, Role.AUDITOR)
    with people.runtime.reading() as session:
        seen = queries.order(session, people.actor("union_buyer"), order.id)
    assert seen.destination is not None
    assert "13800000000" not in seen.destination.mobile


def test_an_employee_reads_what_he_bought_for_himself(people: People, melon: Listing) -> None:
    order = the_order(people, a_purchase(people, melon))
    actor = people.actor("employee")
    with people.runtime.reading() as session:
        assert queries.order(session, actor, order.id).order.id == order.id
        assert [row.order.id for row in queries.mine(session, actor, 1).items] == [order.id]
