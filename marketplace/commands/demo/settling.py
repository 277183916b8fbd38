"""What suppliers are owed for the last period: one is paid, one disputes, others are asked."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from marketplace.commands.demo.delivering import MANAGER
from marketplace.commands.demo.stage import Stage
from marketplace.settlement import queries, service
from marketplace.settlement.models import SupplierStatement

SECOND = "second-manager"
PAID, CONFIRMS, DISPUTES, ASKED = "jiashi", "zhashui", "huize", "sandu"
OBJECTION = "有一箱洋芋买家少收了，运费应该按两单算，请核对。"


def plan(stage: Stage) -> None:
    """Days are working days before today, as everywhere in the script."""
    stage.plan(3, "09:05", partial(_make, stage))
    for supplier in (PAID, CONFIRMS, DISPUTES):
        stage.plan(3, "09:40", partial(_decide, stage, supplier, "issue", MANAGER))
    stage.plan(3, "14:20", partial(_decide, stage, DISPUTES, "dispute", f"{DISPUTES}-staff"))
    for supplier in (PAID, CONFIRMS):
        stage.plan(2, "10:10", partial(_decide, stage, supplier, "confirm", f"{supplier}-staff"))
    stage.plan(2, "15:20", partial(_send, stage))
    stage.plan(1, "11:15", partial(_note_paid, stage))
    stage.plan(1, "16:45", partial(_decide, stage, ASKED, "issue", MANAGER))


def _make(stage: Stage) -> None:
    with stage.work() as w:
        service.make_statements(w)


def _decide(stage: Stage, supplier: str, verb: str, who: str) -> None:
    with stage.work(who) as w:
        own = SupplierStatement.supplier_id == stage.ids[f"supplier:{supplier}"]
        for statement_id in w.session.scalars(select(SupplierStatement.id).where(own)).all():
            service.decide(w, statement_id, verb, OBJECTION)


def _send(stage: Stage) -> None:
    """One manager makes the run, the other one releases it and fetches the file for the bank."""
    with stage.work() as w:
        service.propose_payouts(w)
        payouts = [row.payout.id for row in queries.proposals(w.session)]
    if not payouts:
        return
    with stage.work(MANAGER) as w:
        run_id = service.make_run(w, payouts).id
    with stage.work(SECOND) as w:
        service.release(w, run_id)
        w.session.flush()
        service.give_file(w, run_id, "gb18030")


def _note_paid(stage: Stage) -> None:
    with stage.work(MANAGER) as w:
        for row in queries.under_way(w.session):
            service.note_paid(w, row.payout.id, f"示例回单-{row.payout.number}")
