"""Which facts an actor may see, which of them a filter asks for, and what there is to choose."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from marketplace.accounts.models import Organisation
from marketplace.kernel.actor import Actor, Role
from marketplace.regions import queries as regions
from marketplace.statistics import rules
from marketplace.statistics.models import FactDesignation, SalesFact
from marketplace.suppliers.models import Supplier

OVERSEERS = frozenset({Role.AUDITOR, Role.MANAGER, Role.SYSTEM})
UNION_OFFICERS = frozenset({Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER})

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """What occurs in the actor's facts, each as (value, stored name), by name."""

    suppliers: tuple[Choice, ...]
    counties: tuple[Choice, ...]
    designations: tuple[str, ...]
    organisations: tuple[Choice, ...]
    sources: tuple[str, ...]


def scope(actor: Actor) -> ColumnElement[bool]:
    """THE predicate of every question here: overseers see all, suppliers their own sales, union
    officers what their unions bought, others nothing."""
    if actor.roles & OVERSEERS:
        return true()
    allowed: list[ColumnElement[bool]] = [false()]
    if staffed := actor.organisations(Role.SUPPLIER_STAFF):
        own = select(Supplier.id).where(Supplier.organisation_id.in_(staffed))
        allowed.append(SalesFact.supplier_id.in_(own))
    if unions := {place for role in UNION_OFFICERS for place in actor.organisations(role)}:
        allowed.append(SalesFact.organisation_id.in_(unions))
    return or_(*allowed)


def among(actor: Actor, asked: rules.Filter) -> ColumnElement[bool]:
    """The actor's facts that the filter asks for."""
    wanted = [scope(actor)]
    if asked.month_from:
        wanted.append(SalesFact.month >= asked.month_from)
    if asked.month_to:
        wanted.append(SalesFact.month <= asked.month_to)
    if asked.supplier:
        wanted.append(SalesFact.supplier_id == asked.supplier)
    if asked.county:
        wanted.append(SalesFact.county_code == asked.county)
    if asked.designation:
        wanted.append(_on_list(asked.designation))
    if asked.organisation:
        wanted.append(_bought_by(asked.organisation))
    if asked.source:
        wanted.append(SalesFact.source == asked.source)
    return and_(*wanted)


def _on_list(slug: str) -> ColumnElement[bool]:
    """Under a name of its own: the question around it may name the same table."""
    listed = aliased(FactDesignation)
    return exists().where(listed.fact_id == SalesFact.id, listed.slug == slug)


def _bought_by(organisation: str) -> ColumnElement[bool]:
    if organisation == rules.PRIVATE:
        return SalesFact.organisation_id.is_(None)
    return SalesFact.organisation_id == uuid.UUID(organisation)


def choices(session: Session, actor: Actor) -> Choices:
    """What the actor can filter by."""
    seen = scope(actor)

    def distinct(*columns: Any) -> list[Any]:
        rows = session.execute(select(*columns).where(seen).distinct().order_by(*columns[::-1]))
        return list(rows)

    slugs = (
        select(FactDesignation.slug)
        .join(SalesFact, FactDesignation.fact_id == SalesFact.id)
        .where(seen)
        .distinct()
        .order_by(FactDesignation.slug)
    )
    names = organisation_names(session)
    bought = [row[0] for row in distinct(SalesFact.organisation_id)]
    return Choices(
        suppliers=_named(distinct(SalesFact.supplier_id, SalesFact.supplier_name)),
        counties=_named(distinct(SalesFact.county_code, SalesFact.county_name)),
        designations=tuple(session.scalars(slugs)),
        organisations=tuple(
            (str(key), names.get(key, "")) if key else (rules.PRIVATE, "") for key in bought
        ),
        sources=tuple(row[0] for row in distinct(SalesFact.source)),
    )


def _named(rows: list[Any]) -> tuple[Choice, ...]:
    """One choice per value, also of what was called otherwise before."""
    return tuple({str(row[0]): row[1] for row in rows}.items())


def organisation_names(session: Session) -> dict[uuid.UUID, str]:
    """Today's names of all organisations."""
    rows = session.execute(select(Organisation.id, Organisation.name))
    return {row.id: row.name for row in rows}


def list_names(session: Session, language: str) -> dict[str, str]:
    """What the lists of counties are called, by slug."""
    names = regions.list_names(session)
    return {slug: english if language == "en" else own for slug, (own, english) in names.items()}
