"""What is to be invoiced: asked by the buyer, for a union by itself; it follows what is paid."""

from __future__ import annotations

import uuid
from datetime import date

from marketplace.accounts import service as notices
from marketplace.invoices import queries, rules
from marketplace.invoices.models import InvoiceRequest
from marketplace.invoices.states import REQUEST, RequestState
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Forbidden, Missing, Refused, WrongState
from marketplace.kernel.money import Money
from marketplace.kernel.workdays import calendar
from marketplace.orders import queries as orders
from marketplace.orders.models import Order
from marketplace.orders.states import TitleKind
from marketplace.work import Work, move

VERBS = {
    RequestState.ISSUED: "issue",
    RequestState.RED_DUE: "owe_red",
    RequestState.RED_LETTERED: "red_letter",
    RequestState.REQUESTED: "reopen",
    RequestState.WITHDRAWN: "withdraw",
}

_TO_THE_FEN = frozenset({RequestState.ISSUED, RequestState.RED_LETTERED})  # what a buyer has stays


def ask(w: Work, order_id: uuid.UUID, title_id: uuid.UUID | None) -> tuple[InvoiceRequest, ...]:
    """Ask the supplier of an order to invoice each share that is not asked for yet: a union's to
    its own title, the buyer's own money to one of his.

    By the buyer, for a union by its buyer or treasurer. Raises Missing, Forbidden, Refused
    (not_paid_yet, already_asked, title_missing).
    """
    order = orders.row(w.session, order_id, for_change=True)
    roles = orders.roles_for(w.actor, order)
    if not roles:
        raise Missing(order_id=order_id)
    if not roles & queries.BUYERS:
        raise Forbidden(verb="ask")
    return _ask(w, order, title_id)


def ask_for_union(w: Work, order_id: uuid.UUID) -> None:
    """A union needs an invoice for everything; nobody has to ask. Where a union has no record, its
    officers ask. Safe to repeat."""
    order = orders.row(w.session, order_id)
    title = _union_title(w, order.organisation_id)
    if title is None or queries.live_requests(w.session, order_id):
        return
    for share in queries.shares_of(w.session, order):
        if share.net and share.organisation_id is not None:
            _request(w.by_system(), order, share, title)


def ask_as_chosen(w: Work, order_id: uuid.UUID) -> None:
    """A person chose a title while buying: the share of his own money is asked for. Safe to
    repeat."""
    order = orders.row(w.session, order_id)
    chosen = order.purchase.invoice_to
    if not chosen or queries.live_requests(w.session, order_id):
        return
    title = rules.Title(TitleKind(chosen["kind"]), chosen["name"], chosen["code"])
    for share in queries.shares_of(w.session, order):
        if share.net and share.organisation_id is None:
            _request(w.by_system(), order, share, title)


def _ask(w: Work, order: Order, title_id: uuid.UUID | None) -> tuple[InvoiceRequest, ...]:
    live = queries.live_requests(w.session, order.id)
    shares = [share for share in queries.shares_of(w.session, order) if share.net]
    if not shares:
        raise Refused("not_paid_yet", number=order.number)
    open_ = [share for share in shares if share.payer not in live]
    if not open_:
        raise Refused("already_asked", number=order.number)
    return tuple(_request(w, order, share, _title(w, share, title_id)) for share in open_)


def _title(w: Work, share: queries.Share, title_id: uuid.UUID | None) -> rules.Title:
    if share.organisation_id is not None:
        found = _union_title(w, share.organisation_id)
        if found is None:
            raise Refused("union_title_missing")
        return found
    if title_id is None:
        raise Refused("title_missing", field="title")
    own = orders.title(w.session, w.actor, title_id)
    return rules.Title(own.kind, own.name, own.tax_number)


def _union_title(w: Work, organisation_id: uuid.UUID | None) -> rules.Title | None:
    return queries.union_title(w.session, organisation_id) if organisation_id else None


def _request(w: Work, order: Order, share: queries.Share, title: rules.Title) -> InvoiceRequest:
    made = InvoiceRequest(
        id=uuid.uuid4(),
        order_id=order.id,
        supplier_id=order.supplier_id,
        organisation_id=share.organisation_id,
        share=share.source,
        payer=share.payer,
        title_kind=title.kind,
        title_name=title.name,
        title_code=title.code,
        wanted=share.net,
        state=RequestState.REQUESTED,
        asked_at=w.now,
        asked_by=w.actor.person_id,
        due_on=due_from(w),
    )
    w.session.add(made)  # two at once: the index lets one in, the other unit begins anew
    w.record("ask", made, to_state=made.state, amount=share.net.fen, share=share.source)
    tell_supplier(w, made, order, "invoice_asked")
    return made


def due_from(w: Work) -> date:
    """The last working day that the supplier has, from now on."""
    return local_day(calendar().plus(w.now, w.tools.config.invoice_workdays))


def decide(w: Work, request_id: uuid.UUID, verb: str) -> InvoiceRequest:
    """The buyer has the invoice, or does not want one; by the roles that count for the order.

    Raises Missing, Forbidden, WrongState (also where an invoice came in already).
    """
    found = queries.row(w.session, request_id, for_change=True)
    roles = queries.roles_for(w.actor, found)
    if not roles:
        raise Missing(request_id=request_id)
    REQUEST.after(found.state, verb, roles)
    if verb == "withdraw" and queries.invoices_of(w.session, [found.id]):
        raise WrongState(verb=verb, state=found.state)
    move(w, REQUEST, found, verb, number=found.order.number)
    if verb == "deliver":
        found.delivered_at = w.now
    return found


def follow_order(w: Work, order_id: uuid.UUID) -> None:
    """Money of an order goes back: what is to be invoiced shrinks, what is invoiced too much is
    to be taken back. Safe to repeat."""
    live = queries.live_requests(w.session, order_id)
    if not live:
        return
    order = orders.row(w.session, order_id)
    net = {share.payer: share.net for share in queries.shares_of(w.session, order)}
    for payer in sorted(live):
        follow(w, live[payer].id, net)


def follow(w: Work, request_id: uuid.UUID, net: dict[str, Money] | None = None) -> None:
    """Put the request where its sums say; `net` is what each payer paid by now."""
    found = queries.row(w.session, request_id, for_change=True)
    before, found.wanted = found.wanted, (net or {}).get(found.payer, found.wanted)
    if before != found.wanted:
        w.by_system().record("follow", found, wanted=found.wanted.fen, before=before.fen)
    has_red = queries.has_red(w.session, found.id)
    target = rules.standing(found.wanted, found.invoiced, has_red=has_red)
    if target is found.state:
        return
    if found.state is RequestState.DELIVERED and target in _TO_THE_FEN:
        return
    move(w.by_system(), REQUEST, found, VERBS[target], number=found.order.number)
    if target in queries.OPEN:
        found.due_on, found.reminded_at = due_from(w), None
    if target is RequestState.RED_DUE:
        tell_supplier(w, found, found.order, "red_invoice_due")


def tell_supplier(w: Work, found: InvoiceRequest, order: Order, code: str) -> None:
    page = ("invoices.show", {"request_id": str(found.id)})
    told = {"number": order.number, "amount": str(found.wanted), "title": found.title_name}
    notices.notify(w, order.supplier.organisation_id, code, told, at=page)
