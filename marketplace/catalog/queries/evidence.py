"""Why a listing stands in the zone: dated facts, shown on its ticket and frozen into sold lines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing
from marketplace.catalog.queries.lists import villages, villages_of
from marketplace.catalog.queries.visible import Offer
from marketplace.regions import queries as regions
from marketplace.regions.models import Village
from marketplace.regions.queries import County, DesignationFact
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Paper, Supplier
from marketplace.work import trail

SCHEMA = 2  # 2: lists carry their version, and whether they open the zone


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts at one instant.

    `facts` holds texts, numbers and lists only: schema, county {code, name, label}, designations
    [{slug, label, version, qualifies, name_as_listed, exit_year, source}], villages, supplier {id,
    name, credit_code}, papers [{id, kind, number, issuer, valid_from, valid_until}], approved_by,
    approved_at, listing {id, fingerprint}. It does not hold the instant: the same facts have the
    same proof.
    """

    at: datetime
    facts: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The facts with instant and proof, as they are frozen into an order line."""
        return {**self.facts, "at": self.at.isoformat(), "proof": self.sha256}

    @property
    def canonical(self) -> str:
        """The text that the proof is taken of."""
        return trail.canonical(self.facts)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    @property
    def number(self) -> str:
        """The proof as people read it aloud: "7F3A-C91E-04B2"."""
        sum_ = self.sha256.upper()
        return "-".join((sum_[:4], sum_[4:8], sum_[8:12]))

    @property
    def designations(self) -> tuple[str, ...]:
        """The slugs of the lists that hold, each once."""
        return tuple(dict.fromkeys(fact["slug"] for fact in self.facts["designations"]))


def evidence(session: Session, listing: Listing, supplier: Supplier, at: datetime) -> Evidence:
    """What held at the instant; whether it was enough, `visible` says."""
    place = regions.county(session, listing.county_code)
    lists = regions.designations_of(session, listing.county_code, at)
    made_in = villages(session, listing.id)
    papers = suppliers.papers_in_force(session, supplier.id, at, listing.id)
    return _evidence(_Subject(listing, supplier, place, lists), made_in, papers, at)


def evidence_of(
    session: Session, offer: Offer, at: datetime, made_in: Sequence[Village] | None = None
) -> Evidence:
    """The same of an offer of this instant, without asking again what it carries; nor for the
    villages, if they are known."""
    if made_in is None:
        made_in = villages(session, offer.listing.id)
    papers = suppliers.papers_in_force(session, offer.supplier.id, at, offer.listing.id)
    of = _Subject(offer.listing, offer.supplier, offer.county, offer.designations)
    return _evidence(of, made_in, papers, at)


def evidence_of_all(
    session: Session, offers: Iterable[Offer], at: datetime
) -> dict[UUID, Evidence]:
    """The same of several, by listing: two questions for all of them."""
    found = tuple(offers)
    made_in = villages_of(session, [one.listing.id for one in found])
    papers = suppliers.accepted_papers(session, {one.supplier.id for one in found})
    told = {}
    for one in found:
        goods, own = one.listing.id, papers.get(one.supplier.id, ())
        valid = suppliers.valid_among(own, at, goods)
        of = _Subject(one.listing, one.supplier, one.county, one.designations)
        told[goods] = _evidence(of, made_in.get(goods, ()), valid, at)
    return told


class _Subject(NamedTuple):
    listing: Listing
    supplier: Supplier
    place: County | None
    lists: Sequence[DesignationFact]


def _evidence(
    of: _Subject, made_in: Sequence[Village], papers: Sequence[Paper], at: datetime
) -> Evidence:
    listing, supplier, place = of.listing, of.supplier, of.place
    facts = {
        "schema": SCHEMA,
        "county": {
            "code": listing.county_code,
            "name": place.name if place else "",
            "label": place.label if place else "",
        },
        "designations": [_designation(fact) for fact in of.lists],
        "villages": [village.name for village in made_in],
        "supplier": {
            "id": str(supplier.id),
            "name": supplier.legal_name,
            "credit_code": supplier.credit_code,
        },
        "papers": [_paper(p) for p in sorted(papers, key=lambda p: (p.kind, p.valid_from, p.id))],
        "approved_by": listing.decided_by,
        "approved_at": listing.decided_at.isoformat() if listing.decided_at else None,
        "listing": {"id": str(listing.id), "fingerprint": listing.fingerprint},
    }
    return Evidence(at, facts)


def _designation(fact: DesignationFact) -> dict[str, Any]:
    return {
        "slug": fact.slug,
        "label": fact.label,
        "version": fact.version,
        "qualifies": fact.qualifies,
        "name_as_listed": fact.county_name,
        "exit_year": fact.exit_year,
        "source": fact.source,
    }


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "id": str(paper.id),
        "kind": paper.kind.value,
        "number": paper.number,
        "issuer": paper.issuer,
        "valid_from": _day(paper.valid_from),
        "valid_until": _day(paper.valid_until),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
