"""A statement of the bank: one line that was confirmed by hand, others that wait for a person."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from catalog_import import layouts, read_statement, write_csv
from catalog_import.statements import our_names
from marketplace.banking import queries, service
from marketplace.commands.demo.delivering import MANAGER
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.clock import local_day
from marketplace.payments.models import Payment, Tender
from marketplace.payments.states import PaymentState

ACCOUNT = "示例银行 0000 0000 0000"


def plan(stage: Stage) -> None:
    stage.plan(1, "16:50", partial(_hand_in, stage))
    stage.plan(1, "17:05", partial(_dismiss, stage))


def _hand_in(stage: Stage) -> None:
    """What came on that day, as the bank's file says it."""
    by_transfer = select(Payment).where(Payment.tender == Tender.TRANSFER)
    with stage.runtime.reading() as session:
        done = by_transfer.where(Payment.state == PaymentState.SETTLED)
        paid = session.scalars(done.order_by(Payment.settled_at.desc(), Payment.id)).first()
        open_ = by_transfer.where(Payment.state == PaymentState.AWAITING)
        asked = session.scalars(open_.order_by(Payment.made_at, Payment.id)).first()
    day = local_day(stage.clock.now()).isoformat()
    lines = [(day, "", "示例流水-03", "3.21", "", "", "示例银行", "", "结息")]
    if paid is not None:
        number, text = paid.provider_ref or "", paid.reference
        lines.append((day, "", number, paid.amount.yuan, "", "", "示例分行工会", "", text))
    if asked is not None:
        payer = "示例市总工会财务共享中心"
        lines.append((day, "", "示例流水-01", asked.amount.yuan, "", "", payer, "", "慰问品款"))
        text = f"货款 {asked.reference}"
        lines.append((day, "", "示例流水-02", "50.00", "", "", "示例员工", "", text))
    sheet = read_statement(write_csv(our_names(), lines), layouts())
    with stage.work(MANAGER) as w:
        service.take_statement(w, sheet, service.NewStatement(ACCOUNT, f"明细{day}.csv"))
    service.match_lines(stage.runtime)


def _dismiss(stage: Stage) -> None:
    with stage.work(MANAGER) as w:
        for line in queries.open_lines(w.session, 1).items:
            if line.number == "示例流水-03":
                service.dismiss(w, line.id, "账户利息，不是货款。")
