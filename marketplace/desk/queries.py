"""What waits for a decision: applications, renewed papers, goods; each with its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.catalog.models import Listing
from marketplace.desk.rules import Span, waited
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.states import SupplierState


@dataclass(frozen=True, slots=True)
class Application:
    """A supplier that wants to be let in."""

    supplier: Supplier
    waited: Span


@dataclass(frozen=True, slots=True)
class Renewal:
    """A paper that an approved supplier handed in anew."""

    paper: Paper
    supplier: Supplier
    waited: Span


@dataclass(frozen=True, slots=True)
class Good:
    """One listing that waits, with its origin in words."""

    listing: Listing
    origin: str
    waited: Span


@dataclass(frozen=True, slots=True)
class Batch:
    """The waiting goods of one supplier, decided about together or one by one."""

    supplier: Supplier
    goods: tuple[Good, ...]

    @property
    def may_pass(self) -> bool:
        """Whether the supplier is let in, without which none of its goods can pass."""
        return self.supplier.state is SupplierState.APPROVED


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that waits, longest first."""

    applications: tuple[Application, ...]
    renewals: tuple[Renewal, ...]
    batches: tuple[Batch, ...]

    @property
    def goods(self) -> int:
        """How many listings wait."""
        return sum(len(batch.goods) for batch in self.batches)


def board(session: Session, at: datetime) -> Board:
    """All that waits at the instant."""
    return Board(
        applications=tuple(
            Application(found, waited(found.submitted_at or found.created_at, at))
            for found in suppliers.waiting(session)
        ),
        renewals=tuple(
            Renewal(paper, supplier, waited(paper.added_at, at))
            for paper, supplier in suppliers.waiting_papers(session)
        ),
        batches=tuple(
            Batch(group.supplier, _goods(session, group.listings, at))
            for group in catalog.waiting(session)
        ),
    )


def _goods(session: Session, listings: tuple[Listing, ...], at: datetime) -> tuple[Good, ...]:
    origins: dict[str, str] = {}
    for found in listings:
        if found.county_code not in origins:
            origins[found.county_code] = catalog.origin(session, found)
    return tuple(
        Good(one, origins[one.county_code], waited(one.submitted_at or one.created_at, at))
        for one in listings
    )
