"""Payouts: what waits, what is in a run, what the bank said. For those who look after the money."""

from __future__ import annotations

import uuid

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.settlement import queries, service
from marketplace.settlement.forms import PaidForm, ReturnedForm, chosen_payouts
from marketplace.settlement.states import RUN, PayoutState, RunState
from marketplace.settlement.views.blueprint import pages
from marketplace.suppliers.rules import last_four
from marketplace.web import (
    MarketForm,
    back_to,
    checked,
    download,
    needs,
    once,
    page,
    page_number,
    reading,
    remember,
    someone,
    work,
)
from marketplace.web.words import _

OVERSEERS = (Role.MANAGER, Role.AUDITOR)


@pages.get("/payouts")
@needs(*OVERSEERS)
def payouts() -> ResponseReturnValue:
    with reading() as session:
        return page(
            "settlement/payouts.html",
            proposals=queries.proposals(session),
            under_way=queries.under_way(session),
            runs=queries.runs(session, page_number()),
            can_make=Role.MANAGER in someone().roles,
            last_four=last_four,
        )


@pages.post("/runs")
@needs(Role.MANAGER)
@once
def make_run() -> ResponseReturnValue:
    checked()
    chosen = chosen_payouts()
    with work() as w:
        made = service.make_run(w, chosen)
        remember(w, url_for("marketplace.settlement.run", run_id=made.id))
    return back_to("settlement.run", _("已编成批次，请另一位经理复核放款。"), run_id=made.id)


@pages.get("/runs/<uuid:run_id>")
@needs(*OVERSEERS)
def run(run_id: uuid.UUID) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        found = queries.run(session, run_id)
        rows = queries.payouts_in(session, run_id)
    is_own = found.made_by == actor.person_id
    verbs = [
        one
        for one in RUN.open_verbs(found.state, actor.roles)
        if not (is_own and one.verb == "release")
    ]
    return page(
        "settlement/run.html",
        run=found,
        rows=rows,
        verbs_open=verbs,
        waits_for_another=is_own and found.state is RunState.PREPARED,
        decide_url=lambda verb: url_for(
            "marketplace.settlement.decide_run", run_id=run_id, verb=verb
        ),
        can_fetch=found.state is RunState.RELEASED and Role.MANAGER in actor.roles,
        last_four=last_four,
    )


@pages.post("/runs/<uuid:run_id>/<verb>")
@needs(Role.MANAGER)
def decide_run(run_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table."""
    if verb not in RUN.steps:
        raise Missing
    checked()
    with work() as w:
        service.release(w, run_id) if verb == "release" else service.withdraw_run(w, run_id)
    return back_to("settlement.run", _("已办理。"), run_id=run_id)


@pages.get("/runs/<uuid:run_id>/bank.csv")
@needs(Role.MANAGER)
def bank_file(run_id: uuid.UUID) -> ResponseReturnValue:
    """For the bank; who fetched it is written down, because it holds whole account numbers."""
    encoding = request.args.get("encoding", "gb18030")
    with work() as w:
        found, data = service.give_file(w, run_id, encoding)
    return download(data, f"{found.number}.csv", f"text/csv; charset={encoding}")


@pages.get("/payouts/<uuid:payout_id>")
@needs(*OVERSEERS)
def payout(payout_id: uuid.UUID) -> ResponseReturnValue:
    return _payout(payout_id, PaidForm(), ReturnedForm())


@pages.post("/payouts/<uuid:payout_id>/paid")
@needs(Role.MANAGER)
def note_paid(payout_id: uuid.UUID) -> ResponseReturnValue:
    form = PaidForm()
    if not form.validate():
        return _payout(payout_id, form, ReturnedForm(), 422)
    try:
        with work() as w:
            service.note_paid(w, payout_id, form.reference())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _payout(payout_id, form, ReturnedForm(), fault.status)
    return back_to("settlement.payout", _("已登记付款。"), payout_id=payout_id)


@pages.post("/payouts/<uuid:payout_id>/returned")
@needs(Role.MANAGER)
def note_returned(payout_id: uuid.UUID) -> ResponseReturnValue:
    form = ReturnedForm()
    if not form.validate():
        return _payout(payout_id, PaidForm(), form, 422)
    with work() as w:
        service.note_returned(w, payout_id, form.text())
    return back_to("settlement.payout", _("已登记退回，货款仍应付给供应商。"), payout_id=payout_id)


def _payout(
    payout_id: uuid.UUID, paid: MarketForm, returned: MarketForm, status: int = 200
) -> ResponseReturnValue:
    with reading() as session:
        row = queries.payout(session, payout_id)
    is_open = row.payout.state is PayoutState.RELEASED and Role.MANAGER in someone().roles
    return page(
        "settlement/payout.html",
        status,
        row=row,
        paid=paid,
        returned=returned,
        is_open=is_open,
        tail=last_four(row.account.number),
    )
