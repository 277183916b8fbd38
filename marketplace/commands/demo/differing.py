"""What a card gateway may say beyond the ordinary: disputes, and charges that nobody asked for."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from marketplace.commands.demo.delivering import MANAGER
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.money import Money
from marketplace.payments import service as payments
from marketplace.payments.models import Discrepancy, PaymentOperation
from marketplace.payments.states import OperationKind, OperationState
from marketplace.ports.payments import Charge, ChargeState, DisputeOutcome, DisputeTold

# working days before today, outcome, and which of the charges, the oldest first
DISPUTES = (
    (12, DisputeOutcome.OPEN, 0),
    (9, DisputeOutcome.WON, 0),
    (8, DisputeOutcome.OPEN, 1),
    (5, DisputeOutcome.LOST, 1),
    (4, DisputeOutcome.OPEN, 2),
)


def plan(stage: Stage) -> None:
    for days, outcome, place in DISPUTES:
        stage.plan(days, "16:20", partial(_dispute, stage, outcome, place))
    stage.plan(6, "09:10", partial(_foreign_charge, stage, "示例收款-01", Money(88_00)))
    stage.plan(6, "10:30", partial(_clear, stage))
    stage.plan(1, "09:10", partial(_foreign_charge, stage, "示例收款-02", Money(36_50)))


def _dispute(stage: Stage, outcome: DisputeOutcome, place: int) -> None:
    """A payer's bank wants the whole of an old charge back, and then decides."""
    asked = (
        select(PaymentOperation)
        .where(PaymentOperation.kind == OperationKind.CHARGE)
        .where(PaymentOperation.state == OperationState.DONE)
        .order_by(PaymentOperation.asked_at, PaymentOperation.id)
        .offset(place)
        .limit(1)
    )
    with stage.work() as w:
        charge = w.session.scalars(asked).one()
        told = DisputeTold(
            f"示例争议-{place + 1:02d}", charge.amount, outcome, "product_not_received"
        )
        payments.note(
            w,
            Charge(
                provider_ref=charge.provider_ref or "",
                reference=str(charge.id),
                state=ChargeState.TAKEN,
                amount=charge.amount,
                money_ref=charge.money_ref or "",
                disputes=(told,),
            ),
        )


def _foreign_charge(stage: Stage, number: str, amount: Money) -> None:
    with stage.work() as w:
        payments.note(w, Charge(number, "", ChargeState.TAKEN, amount, money_ref=number))


def _clear(stage: Stage) -> None:
    with stage.work(MANAGER) as w:
        found = w.session.scalars(select(Discrepancy.id)).one()
        payments.clear(w, found, "示例：在渠道后台手工开的测试收款，已原路退回。")
