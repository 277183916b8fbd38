"""The account that a supplier is paid to: handed in by one person, confirmed by another."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Invalid, Refused
from marketplace.ports.identity import AsksAgain
from marketplace.suppliers import queries, service
from marketplace.suppliers.forms import AccountForm, ConfirmForm, NoteForm
from marketplace.suppliers.models import BankAccount
from marketplace.suppliers.states import AccountState, SupplierState
from marketplace.suppliers.views.blueprint import pages
from marketplace.suppliers.views.dossiers import READERS
from marketplace.web import (
    back_to,
    checked,
    identity,
    kept_files,
    needs,
    now,
    once,
    page,
    reading,
    remember,
    someone,
    work,
)
from marketplace.web.door import runtime
from marketplace.web.words import _

_NOW = frozenset({AccountState.PROPOSED, AccountState.CONFIRMED})


@pages.get("/<uuid:supplier_id>/account")
@needs(*READERS)
def account(supplier_id: uuid.UUID) -> ResponseReturnValue:
    return _page(supplier_id)


@pages.post("/<uuid:supplier_id>/account")
@needs(Role.SUPPLIER_OWNER)
@once
def propose_account(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """The password first, then the scan, both outside the unit of work: they are slow on
    purpose."""
    form = AccountForm()
    if not form.validate():
        return _page(supplier_id, form, 422)
    try:
        proved = _proved(form)
        given = service.received_account(kept_files(), form.account())
        with work() as w:
            service.propose_account(w, supplier_id, given, proved=proved)
            remember(w, url_for("marketplace.suppliers.account", supplier_id=supplier_id))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _page(supplier_id, form, fault.status)
    said = _("已提交，等第二个人核对。核对完成前暂停付款。")
    return back_to("suppliers.account", said, supplier_id=supplier_id)


@pages.post("/accounts/<uuid:account_id>/confirm")
@needs(Role.SUPPLIER_OWNER, Role.REVIEWER)
def confirm_account(account_id: uuid.UUID) -> ResponseReturnValue:
    form = ConfirmForm()
    with reading() as session:
        supplier, _found = queries.account(session, someone(), account_id)
    if not form.validate():
        return _page(supplier.id, confirm=form, status=422)
    try:
        with work() as w:
            service.confirm_account(w, account_id, form.typed())
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _page(supplier.id, confirm=form, status=fault.status)
    return back_to("suppliers.account", _("账户已核对。"), supplier_id=supplier.id)


@pages.post("/accounts/<uuid:account_id>/refuse")
@needs(Role.SUPPLIER_OWNER, Role.REVIEWER)
def refuse_account(account_id: uuid.UUID) -> ResponseReturnValue:
    note = NoteForm().reason()
    with work() as w:
        found = service.refuse_account(w, account_id, note)
    return back_to("suppliers.account", _("已办理。"), supplier_id=found.supplier_id)


@pages.post("/accounts/<uuid:account_id>/withdraw")
@needs(Role.SUPPLIER_OWNER)
def withdraw_account(account_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        found = service.withdraw_account(w, account_id)
    return back_to("suppliers.account", _("已撤回。"), supplier_id=found.supplier_id)


def _proved(form: AccountForm) -> bool:
    """Whether the password was asked for and is right. Raises Invalid, TooManyTries.

    A host that cannot ask again says so on the page: then a reviewer confirms, see docs.
    """
    keeper = identity()
    if not isinstance(keeper, AsksAgain):
        return False
    if not keeper.knows_again(form.password.data or ""):
        raise Invalid("password_again", field="password")
    return True


def _page(
    supplier_id: uuid.UUID,
    form: AccountForm | None = None,
    status: int = 200,
    *,
    confirm: ConfirmForm | None = None,
) -> ResponseReturnValue:
    actor, at, days = someone(), now(), runtime().tools.config.payout_pause_days
    with reading() as session:
        supplier = queries.visible(session, actor, supplier_id)
        found = queries.accounts(session, supplier.id)
        waits = next((one for one in found if one.state is AccountState.PROPOSED), None)
        others = queries.second_owners(session, supplier, waits, days=days, at=at) if waits else ()
        odd = queries.account_findings(waits) if waits else ()
        is_paid = queries.is_paid(session, supplier.id, at)
    form, confirm = form or AccountForm(None), confirm or ConfirmForm(None)
    form.forget()
    confirm.forget()
    roles = queries.roles_for(actor, supplier)
    is_owner = Role.SUPPLIER_OWNER in roles
    return page(
        "suppliers/account.html",
        status,
        supplier=supplier,
        paid=next((one for one in found if one.state is AccountState.CONFIRMED), None),
        past=[one for one in found if one.state not in _NOW],
        waits=waits,
        odd=odd,
        by_reviewer=not others,
        is_paid=is_paid,
        at=now(),
        days=days,
        asks_again=isinstance(identity(), AsksAgain),
        may_propose=is_owner and not waits and supplier.state is SupplierState.APPROVED,
        may_withdraw=is_owner and waits is not None,
        may_confirm=waits is not None and _may_confirm(actor, roles, waits, frozenset(others)),
        form=form,
        confirm=confirm,
        reads_scan=bool(roles & {Role.SUPPLIER_STAFF, Role.REVIEWER}),
    )


def _may_confirm(
    actor: Actor, roles: frozenset[Role], waits: BankAccount, others: frozenset[str]
) -> bool:
    """For the buttons; the service asks again."""
    if waits.proposed_by == actor.person_id:
        return False
    return actor.person_id in others if others else Role.REVIEWER in roles
