"""Lists of listings for those who keep them, and single ones for whoever may read them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import CatalogImport, Listing, ListingVillage
from marketplace.catalog.states import ImportState, ListingState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.regions import queries as regions
from marketplace.regions.models import Village
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.work.kept import KeptOf, newest
from marketplace.work.models import TrailEntry

WRITES = ("draft", "revise", "explain_price")  # deeds by which a listing says something


def listing(session: Session, actor: Actor, listing_id: UUID) -> tuple[Listing, Supplier]:
    """One listing in any state, for its supplier's staff and those who read all. Raises Missing."""
    found = session.get(Listing, listing_id)
    if found is None:
        raise Missing(listing_id=listing_id)
    return found, suppliers.visible(session, actor, found.supplier_id)


def has_written(session: Session, listing_id: UUID, person_id: str) -> bool:
    """Whether this person has a hand in what the listing says, by the trail."""
    asked = select(TrailEntry.number).where(
        TrailEntry.subject_id == listing_id,
        TrailEntry.subject_kind == Listing.__name__,
        TrailEntry.actor == person_id,
        TrailEntry.verb.in_(WRITES),
    )
    return session.scalar(asked.limit(1)) is not None


def own_listing(session: Session, actor: Actor, listing_id: UUID) -> tuple[Listing, Supplier]:
    """One listing, for its supplier's staff and the system alone. Raises Missing."""
    found, supplier = listing(session, actor, listing_id)
    is_own = supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF)
    if not is_own and Role.SYSTEM not in actor.roles:
        raise Missing(listing_id=listing_id)
    return found, supplier


def roles_for(actor: Actor, found: Listing, supplier: Supplier) -> frozenset[Role]:
    """The actor's roles that count for this listing: staff only for its own; whoever is staff of
    its supplier, or submitted it, does not review it."""
    is_staff = supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF)
    not_for = {Role.REVIEWER} if is_staff else {Role.SUPPLIER_STAFF}
    if found.submitted_by == actor.person_id:
        not_for.add(Role.REVIEWER)
    return actor.roles - not_for


def mine(
    supplier_id: UUID, state: ListingState | None = None, group_code: str = ""
) -> Select[Listing]:
    """The listings of a supplier, newest first, to be paged; those that came together by group."""
    found = select(Listing).where(Listing.supplier_id == supplier_id)
    if state is not None:
        found = found.where(Listing.state == state)
    if group_code:
        found = found.where(Listing.group_code == group_code)
    return found.order_by(Listing.created_at.desc(), Listing.group_code, Listing.sku)


def counts(session: Session, supplier_id: UUID) -> dict[ListingState, int]:
    """How many listings of the supplier stand in each state, in the order of the states."""
    counted = session.execute(
        select(Listing.state, func.count())
        .where(Listing.supplier_id == supplier_id)
        .group_by(Listing.state)
    )
    found = {row[0]: row[1] for row in counted}
    return {state: found.get(state, 0) for state in ListingState}


def imports(supplier_id: UUID) -> Select[CatalogImport]:
    """The files that were taken in or wait for an answer, newest first, to be paged."""
    asked = CatalogImport.state.in_((ImportState.COLUMNS, ImportState.ASKED))
    return (
        select(CatalogImport)
        .where(CatalogImport.supplier_id == supplier_id)
        .where(or_(asked, CatalogImport.confirmed_at.is_not(None)))
        .order_by(CatalogImport.at.desc(), CatalogImport.id)
    )


def last_import(session: Session, supplier_id: UUID) -> UUID | None:
    """The one that was confirmed last; only that one can be undone."""
    return session.scalar(
        select(CatalogImport.id)
        .where(CatalogImport.supplier_id == supplier_id, CatalogImport.confirmed_at.is_not(None))
        .order_by(CatalogImport.confirmed_at.desc(), CatalogImport.id.desc())
        .limit(1)
    )


def own_import(session: Session, actor: Actor, import_id: UUID) -> CatalogImport:
    """One taken-in file, for its supplier's staff and the system alone. Raises Missing."""
    found = session.get(CatalogImport, import_id)
    if found is None:
        raise Missing(import_id=import_id)
    supplier = suppliers.visible(session, actor, found.supplier_id)
    is_own = supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF)
    if not is_own and Role.SYSTEM not in actor.roles:
        raise Missing(import_id=import_id)
    return found


def unanswered(supplier_id: UUID) -> Select[CatalogImport]:
    """Files that wait for a person's word."""
    return (
        select(CatalogImport)
        .where(CatalogImport.supplier_id == supplier_id)
        .where(CatalogImport.state.in_((ImportState.COLUMNS, ImportState.ASKED)))
        .order_by(CatalogImport.at, CatalogImport.id)
    )


def queue(supplier_id: UUID) -> Select[CatalogImport]:
    """The file that is being written, then those that wait for their turn, in this order."""
    return (
        select(CatalogImport)
        .where(CatalogImport.supplier_id == supplier_id)
        .where(CatalogImport.state.in_((ImportState.WAITING, ImportState.WRITING)))
        .order_by(
            CatalogImport.state != ImportState.WRITING,  # first, also of two of the same instant
            CatalogImport.confirmed_at,
            CatalogImport.at,
            CatalogImport.id,
        )
    )


_VILLAGES = (
    select(Village)
    .join(ListingVillage, ListingVillage.village_id == Village.id)
    .where(ListingVillage.listing_id == bindparam("listing_id"))
    .order_by(Village.name)
)


def _ask_villages(session: Session, listing_id: UUID) -> Sequence[Village]:
    return session.scalars(_VILLAGES, {"listing_id": listing_id}).all()


_villages = KeptOf(_ask_villages, newest(Listing), newest(Village))


def villages(session: Session, listing_id: UUID) -> Sequence[Village]:
    """Where the good is grown or made, by name."""
    return _villages(session, listing_id)


_VILLAGES_OF = (
    select(ListingVillage.listing_id, Village)
    .join(Village, ListingVillage.village_id == Village.id)
    .where(ListingVillage.listing_id.in_(bindparam("ids", expanding=True)))
    .order_by(Village.name)
)


def villages_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[Village]]:
    """The same of several listings, asked at once; one without villages is left out."""
    found: dict[UUID, list[Village]] = {}
    for listing_id, village in session.execute(_VILLAGES_OF, {"ids": tuple(ids)}):
        found.setdefault(listing_id, []).append(village)
    return found


def origin(session: Session, found: Listing) -> str:
    """The county of origin as read by people; its code when the tables no longer know it."""
    place = regions.county(session, found.county_code)
    return place.label if place else found.county_code
