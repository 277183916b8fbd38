"""Pages of the supplier: its goods, and one of them."""

from __future__ import annotations

import uuid

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalog import queries, rules, service
from marketplace.catalog.forms import GoodsForm, NewGoodsForm, StockForm, said_of
from marketplace.catalog.models import Listing
from marketplace.catalog.states import LISTING, ListingState
from marketplace.catalog.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.web import (
    back_to,
    checked,
    needs,
    now,
    page,
    page_number,
    paged,
    reading,
    someone,
    work,
)
from marketplace.web.words import _


@pages.get("/listings")
@needs(Role.SUPPLIER_STAFF)
def mine() -> ResponseReturnValue:
    wanted = request.args.get("state", "")
    state = ListingState(wanted) if wanted in set(ListingState) else None
    with reading() as session:
        supplier = suppliers.own(session, someone())
        if supplier is None:
            return redirect(url_for("marketplace.suppliers.register"))
        return page(
            "catalog/mine.html",
            supplier=supplier,
            state=state,
            counts=queries.counts(session, supplier.id),
            listings=paged(session, queries.mine(supplier.id, state), page_number()),
        )


@pages.post("/listings/submit-all")
@needs(Role.SUPPLIER_STAFF)
def submit_all() -> ResponseReturnValue:
    checked()
    with work() as w:
        count = service.submit_all(w)
    return back_to("catalog.mine", _("已提交 %(n)s 件，等待审核。", n=count))


@pages.get("/listings/new")
@needs(Role.SUPPLIER_STAFF)
def new() -> ResponseReturnValue:
    supplier = own_supplier()
    return page("catalog/edit.html", form=NewGoodsForm(), listing=None, supplier=supplier)


@pages.post("/listings/new")
@needs(Role.SUPPLIER_STAFF)
def draft() -> ResponseReturnValue:
    form, supplier = NewGoodsForm(), own_supplier()
    if not form.validate():
        return page("catalog/edit.html", 422, form=form, listing=None, supplier=supplier)
    try:
        with work() as w:
            made = service.draft(w, supplier.id, form.goods(), int(form.stock.data))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return page("catalog/edit.html", fault.status, form=form, listing=None, supplier=supplier)
    return back_to("catalog.show", _("已存为草稿。"), listing_id=made.id)


@pages.get("/listings/<uuid:listing_id>")
@needs(Role.SUPPLIER_STAFF)
def show(listing_id: uuid.UUID) -> ResponseReturnValue:
    return _listing(listing_id)


@pages.get("/listings/<uuid:listing_id>/edit")
@needs(Role.SUPPLIER_STAFF)
def edit(listing_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        listing, supplier = queries.own_listing(session, someone(), listing_id)
        villages = "、".join(village.name for village in queries.villages(session, listing.id))
        said = said_of(listing, listing.county_code, villages)
    return page("catalog/edit.html", form=GoodsForm(**said), listing=listing, supplier=supplier)


@pages.post("/listings/<uuid:listing_id>/edit")
@needs(Role.SUPPLIER_STAFF)
def revise(listing_id: uuid.UUID) -> ResponseReturnValue:
    form = GoodsForm()
    with reading() as session:
        listing, supplier = queries.own_listing(session, someone(), listing_id)
    if not form.validate():
        return page("catalog/edit.html", 422, form=form, listing=listing, supplier=supplier)
    try:
        with work() as w:
            service.revise(w, listing_id, form.goods())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return page(
            "catalog/edit.html", fault.status, form=form, listing=listing, supplier=supplier
        )
    return back_to("catalog.show", _("已保存。"), listing_id=listing_id)


@pages.post("/listings/<uuid:listing_id>/stock")
@needs(Role.SUPPLIER_STAFF)
def set_stock(listing_id: uuid.UUID) -> ResponseReturnValue:
    form = StockForm()
    if not form.validate():
        return _listing(listing_id, form, 422)
    try:
        with work() as w:
            service.set_stock(w, listing_id, int(form.stock.data))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _listing(listing_id, form, fault.status)
    return back_to("catalog.show", _("库存已更新。"), listing_id=listing_id)


@pages.post("/listings/<uuid:listing_id>/<verb>")
@needs(Role.SUPPLIER_STAFF)
def use(listing_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table that a supplier has a button for."""
    if verb not in {"submit", "withdraw"}:
        raise Missing
    checked()
    with work() as w:
        service.use(w, listing_id, verb)
    return back_to("catalog.show", _("已办理。"), listing_id=listing_id)


def own_supplier() -> Supplier:
    with reading() as session:
        supplier = suppliers.own(session, someone())
    if supplier is None:
        raise Refused("not_registered")
    return supplier


def _listing(
    listing_id: uuid.UUID, form: StockForm | None = None, status: int = 200
) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        listing, supplier = queries.own_listing(session, actor, listing_id)
        return page(
            "catalog/show.html",
            status,
            listing=listing,
            supplier=supplier,
            checks=queries.checks(session, actor, listing, supplier, at=now()),
            origin=queries.origin(session, listing),
            category=rules.category(listing.category),
            villages=queries.villages(session, listing.id),
            verbs_open=_buttons(listing),
            decide_url=lambda verb: url_for(
                "marketplace.catalog.use", listing_id=listing.id, verb=verb
            ),
            stock_form=form or StockForm(stock=str(listing.received)),
        )


def _buttons(listing: Listing) -> list[object]:
    """What staff may do by a button; `revise` is the form."""
    steps = LISTING.open_verbs(listing.state, {Role.SUPPLIER_STAFF})
    return [step for step in steps if step.verb != "revise"]
