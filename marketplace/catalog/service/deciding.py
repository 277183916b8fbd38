"""Deciding about goods: nothing comes on sale before somebody else has looked at it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from marketplace.catalog import queries, rules
from marketplace.catalog.models import Listing
from marketplace.catalog.service import clock
from marketplace.catalog.service.pricing import price_fault
from marketplace.catalog.service.proposing import supersede
from marketplace.catalog.states import LISTING, ClockStep, ListingState
from marketplace.events import ListingChanged, ReviewAsked, ReviewDecided, ReviewDropped
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused, SamePerson
from marketplace.kernel.reviews import ReviewKind
from marketplace.regions import queries as regions
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.states import SupplierState
from marketplace.work import Work, move


class NotForZone(Refused):
    """The origin is on no list, or the supplier is not in force, at this instant.

    `code` says which: county_not_designated, county_not_known (a list is known here only in part),
    supplier_not_approved, supplier_papers_not_in_force.
    """

    code = "county_not_designated"


def submit(w: Work, listing_id: uuid.UUID) -> Listing:
    """Ask for a listing to be looked at. Raises WrongState, Missing, Invalid
    (words_refused, price_reason_missing)."""
    listing, _ = queries.own_listing(w.session, w.actor, listing_id)
    LISTING.after(listing.state, "submit", w.actor.roles)
    if fault := _unfit(w, listing):
        raise fault
    move(w, LISTING, listing, "submit")
    listing.submitted_at, listing.submitted_by, listing.note = w.now, w.actor.person_id, None
    clock.submitted(w, listing)
    w.announce(
        ReviewAsked(
            w.now,
            ReviewKind.LISTING,
            listing.id,
            listing.supplier_id,
            listing.county_code,
            listing.name,
            w.actor.person_id,
        )
    )
    return listing


def submit_all(w: Work) -> tuple[int, int]:
    """Submit every draft of the actor's own supplier; answers how many, and how many stay because
    of their words or price. What was returned stays: its reasons ask for a look at each.

    Raises Missing.
    """
    supplier = suppliers.own(w.session, w.actor)
    if supplier is None:
        raise Missing
    drafts = w.session.scalars(queries.mine(supplier.id, ListingState.DRAFT)).all()
    fit = [one for one in drafts if not _unfit(w, one)]
    for listing in fit:
        submit(w, listing.id)
    return len(fit), len(drafts) - len(fit)


def _unfit(w: Work, listing: Listing) -> Invalid | None:
    """What the machine finds that stops a submission."""
    said = queries.said(listing)
    return rules.wording_fault(said) or price_fault(w, listing, listing.category, said)


def approve(w: Work, listing_id: uuid.UUID, seen: str) -> Listing:
    """Put on sale what was shown: `seen` is the fingerprint of the content that was looked at.

    Raises SamePerson, NotForZone, WrongState, Refused (listing_changed).
    """
    listing, supplier = _someone_elses(w, listing_id)
    LISTING.after(listing.state, "approve", w.actor.roles)  # the plainest reason is told first
    if seen != listing.fingerprint:  # revised and submitted again meanwhile
        raise Refused("listing_changed")
    _check_supplier(w, supplier, listing)
    check_origin(w, listing.county_code)
    move(w, LISTING, listing, "approve", fingerprint=listing.fingerprint)
    listing.reviewed_supply_price = listing.supply_price
    listing.reviewed_sale_price = listing.sale_price
    clock.end(w, [listing.id])
    _decided(w, listing, None)
    w.announce(ListingChanged(w.now, listing.id))
    return listing


def approve_many(
    w: Work, ticked: Mapping[uuid.UUID, str]
) -> tuple[tuple[Listing, ...], tuple[tuple[Listing, Refused], ...]]:
    """Approve each that may be approved, as it was shown: listing id → fingerprint; answers those,
    and the others with the reason.

    Raises Missing, Forbidden: then nothing is approved.
    """
    approved: list[Listing] = []
    refused: list[tuple[Listing, Refused]] = []
    for listing_id, seen in ticked.items():
        try:
            approved.append(approve(w, listing_id, seen))
        except Refused as fault:
            found, _ = queries.listing(w.session, w.actor, listing_id)
            refused.append((found, fault))
    return tuple(approved), tuple(refused)


def send_back(w: Work, listing_id: uuid.UUID, note: str) -> Listing:
    """Return a listing with the reason. Raises SamePerson, WrongState, Invalid (note_missing)."""
    listing, _ = _someone_elses(w, listing_id)
    if not note.strip():
        raise Invalid("note_missing", field="note")
    move(w, LISTING, listing, "return", note=note.strip())
    clock.begin(w, ClockStep.RETURNED, [clock.timed(listing)])
    _decided(w, listing, note.strip())
    return listing


def withdraw(w: Work, listing_id: uuid.UUID, note: str = "", *, at_once: bool = False) -> Listing:
    """Take a listing out of the zone, by its supplier, or with the reason by a reviewer; `at_once`:
    even from under the hands of a colleague who has claimed it. Raises WrongState, Missing, Invalid
    (note_missing)."""
    listing, supplier = queries.listing(w.session, w.actor, listing_id)
    is_own = supplier.organisation_id in w.actor.organisations(Role.SUPPLIER_STAFF)
    if not is_own and Role.REVIEWER not in w.actor.roles:
        raise Missing(listing_id=listing_id)
    if not is_own and not note.strip():
        raise Invalid("note_missing", field="note")
    waited = listing.state is ListingState.SUBMITTED
    move(w, LISTING, listing, "withdraw", **({} if is_own else {"note": note.strip()}))
    clock.end(w, [listing.id])
    if waited and (is_own or at_once):
        w.announce(ReviewDropped(w.now, ReviewKind.LISTING, listing.id))
    if not is_own:
        _decided(w, listing, note.strip())
    if waiting := queries.open_change(w.session, listing.id):
        supersede(w, waiting)
    w.announce(ListingChanged(w.now, listing.id))
    return listing


def use(w: Work, listing_id: uuid.UUID, verb: str, *, note: str = "", seen: str = "") -> Listing:
    """The verb of the state table by its name, as its button names it; `revise` needs a form.

    Raises Missing for a verb that is no button.
    """
    if verb == "return":
        return send_back(w, listing_id, note)
    if verb == "approve":
        return approve(w, listing_id, seen)
    if verb == "withdraw":
        return withdraw(w, listing_id, note)
    if verb == "submit":
        return submit(w, listing_id)
    raise Missing(verb=verb)


def someone_elses(w: Work, listing_id: uuid.UUID, by: str | None) -> tuple[Listing, Supplier]:
    """For a decision: never by whoever handed it in, nor by the supplier's own staff.

    Raises Missing, SamePerson.
    """
    listing, supplier = queries.listing(w.session, w.actor, listing_id)
    is_staff = supplier.organisation_id in w.actor.organisations(Role.SUPPLIER_STAFF)
    if is_staff or by == w.actor.person_id:
        raise SamePerson
    return listing, supplier


def check_origin(w: Work, county_code: str) -> None:
    """Raises NotForZone when no list that opens the zone names the county now."""
    if not regions.is_designated(w.session, county_code, w.now):
        place = regions.county(w.session, county_code)
        label = place.label if place else county_code
        if unknown := queries.unknown_lists(w.session, county_code, w.now):
            raise NotForZone("county_not_known", county=label, lists="、".join(unknown))
        raise NotForZone(county=label)


def _someone_elses(w: Work, listing_id: uuid.UUID) -> tuple[Listing, Supplier]:
    listing, _ = queries.listing(w.session, w.actor, listing_id)
    if queries.has_written(w.session, listing.id, w.actor.person_id):
        raise SamePerson  # though of the supplier no more, and submitted by somebody else
    return someone_elses(w, listing_id, listing.submitted_by)


def _check_supplier(w: Work, supplier: Supplier, listing: Listing) -> None:
    if supplier.state is not SupplierState.APPROVED:
        raise NotForZone("supplier_not_approved", supplier=supplier.legal_name)
    if not suppliers.sells(w.session, supplier.id, w.now, listing.standing):
        raise NotForZone("supplier_papers_not_in_force", supplier=supplier.legal_name)


def _decided(w: Work, listing: Listing, note: str | None) -> None:
    listing.decided_at, listing.decided_by, listing.note = w.now, w.actor.person_id, note
    _tell(w, listing, note or "")


def _tell(w: Work, listing: Listing, note: str) -> None:
    w.announce(
        ReviewDecided(
            w.now,
            ReviewKind.LISTING,
            listing.id,
            listing.supplier_id,
            listing.name,
            listing.state.value,
            w.actor.person_id,
            note,
        )
    )
