"""Pages of the supplier: its goods, and one of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.adapters.photos import MOST_BYTES
from marketplace.catalog import queries, rules, service
from marketplace.catalog.forms import (
    ComparisonForm,
    GoodsForm,
    NewGoodsForm,
    PhotosForm,
    PriceForm,
    ReasonForm,
    StockForm,
    said_of,
)
from marketplace.catalog.models import ChangeSet, Listing
from marketplace.catalog.service import Revised
from marketplace.catalog.states import LISTING, ChangeState, ListingState
from marketplace.catalog.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.rules.kinds import kinds_for
from marketplace.suppliers.states import PaperScope
from marketplace.web import (
    MarketForm,
    back_to,
    checked,
    kept_files,
    needs,
    now,
    page,
    page_number,
    paged,
    reading,
    remark,
    settings,
    someone,
    takes,
    work,
)
from marketplace.web.words import _, words

ROOM = 4 * MOST_BYTES  # of one form: a few large photographs, or nine as telephones make them


@pages.get("/listings")
@needs(Role.SUPPLIER_STAFF)
def mine() -> ResponseReturnValue:
    wanted = request.args.get("state", "")
    state = ListingState(wanted) if wanted in set(ListingState) else None
    with reading() as session:
        supplier = suppliers.own(session, someone())
        if supplier is None:
            return redirect(url_for("marketplace.suppliers.register"))
        group = request.args.get("group", "")[:40]
        listings = paged(session, queries.mine(supplier.id, state, group), page_number())
        codes = {one.group_code for one in listings.items}
        return page(
            "catalog/mine.html",
            supplier=supplier,
            state=state,
            group=group,
            sizes=queries.group_sizes(session, supplier.id, codes),
            counts=queries.counts(session, supplier.id),
            listings=listings,
            stands=queries.stands(session, listings.items, now()),
        )


@pages.post("/listings/submit-all")
@needs(Role.SUPPLIER_STAFF)
def submit_all() -> ResponseReturnValue:
    checked()
    with work() as w:
        count, kept = service.submit_all(w)
    if kept:
        remark(
            _(
                "%(n)s 件没有提交：写了不能用的词，或价格离同类太远还没有说明；打开商品看原因。",
                n=kept,
            ),
            "warning",
        )
    return back_to("catalog.mine", _("已提交 %(n)s 件，等待审核。", n=count))


@pages.get("/listings/new")
@needs(Role.SUPPLIER_STAFF)
def new() -> ResponseReturnValue:
    own_supplier()
    return page("catalog/edit.html", form=NewGoodsForm(), listing=None)


@pages.post("/listings/new")
@takes(ROOM)
@needs(Role.SUPPLIER_STAFF)
def draft() -> ResponseReturnValue:
    form, supplier = NewGoodsForm(), own_supplier()
    if not form.validate():
        return page("catalog/edit.html", 422, form=form, listing=None)
    try:
        stock, added = int(form.stock.data), service.receive(kept_files(), form.files())
        with work() as w:
            made = service.draft_with_photos(w, supplier.id, form.goods(), stock, added)
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return page("catalog/edit.html", fault.status, form=form, listing=None)
    return back_to("catalog.show", _("已存为草稿。"), listing_id=made.id)


@pages.get("/listings/<uuid:listing_id>")
@needs(Role.SUPPLIER_STAFF)
def show(listing_id: uuid.UUID) -> ResponseReturnValue:
    return listing_page(listing_id)


@pages.get("/listings/<uuid:listing_id>/edit")
@needs(Role.SUPPLIER_STAFF)
def edit(listing_id: uuid.UUID) -> ResponseReturnValue:
    """What is said of the good, or would be once its waiting edit is approved."""
    with reading() as session:
        listing, _supplier = queries.own_listing(session, someone(), listing_id)
        waiting = queries.open_change(session, listing.id)
        content = waiting.content if waiting else queries.content(session, listing)
        villages = "、".join(queries.village_names(session, content["villages"]))
    return _edit_page(listing, GoodsForm(**said_of(content, villages)), waiting=waiting)


@pages.post("/listings/<uuid:listing_id>/edit")
@needs(Role.SUPPLIER_STAFF)
def revise(listing_id: uuid.UUID) -> ResponseReturnValue:
    form = GoodsForm()
    with reading() as session:
        listing, _supplier = queries.own_listing(session, someone(), listing_id)
        waiting = queries.open_change(session, listing.id)
    if not form.validate():
        return _edit_page(listing, form, 422, waiting=waiting)
    try:
        with work() as w:
            done = service.revise_group(w, listing_id, form.goods())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _edit_page(listing, form, fault.status, waiting=waiting)
    _tell_sizes(done)
    return back_to("catalog.show", saved(done.change), listing_id=listing_id)


@pages.post("/listings/<uuid:listing_id>/price")
@needs(Role.SUPPLIER_STAFF)
def reprice(listing_id: uuid.UUID) -> ResponseReturnValue:
    form = PriceForm()
    if not form.validate():
        return listing_page(listing_id, 422, price_form=form)
    try:
        with work() as w:
            change = service.reprice(w, listing_id, *form.prices())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return listing_page(listing_id, fault.status, price_form=form)
    return back_to("catalog.show", saved(change), listing_id=listing_id)


@pages.post("/changes/<uuid:change_id>/withdraw")
@needs(Role.SUPPLIER_STAFF)
def withdraw_change(change_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        taken_back = service.withdraw_change(w, change_id)
    return back_to(
        "catalog.show", _("修改已撤回，商品照原样在售。"), listing_id=taken_back.listing_id
    )


@pages.post("/listings/<uuid:listing_id>/stock")
@needs(Role.SUPPLIER_STAFF)
def set_stock(listing_id: uuid.UUID) -> ResponseReturnValue:
    form = StockForm()
    if not form.validate():
        return listing_page(listing_id, 422, stock_form=form)
    try:
        with work() as w:
            service.set_stock(w, listing_id, int(form.stock.data))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return listing_page(listing_id, fault.status, stock_form=form)
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


def _edit_page(
    listing: Listing, form: GoodsForm, status: int = 200, *, waiting: ChangeSet | None
) -> ResponseReturnValue:
    return page("catalog/edit.html", status, form=form, listing=listing, waiting=waiting)


def _tell_sizes(done: Revised) -> None:
    """What became of the other sizes, and why."""
    why = "、".join(_(f"field.{name}") for name in done.shared)
    if done.drafts:
        told = {"why": why, "names": "、".join(done.drafts)}
        remark(
            _("各规格共有的%(why)s改了，这些回到草稿，请重新提交：%(names)s。", **told), "warning"
        )
    if done.waiting:
        told = {"why": why, "names": "、".join(done.waiting)}
        remark(_("各规格共有的%(why)s改了，在售的这些一起等审核：%(names)s。", **told), "warning")


def saved(change: ChangeSet | None) -> str:
    """What became of an edit, in words."""
    if change is None:
        return _("已保存。")
    if change.rules:
        return _("修改已生效。")
    return _("修改已提交，等待审核；通过之前商品照原样在售。")


def listing_page(
    listing_id: uuid.UUID, status: int = 200, **forms: MarketForm
) -> ResponseReturnValue:
    """One good with everything its supplier may do; `forms` are those that were refused."""
    actor = someone()
    with reading() as session:
        listing, supplier = queries.own_listing(session, actor, listing_id)
        edits = queries.changes_of(session, listing.id)
        waiting = next((one for one in edits if one.state is ChangeState.PROPOSED), None)
        lang, said = words().language, queries.said(listing)
        return page(
            "catalog/show.html",
            status,
            listing=listing,
            supplier=supplier,
            conditions=queries.conditions(session, actor, listing, supplier, at=now()),
            can_act=suppliers.takes_papers(supplier),
            own_kinds=kinds_for(PaperScope.PRODUCT),
            origin=queries.origin(session, listing),
            category=rules.category(listing.category),
            villages=queries.villages(session, listing.id),
            spent=queries.time_spent(session, listing, now()),
            wording=rules.wording(said),
            verbs_open=_buttons(listing),
            decide_url=lambda verb: url_for(
                "marketplace.catalog.use", listing_id=listing.id, verb=verb
            ),
            **(_forms(listing, queries.photos_said(session, listing)) | forms),
            rise_percent=settings().price_rise_percent,
            fair=queries.fairness(session, settings(), listing.category, said),
            compared=queries.comparisons(session, listing.id),
            distance_percent=settings().price_distance_percent,
            reads_files=True,
            waiting=waiting,
            differences=queries.differences(session, waiting, lang) if waiting else (),
            changes=[one for one in edits if one is not waiting],
        )


def _forms(listing: Listing, photos: Sequence[str]) -> dict[str, MarketForm | None]:
    """The small forms of the page, as they stand before anything is typed."""
    prices = {"supply_price": listing.supply_price.yuan, "sale_price": listing.sale_price.yuan}
    return {
        "stock_form": StockForm(stock=str(listing.received)),
        "price_form": PriceForm(**prices) if listing.state is ListingState.ON_SALE else None,
        "reason_form": ReasonForm(price_reason=listing.price_reason),
        "comparison_form": ComparisonForm(),
        "photos_form": PhotosForm(photos),
    }


def _buttons(listing: Listing) -> list[object]:
    """What staff may do by a button; `revise` and `edit` are the form."""
    steps = LISTING.open_verbs(listing.state, {Role.SUPPLIER_STAFF})
    return [step for step in steps if step.verb not in {"revise", "edit"}]
