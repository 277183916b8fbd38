"""Invoices as they come in: read, compared with what was asked for, counted once."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Update, update

from marketplace.invoices import queries, rules
from marketplace.invoices.models import Invoice, InvoiceRequest
from marketplace.invoices.service.asking import follow, tell_supplier
from marketplace.invoices.states import (
    INVOICE,
    FileKind,
    InvoiceKind,
    InvoiceState,
    RequestState,
)
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, Missing, Refused, SamePerson
from marketplace.kernel.money import ZERO, Money
from marketplace.ports.storage import Storage
from marketplace.work import Work, move


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One invoice with its file; `fapiao` is what was typed, for a file that is not read."""

    file_name: str
    data: bytes
    fapiao: rules.Fapiao | None = None
    on_behalf: str = ""  # why the tax office or the farmer stands there as the seller
    kind: FileKind | None = None
    key: str = ""  # where it was put by, see `received`


def received(storage: Storage, given: HandedIn) -> HandedIn:
    """The same with its file looked into and put by: done before a unit of work.

    Of an XML file what it says counts, whatever was typed. Raises Invalid (invoice_file_…,
    invoice_xml_…, invoice_untyped), Busy.
    """
    if not given.data:
        raise Invalid("invoice_file_missing", field="file")
    kind = rules.file_kind(given.data)
    fapiao = rules.read_xml(given.data) if kind is FileKind.XML else given.fapiao
    if fapiao is None:
        raise Invalid("invoice_untyped", field="number")
    key = f"invoices/{uuid.uuid4()}"
    storage.put(key, given.data)
    return replace(given, fapiao=fapiao, kind=kind, key=key)


def enter(w: Work, request_id: uuid.UUID, given: HandedIn) -> Invoice:
    """Keep one invoice that was `received`. One that names its supplier counts at once, one that
    was issued on behalf when a manager has looked at it. By the supplier's staff.

    Raises Missing, Forbidden, Invalid (invoice_…), Refused (invoice_too_much, red_too_much, …).
    """
    w.undo.append(partial(w.tools.storage.drop, given.key))
    found = queries.row(w.session, request_id, for_change=True)
    roles = queries.roles_for(w.actor, found)
    if not roles:
        raise Missing(request_id=request_id)
    if Role.SUPPLIER_STAFF not in roles:
        raise Forbidden(verb="enter")
    fapiao = given.fapiao
    if fapiao is None or given.kind is None:
        raise Invalid("invoice_untyped", field="number")
    if found.state is RequestState.WITHDRAWN:
        raise Refused("request_withdrawn", number=found.order.number)
    rules.check(fapiao, _wanted(w, found, on_behalf=bool(given.on_behalf)))
    if len(given.data) > w.tools.config.upload_bytes:
        raise Invalid("invoice_file_large", field="file")
    if queries.of_number(w.session, fapiao.number) is not None:
        raise Refused("invoice_number_used", field="number", value=fapiao.number)
    blue = _blue(w, found, fapiao)
    made = _row(w, found, given, blue)
    w.session.add(made)  # the same number at once: the index lets one in, the other begins anew
    w.record("enter", made, to_state=made.state, number=made.number, amount=made.amount.fen)
    if made.state is InvoiceState.COUNTED:
        count(w, found, made)
    else:
        _still_fits(found, made.amount)
    return made


def decide_invoice(w: Work, invoice_id: uuid.UUID, verb: str, note: str) -> Invoice:
    """Accept or refuse one that was issued on behalf. By a manager who is not the supplier's.

    Raises Missing, Forbidden, SamePerson, WrongState, Invalid, Refused (it is too much by now).
    """
    made = queries.invoice(w.session, w.actor, invoice_id)
    found = queries.row(w.session, made.request_id, for_change=True)
    INVOICE.after(made.state, verb, w.actor.roles)
    is_staff = found.supplier.organisation_id in w.actor.organisations(Role.SUPPLIER_STAFF)
    if is_staff or made.entered_by == w.actor.person_id:
        raise SamePerson
    told = rules.note(note) if INVOICE.steps[verb].needs_note else note.strip()
    move(w, INVOICE, made, verb, number=made.number, note=told)
    made.decided_at, made.decided_by, made.note = w.now, w.actor.person_id, told or None
    if made.state is InvoiceState.COUNTED:
        count(w, found, made)
    else:
        tell_supplier(w, found, found.order, "invoice_refused")
    return made


def count(w: Work, found: InvoiceRequest, made: Invoice) -> None:
    """Take it into the sums of its request: never more blue than is wanted, never more red than
    its blue one has. The where clause is the guard, not what was read before."""
    w.session.flush()
    if made.blue_id is not None:
        _redden(w, made)
    more = (
        update(InvoiceRequest)
        .where(InvoiceRequest.id == found.id, InvoiceRequest.invoiced >= -made.amount)
        .values(invoiced=InvoiceRequest.invoiced + made.amount, version=InvoiceRequest.version + 1)
    )
    if made.kind is InvoiceKind.BLUE:
        more = more.where(InvoiceRequest.invoiced + made.amount <= InvoiceRequest.wanted)
    if not _happened(w, more):
        _still_fits(found, made.amount)
        raise Conflict(request_id=found.id)
    w.session.refresh(found)
    follow(w, found.id)


def read_file(w: Work, invoice_id: uuid.UUID) -> Invoice:
    """Whose file is about to be read; the reading stands in the trail. Raises Missing."""
    found = queries.invoice(w.session, w.actor, invoice_id)
    w.record("read_file", found, number=found.number)
    return found


def _wanted(w: Work, found: InvoiceRequest, *, on_behalf: bool) -> rules.Wanted:
    return rules.Wanted(
        title=rules.Title(found.title_kind, found.title_name, found.title_code),
        seller_name=found.supplier.legal_name,
        seller_code=found.supplier.credit_code or "",
        ordered_on=local_day(found.order.purchase.placed_at),
        today=local_day(w.now),
        on_behalf=on_behalf,
    )


def _blue(w: Work, found: InvoiceRequest, fapiao: rules.Fapiao) -> Invoice | None:
    """What a red invoice takes back: a blue one of the same request that counts."""
    if fapiao.amount > ZERO:
        if fapiao.blue_number:
            raise Invalid("red_not_negative", field="amount", value=fapiao.amount)
        return None
    if not fapiao.blue_number:
        raise Invalid("red_without_blue", field="blue_number")
    blue = queries.of_number(w.session, fapiao.blue_number)
    counts = blue is not None and blue.state is InvoiceState.COUNTED
    if blue is None or not counts or blue.request_id != found.id or blue.blue_id is not None:
        raise Refused("red_of_nothing", field="blue_number", value=fapiao.blue_number)
    return blue


def _redden(w: Work, made: Invoice) -> None:
    whole = update(Invoice).where(Invoice.id == made.blue_id)
    taken = whole.where(Invoice.reddened - made.amount <= Invoice.amount).values(
        reddened=Invoice.reddened - made.amount, version=Invoice.version + 1
    )
    blue = w.session.get_one(Invoice, made.blue_id)
    if not _happened(w, taken):
        raise _red_too_much(blue)
    w.session.refresh(blue)


def _red_too_much(blue: Invoice) -> Refused:
    left = blue.amount - blue.reddened
    return Refused("red_too_much", field="amount", number=blue.number, left=left)


def _still_fits(found: InvoiceRequest, amount: Money) -> None:
    """Raises Refused when it is more than is still to be invoiced."""
    if amount > ZERO and found.invoiced + amount > found.wanted:
        still = max(found.wanted - found.invoiced, ZERO)
        raise Refused("invoice_too_much", field="amount", amount=amount, still=still)


def _row(w: Work, found: InvoiceRequest, given: HandedIn, blue: Invoice | None) -> Invoice:
    fapiao = given.fapiao
    if fapiao is None or given.kind is None:
        raise Invalid("invoice_untyped", field="number")
    return Invoice(
        id=uuid.uuid4(),
        request_id=found.id,
        supplier_id=found.supplier_id,
        organisation_id=found.organisation_id,
        number=fapiao.number,
        kind=InvoiceKind.RED if blue else InvoiceKind.BLUE,
        blue_id=blue.id if blue else None,
        issued_on=fapiao.issued_on,
        seller_name=fapiao.seller_name,
        seller_code=fapiao.seller_code[:40],
        buyer_name=fapiao.buyer_name,
        buyer_code=fapiao.buyer_code[:40],
        net=fapiao.net,
        tax=fapiao.tax,
        amount=fapiao.amount,
        items=[item.as_json() for item in fapiao.items],
        file_kind=given.kind,
        file_key=given.key,
        file_name=given.file_name or f"{fapiao.number}.{given.kind.value}",
        file_sha256=hashlib.sha256(given.data).hexdigest(),
        on_behalf=rules.note(given.on_behalf) if given.on_behalf else None,
        state=InvoiceState.WAITING if given.on_behalf else InvoiceState.COUNTED,
        entered_at=w.now,
        entered_by=w.actor.person_id,
    )


def _happened(w: Work, change: Update) -> bool:
    """Whether a guarded update found its row as it had to be."""
    found = w.session.execute(
        change.returning(change.table.c.id), execution_options={"synchronize_session": False}
    )
    return found.first() is not None
