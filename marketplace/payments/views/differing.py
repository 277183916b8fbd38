"""Where the gateway's word and our books differ, what banks want back, and the daily comparison."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.payments import queries, service
from marketplace.payments.forms import ClearForm
from marketplace.payments.models import Discrepancy
from marketplace.payments.states import DiscrepancyState
from marketplace.payments.views.blueprint import pages
from marketplace.web import back_to, needs, page, page_number, reading, someone, work
from marketplace.web.words import _


@pages.get("/discrepancies")
@needs(Role.MANAGER, Role.AUDITOR)
def discrepancies() -> ResponseReturnValue:
    with reading() as session:
        found = queries.discrepancies(session, page_number())
        named = queries.payments_named(session, [row.payment_id for row in found.items])
        compared = queries.reconciliations(session)
    return page("payments/discrepancies.html", found=found, named=named, compared=compared)


@pages.get("/discrepancies/<uuid:discrepancy_id>")
@needs(Role.MANAGER, Role.AUDITOR)
def discrepancy(discrepancy_id: uuid.UUID) -> ResponseReturnValue:
    return _discrepancy(discrepancy_id, ClearForm())


@pages.post("/discrepancies/<uuid:discrepancy_id>/clear")
@needs(Role.MANAGER)
def clear(discrepancy_id: uuid.UUID) -> ResponseReturnValue:
    form = ClearForm()
    if not form.validate():
        return _discrepancy(discrepancy_id, form, 422)
    with work() as w:
        service.clear(w, discrepancy_id, form.words())
    return back_to("payments.discrepancies", _("已登记处理结果。"))


@pages.get("/disputes")
@needs(Role.MANAGER, Role.AUDITOR)
def disputes() -> ResponseReturnValue:
    with reading() as session:
        found = queries.disputes(session, page_number())
        named = queries.payments_named(session, [row.payment_id for row in found.items])
    return page("payments/disputes.html", found=found, named=named)


def _discrepancy(
    discrepancy_id: uuid.UUID, form: ClearForm, status: int = 200
) -> ResponseReturnValue:
    with reading() as session:
        row: Discrepancy = queries.discrepancy(session, discrepancy_id)
        named = queries.payments_named(session, [row.payment_id])
    is_open = row.state is DiscrepancyState.OPEN
    return page(
        "payments/discrepancy.html",
        status,
        row=row,
        payment=named.get(row.payment_id) if row.payment_id else None,
        form=form,
        can_clear=is_open and Role.MANAGER in someone().roles,
    )
