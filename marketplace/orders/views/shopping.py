"""Up to the promise: basket, checkout."""

from __future__ import annotations

import uuid
from dataclasses import replace

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.orders import queries, service
from marketplace.orders.forms import (
    GONE_TITLE,
    NO_ADDRESS,
    CheckoutForm,
    QuantityForm,
    written_ids,
    written_lines,
)
from marketplace.orders.models import Address
from marketplace.orders.views.blueprint import pages
from marketplace.orders.views.showing import place_of
from marketplace.payments import service as payments
from marketplace.web import (
    back_to,
    checked,
    needs,
    now,
    options,
    page,
    reading,
    remark,
    resumes,
    signed_in,
    someone,
    work,
)
from marketplace.web.door import runtime
from marketplace.web.words import _

OFFLINE = payments.OFFLINE


@pages.get("/basket")
@signed_in
def basket() -> ResponseReturnValue:
    return _basket()


@pages.get("/basket/<uuid:listing_id>/wish")
@needs(Role.EMPLOYEE)
def wish(listing_id: uuid.UUID) -> ResponseReturnValue:
    """What somebody wanted to put in before the sign-in; one press puts it in."""
    form = QuantityForm(quantity=request.args.get("quantity", "1"))
    with reading() as session:
        offer = catalog.offer(session, listing_id, now())
    return page("orders/wish.html", listing=offer.listing, form=form)


@pages.post("/basket/<uuid:listing_id>")
@resumes("marketplace.orders.wish", "quantity")
@needs(Role.EMPLOYEE)
def put(listing_id: uuid.UUID) -> ResponseReturnValue:
    form = QuantityForm()
    if not form.validate():
        checked()  # the listing's page is not ours to show again: the refusal is its own page
        raise Invalid("quantity", field="quantity", value=form.quantity.data)
    with work() as w:
        service.put(w, listing_id, form.number())
    return back_to("orders.basket", _("已放进购物车。"))


@pages.post("/basket/<uuid:listing_id>/change")
@needs(Role.EMPLOYEE)
def change(listing_id: uuid.UUID) -> ResponseReturnValue:
    form = QuantityForm()
    if not form.validate():
        checked()
        return _basket(422, blamed=listing_id, words=form.quantity.errors[0])
    with work() as w:
        service.change(w, listing_id, form.number())
    return back_to("orders.basket", _("数量已改。"))


@pages.post("/basket/<uuid:listing_id>/remove")
@needs(Role.EMPLOYEE)
def remove(listing_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.remove(w, [listing_id])
    return back_to("orders.basket", _("已从购物车拿出。"))


@pages.post("/basket/leave-out")
@needs(Role.EMPLOYEE)
def leave_out() -> ResponseReturnValue:
    checked()
    with work() as w:
        service.leave_out(w)
    return back_to("orders.basket", _("现在不能买的商品已经拿出。"))


@pages.get("/checkout")
@needs(Role.EMPLOYEE)
def checkout() -> ResponseReturnValue:
    chosen = request.args.get("address")  # as it was just added
    return _checkout(CheckoutForm(key=uuid.uuid4().hex, credit=True, address=chosen))


@pages.post("/checkout")
@needs(Role.EMPLOYEE)
def place() -> ResponseReturnValue:
    form = CheckoutForm()
    if "recount" in request.form:
        checked()
        return _checkout(form)
    if not form.validate():
        checked()
        return _checkout(form, 422)
    try:
        with work() as w:
            purchase = service.place(w, form.placement())
    except Missing as fault:  # removed in another tab, or never this person's
        if "title_id" in fault.data:
            form.invoice_title.errors = [_(GONE_TITLE)]
        elif "address_id" in fault.data:
            form.address.errors = [_(NO_ADDRESS)]
        else:
            raise
        return _checkout(form, 422)
    except Refused as fault:
        if not form.blame(fault):
            raise
        return _checkout(form, fault.status)
    is_paid = form.own.data == "0"
    told = _("订单已提交，已经付清。") if is_paid else _("订单已提交，请付款。")
    return back_to("orders.purchase", told, purchase_id=purchase.id)


def _basket(
    status: int = 200, *, blamed: uuid.UUID | None = None, words: str = ""
) -> ResponseReturnValue:
    with reading() as session:
        filled = queries.basket(session, someone(), now())
    return page(
        "orders/basket.html",
        status,
        basket=filled,
        blamed=blamed,
        blame=words,
        may_buy=Role.EMPLOYEE in someone().roles,
    )


def _checkout(form: CheckoutForm, status: int = 200) -> ResponseReturnValue:
    """With the freight to the chosen address; what is shown comes back hidden, so whoever agrees to
    another sum presses once more."""
    with reading() as session:
        own = queries.addresses(session, someone())
        _offer_addresses(form, own)
        _offer_tenders(form)
        form.offer_titles(queries.titles(session, someone()), _("先不开，以后在订单里申请"))
        filled = queries.basket(session, someone(), now(), county_code=_county(form, own))
        if filled.is_ready:
            form.total.data, form.lines.data = str(filled.total.fen), written_lines(filled.lines)
        elif request.method != "POST":
            remark(_("购物车里有需要先处理的商品，处理好再结算。"), "wait")
            return redirect(url_for("marketplace.orders.basket"), code=303)
        paying = _paying(form, filled, session)
        goods = [row.listing for one in filled.parcels for row in one.rows]
        _offer_final(form, queries.final_ids(goods))
        shown = {str(address.id): (address, place_of(session, address)) for address in own}
    return page(
        "orders/checkout.html",
        status,
        form=form,
        basket=filled,
        addresses=shown,
        paying=paying,
        final=queries.final_reasons(goods),
        is_offline_card=runtime().tools.card.name == OFFLINE,
    )


def _paying(form: CheckoutForm, filled: queries.Basket, session: Session) -> queries.Paying:
    """Of this instant, and what the form brings back as seen; a voucher that does not count is told
    beside its field."""
    wanted = form.pay_with()
    try:
        found = queries.paying(session, someone(), filled, wanted, now())
    except Refused as fault:
        if not form.voucher.errors:
            form.blame(fault)
        found = queries.paying(session, someone(), filled, replace(wanted, voucher=""), now())
    form.own.data = str(found.own.fen)
    return found


def _offer_tenders(form: CheckoutForm) -> None:
    offered = set(payments.tenders(runtime().tools))
    form.tender.choices = [choice for choice in form.tender.choices if choice.value in offered]


def _offer_final(form: CheckoutForm, final: frozenset[uuid.UUID]) -> None:
    """A tick stands for what was shown beside it: what has come since is ticked anew."""
    if not {str(one) for one in final}.issubset((form.final.data or "").split(",")):
        form.no_return.data = False
    form.final.data = written_ids(final)


def _county(form: CheckoutForm, own: tuple[Address, ...]) -> str:
    """The code of where the chosen address is; empty while there is none."""
    return next((one.county_code for one in own if str(one.id) == form.address.data), "")


def _offer_addresses(form: CheckoutForm, own: tuple[Address, ...]) -> None:
    """The usual one is chosen until another one is."""
    form.address.choices = options((str(address.id), address.recipient) for address in own)
    is_known = form.address.data in {choice.value for choice in form.address.choices}
    if own and not is_known and request.method != "POST":
        form.address.data = str(own[0].id)
