"""The facts of a ticket: named, dated, the same for the same facts."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest

from marketplace.catalog import queries
from marketplace.catalog.models import Listing
from marketplace.catalog.queries import Evidence, Placing
from marketplace.kernel.clock import SetClock, local_day
from marketplace.kernel.errors import Invalid
from marketplace.orders import queries as orders_queries
from marketplace.orders import service as orders
from marketplace.orders.models import OrderLine
from marketplace.regions import service as regions
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.orders import a_placement, an_address
from tests.makers.suppliers import COUNTY, a_credit_code, an_approved_supplier


def evidence_of(people: People, listing_id: UUID) -> Evidence:
    now = people.runtime.clock.now()
    with people.runtime.reading() as session:
        offer = queries.offer(session, listing_id, now)
        return queries.evidence(session, offer.listing, offer.supplier, now)


def test_the_evidence_names_lists_papers_and_who_approved(people: People) -> None:
    an_approved_supplier(people)
    facts = evidence_of(people, a_listing(people).id).as_json()
    assert json.loads(json.dumps(facts)) == facts
    assert facts["county"]["code"] == COUNTY
    assert all(fact["source"] for fact in facts["designations"])
    assert facts["supplier"]["credit_code"] == a_credit_code()
    assert [paper["kind"] for paper in facts["papers"]] == ["inspection_report", "licence"]
    assert facts["papers"][0]["valid_until"] == "2027-03-31"
    assert facts["approved_by"] == people.ids["reviewer"]
    assert facts["at"] == people.runtime.clock.now().isoformat()


def test_the_same_facts_have_the_same_proof(people: People, clock: SetClock) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    first = evidence_of(people, listing.id)
    clock.advance(hours=5)
    assert evidence_of(people, listing.id).sha256 == first.sha256
    clock.advance(days=400)  # the report ran out
    with people.runtime.reading() as session:
        found = session.get_one(Listing, listing.id)
        at = clock.now() + timedelta(0)
        _, supplier = queries.listing(session, people.actor("auditor"), found.id)
        later = queries.evidence(session, found, supplier, at)
    assert later.sha256 != first.sha256
    assert [paper["kind"] for paper in later.facts["papers"]] == ["licence"]


def test_a_sold_line_keeps_the_version_of_the_list_that_it_was_sold_under(
    people: People,
) -> None:
    """P16: a newer version changes what is sold from its instant on, never what was sold."""
    an_approved_supplier(people)
    listing, buyer = a_listing(people, stock=10), people.actor("employee")
    address = an_address(people, "employee")

    def sold(key: str) -> OrderLine:
        with people.runtime.work(buyer) as w:
            purchase = orders.place(w, a_placement(address, listing, key=key))
            (order,) = orders_queries.orders_of(w.session, purchase.id)
            return orders_queries.lines_of(w.session, order.id)[0]

    first = sold("one")
    said = regions.Proposal("示例文件〔2026〕2号", local_day(people.runtime.clock.now()))
    with people.runtime.work(people.actor("manager")) as w:
        again = regions.propose_again(w, "832", said)
    with people.runtime.work(people.actor("second_manager")) as w:
        regions.confirm(w, again.id)
    second = sold("two")

    def versions(line: OrderLine) -> dict[str, tuple[int, str]]:
        told = line.eligibility["designations"]
        return {one["slug"]: (one["version"], one["source"]) for one in told}

    assert versions(first)["832"][0] == 1
    assert versions(second)["832"] == (2, "示例文件〔2026〕2号")


@pytest.mark.parametrize(
    ("county", "code"),
    [("620102", "county_not_known"), ("510107", "county_not_designated")],
)
def test_a_good_is_never_told_that_its_county_is_on_no_list_where_a_list_is_incomplete(
    people: People, county: str, code: str
) -> None:
    """城关区 of Lanzhou may be on the 160, of which Gansu is missing; 武侯区 certainly is not."""
    with people.runtime.reading() as session, pytest.raises(Invalid) as refusal:
        Placing(session, people.runtime.clock.now()).county(county)
    assert refusal.value.code == code
