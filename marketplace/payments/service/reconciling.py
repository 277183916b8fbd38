"""Once a day the gateway's list and our books are laid beside each other: no charge without an
order, no order without a charge, no operation without an end."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from marketplace.events import ReconciliationDue
from marketplace.payments import queries, rules
from marketplace.payments.models import Reconciliation
from marketplace.payments.service import noting, operating
from marketplace.payments.service.carrying import Between, carry, settle
from marketplace.payments.states import DiscrepancyKind, OperationKind
from marketplace.ports.payments import Charge, ChargeState, GatewayDown, GatewayRefused
from marketplace.work import Work

log = logging.getLogger(__name__)


def call_for_reconciliation(w: Work) -> bool:
    """Ask the worker for one; a gateway without a list of its own has nothing to compare."""
    if not w.tools.card.page_origin or not w.tools.card.is_offered:
        return False
    w.announce(ReconciliationDue(w.now, w.now - rules.LOOK_BACK))
    return True


def reconcile(between: Between, since: datetime) -> Reconciliation:
    """Compare everything since then, and settle what has no end. Raises GatewayDown: then nothing
    is missing from what was written so far, and the next one does the rest."""
    with between.work() as w:  # (for its instant; nothing is written)
        before = queries.discrepancy_count(w.session)
        old = queries.without_end(w.session, w.now - rules.PATIENCE)
    charges = list(between.tools.card.charges_since(since))
    for charge in charges:
        _note(between, charge)
    for operation_id in old:
        _end(between, operation_id)
    taken = {charge.money_ref for charge in charges if charge.state is ChargeState.TAKEN}
    with between.reading() as session:
        paid = queries.paid_by_card_since(session, since, between.tools.card.name)
    for payment_id, money_ref in paid:
        if money_ref not in taken:
            _miss(between, payment_id, money_ref)
    return _write(between, since, len(charges), before, old)


def _note(between: Between, charge: Charge) -> None:
    def once() -> None:
        with between.work() as w:
            noting.note(w, charge)

    between.again(once)


def _end(between: Between, operation_id: uuid.UUID) -> None:
    """One that the gateway says nothing clear of waits for the next time."""
    try:
        settle(between, operation_id)
    except (GatewayDown, GatewayRefused):
        log.warning("the gateway says nothing of operation %s", operation_id, exc_info=True)
        return
    with between.work() as w:
        operation = queries.operation(w.session, operation_id)
        if operation.state not in queries.UNDER_WAY:
            return
        if operation.kind is OperationKind.CHARGE:
            ended = operation.expires_at is not None and operation.expires_at < w.now
            if operation.provider_ref is None and ended:
                operating.give_up(w, operation_id, "the gateway knows nothing of it")
            return
        is_old = operation.asked_at < w.now - rules.KEY_LIVES
        if is_old and operation.provider_ref is None:  # its key may be forgotten: never ask again
            operating.give_up(w, operation_id, "the gateway knows nothing of it")
            noting.report(
                w, DiscrepancyKind.REFUND_FAILED, str(operation_id),
                payment_id=operation.payment_id, ours=str(operation.amount),
            )  # fmt: skip
            return
    if operation.provider_ref is None:
        try:
            carry(between, operation_id)
        except (GatewayDown, GatewayRefused):
            log.warning("operation %s did not go through", operation_id, exc_info=True)


def _miss(between: Between, payment_id: uuid.UUID, money_ref: str) -> None:
    """Paid here, not on the list: asked once more by its number before anybody is alarmed."""
    try:
        charge = between.tools.card.charge(money_ref)
        if charge.state is ChargeState.TAKEN:
            _note(between, charge)
            return
    except GatewayRefused:
        pass

    def told() -> None:
        with between.work() as w:
            noting.report(
                w, DiscrepancyKind.NO_CHARGE, money_ref, payment_id=payment_id, ours=money_ref
            )

    between.again(told)


def _write(
    between: Between, since: datetime, charges: int, before: int, old: tuple[uuid.UUID, ...]
) -> Reconciliation:
    with between.work() as w:
        undecided = queries.under_way_of(w.session, old)
        row = Reconciliation(
            since=since,
            at=w.now,
            charges=charges,
            settled=len(old) - undecided,
            found=queries.discrepancy_count(w.session) - before,
            undecided=undecided,
        )
        w.session.add(row)
        w.record("reconcile", row, charges=charges, found=row.found, undecided=undecided)
        return row
