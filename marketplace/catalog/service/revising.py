"""Changing what is said of a good. What is on sale stands as it is until a change-set is through:
the whole of it at once, by a person who saw it or by a rule, never a part."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from marketplace.catalog import queries, rules
from marketplace.catalog.models import ChangeSet, Listing
from marketplace.catalog.queries import Placing
from marketplace.catalog.rules import Content, Goods
from marketplace.catalog.service import clock
from marketplace.catalog.service.deciding import NotForZone, check_origin, someone_elses
from marketplace.catalog.service.grouping import free_variant, join_group, shared_edit
from marketplace.catalog.service.pricing import price_fault
from marketplace.catalog.service.proposing import carry, let_through, record, supersede, timed
from marketplace.catalog.service.writing import change, content_of, free_sku, put
from marketplace.catalog.states import CHANGE, LISTING, ClockStep, ListingState
from marketplace.events import ListingChanged, ReviewDecided
from marketplace.kernel.errors import Invalid, Missing, Refused, WrongState
from marketplace.kernel.money import Money
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries as suppliers
from marketplace.work import Work, move

# what changes the price of 500 g, or what it is compared with
PRICED = frozenset({"sale_price", "net_content", "spec", "unit", "category"})


@dataclass(frozen=True, slots=True)
class Revised:
    """What an edit became, and the names of other sizes that moved with it because they share
    `shared`: back to drafts, or waiting as proposals."""

    change: ChangeSet | None
    shared: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def revise(w: Work, listing_id: uuid.UUID, goods: Goods) -> ChangeSet | None:
    """Change what is said of a good. On sale it becomes a change-set, which is answered; otherwise
    it is a draft now. The same words again leave it as it is, unless it was withdrawn. What all
    sizes of a good share is changed for all of them.

    Raises Invalid (what does not hold, with its field; for what is on sale words_refused and
    price_reason_missing too), Refused (sku_taken, and as `grouping.join_group`), Missing.
    """
    return revise_group(w, listing_id, goods).change


def revise_group(w: Work, listing_id: uuid.UUID, goods: Goods) -> Revised:
    """The same, with what became of the other sizes. Raises as `revise` does."""
    listing, supplier = queries.own_listing(w.session, w.actor, listing_id)
    placed = Placing(w.session, w.now).place(goods)
    free_sku(w, supplier.id, goods.sku, listing.id)
    waiting = queries.open_change(w.session, listing.id)
    photos = waiting.content[rules.PHOTOS] if waiting else listing.photos
    content = content_of(goods, placed, photos)
    before = queries.content(w.session, listing)
    if before["group_code"] == content["group_code"]:
        free_variant(w, supplier.id, content, listing.sku)
    else:
        join_group(w, supplier.id, content, listing.sku)
    for_all = shared_edit(before, content)
    others = queries.siblings(w.session, supplier.id, listing.group_code) if for_all else ()
    made = _say(w, listing, content)
    drafts: list[str] = []
    asked: list[str] = []
    for other in others:
        if other.id == listing.id or other.state is ListingState.WITHDRAWN:
            continue
        was = other.state
        change = _say(w, other, {**_meant(w, other), **for_all})
        if other.state is ListingState.DRAFT and was is not ListingState.DRAFT:
            drafts.append(other.name)
        elif change is not None and not change.rules:
            asked.append(other.name)
    return Revised(made, tuple(for_all), tuple(drafts), tuple(asked))


def _say(w: Work, listing: Listing, content: Content) -> ChangeSet | None:
    """A good says this now, or would once its change-set is through."""
    if listing.state is ListingState.ON_SALE:
        _check(w, listing, queries.content(w.session, listing), content)
        return propose(w, listing, content)
    same = rules.fingerprint_of(content) == listing.fingerprint
    if not same or listing.state is ListingState.WITHDRAWN:
        change(w, listing, content)
    return None


def _meant(w: Work, listing: Listing) -> Content:
    """What a good says, or is about to say."""
    waiting = queries.open_change(w.session, listing.id)
    return waiting.content if waiting else queries.content(w.session, listing)


def reprice(w: Work, listing_id: uuid.UUID, supply: Money, sale: Money) -> ChangeSet | None:
    """Other prices for a good on sale, and nothing else: a cut, or a small rise, counts at once.
    A proposal that waits takes the new prices over, unless it has prices of its own.

    Raises Missing, WrongState (not on sale), Invalid.
    """
    listing, _ = queries.own_listing(w.session, w.actor, listing_id)
    if listing.state is not ListingState.ON_SALE:
        raise WrongState(verb="edit", state=listing.state)
    rules.check_two_prices(supply, sale)
    prices = {"supply_price": supply.fen, "sale_price": sale.fen}
    before = queries.content(w.session, listing)
    waiting = queries.open_change(w.session, listing.id)
    _check(w, listing, before, {**before, **prices})
    passed = let_through(w, listing, before, {**before, **prices})
    if waiting is None or not passed:
        said = waiting.content if waiting else before
        return propose(w, listing, {**said, **prices})
    done = record(w, listing, before, {**before, **prices}, passed)
    _apply(w, listing, done)
    carry(w, waiting, queries.content(w.session, listing))
    return done


def approve_change(w: Work, change_id: uuid.UUID, seen: str) -> ChangeSet:
    """Apply exactly what was shown: `seen` is the `rules.seen_of` it.

    Raises SamePerson, WrongState, NotForZone, Refused (change_changed: another proposal, or the
    listing has moved since; sku_taken; variant_taken).
    """
    found, listing = _to_decide(w, change_id)
    CHANGE.after(found.state, "approve", w.actor.roles)
    if seen != rules.seen_of(found.base, found.fingerprint) or found.base != listing.fingerprint:
        raise Refused("change_changed")
    if "county" in found.fields:
        check_origin(w, found.content["county"])
    free_sku(w, listing.supplier_id, found.content["sku"], listing.id)
    free_variant(w, listing.supplier_id, found.content, listing.sku)
    move(w, CHANGE, found, "approve", fingerprint=found.fingerprint)
    _decided(w, listing, found, None)
    stood, sold = listing.standing, _sells(w, listing)
    _apply(w, listing, found)
    if (sold or stood != listing.standing) and not _sells(w, listing):
        raise NotForZone("goods_papers_missing")  # it needs more papers now than it has
    for name in sorted(rules.PRICES & set(found.fields)):  # others were not what was asked about
        setattr(listing, f"reviewed_{name}", getattr(listing, name))
    return found


def refuse_change(w: Work, change_id: uuid.UUID, note: str) -> ChangeSet:
    """The listing stays as it is, for the reason given. Raises SamePerson, WrongState, Invalid."""
    found, listing = _to_decide(w, change_id)
    if not note.strip():
        raise Invalid("note_missing", field="note")
    move(w, CHANGE, found, "refuse", note=note.strip())
    _decided(w, listing, found, note.strip())
    return found


def withdraw_change(w: Work, change_id: uuid.UUID) -> ChangeSet:
    """Its supplier takes a proposal back. Raises Missing, WrongState."""
    found, _, _ = queries.own_change(w.session, w.actor, change_id)
    supersede(w, found, "withdraw")
    return found


def use_change(w: Work, change_id: uuid.UUID, verb: str, *, note: str, seen: str) -> ChangeSet:
    """The reviewer's verb by its name. Raises Missing for one that is none."""
    if verb == "approve":
        return approve_change(w, change_id, seen)
    if verb == "refuse":
        return refuse_change(w, change_id, note)
    raise Missing(verb=verb)


def _check(w: Work, listing: Listing, before: Content, content: Content) -> None:
    """Raises Invalid (words_refused, price_reason_missing) for what may not be on sale."""
    rules.check_wording(content)
    if PRICED & set(rules.changed(before, content)):
        fault = price_fault(w, listing, content["category"], content)
        if fault is not None:
            raise fault


def propose(w: Work, listing: Listing, content: Content) -> ChangeSet | None:
    """What is on sale would say this; through at once by a rule, or waiting for a person. Nothing
    is answered when it says so already."""
    before = queries.content(w.session, listing)
    waiting = queries.open_change(w.session, listing.id)
    mark = rules.fingerprint_of(content)
    if waiting and (waiting.fingerprint, waiting.base) == (mark, listing.fingerprint):
        return waiting
    if waiting:
        same = mark == listing.fingerprint
        supersede(w, waiting, "withdraw" if same else "supersede")
    passed = let_through(w, listing, before, content)
    if mark == listing.fingerprint:
        return None
    made = record(w, listing, before, content, passed)
    if passed:
        _apply(w, listing, made)
    else:
        clock.begin(w, ClockStep.CHANGE, [timed(listing, made)])
    return made


def _apply(w: Work, listing: Listing, found: ChangeSet) -> None:
    """Everything the edit says, in one unit of work; who is about to buy looks again."""
    before = {name: found.before[name] for name in ("sale_price", "supply_price")}
    put(w, listing, found.content)
    move(
        w, LISTING, listing, "edit",
        change=found.id, before=before, fingerprint=listing.fingerprint,
    )  # fmt: skip
    w.announce(ListingChanged(w.now, listing.id))


def _sells(w: Work, listing: Listing) -> bool:
    return suppliers.sells(w.session, listing.supplier_id, w.now, listing.standing)


def _to_decide(w: Work, change_id: uuid.UUID) -> tuple[ChangeSet, Listing]:
    """For a decision: never by whoever proposed it, nor by the supplier's own staff."""
    found, _, _ = queries.change(w.session, w.actor, change_id)
    listing, _ = someone_elses(w, found.listing_id, found.by)
    return found, listing


def _decided(w: Work, listing: Listing, found: ChangeSet, note: str | None) -> None:
    found.decided_at, found.decided_by, found.note = w.now, w.actor.person_id, note
    clock.end(w, [found.id])
    w.announce(
        ReviewDecided(
            w.now,
            ReviewKind.CHANGE,
            found.id,
            found.supplier_id,
            listing.name,
            found.state.value,
            w.actor.person_id,
            note or "",
        )
    )
