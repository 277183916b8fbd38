"""The facts of a ticket: named, dated, the same for the same facts."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from marketplace.catalog import queries
from marketplace.catalog.models import Listing
from marketplace.catalog.queries import Evidence
from marketplace.kernel.clock import SetClock
from tests.fixtures import People
from tests.makers.catalog import a_listing
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
