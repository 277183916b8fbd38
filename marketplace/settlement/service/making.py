"""Making statements of what is owed and not stated yet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from marketplace.kernel.actor import Role
from marketplace.kernel.clock import end_of_day, local_day
from marketplace.kernel.codes import random_code
from marketplace.kernel.errors import Forbidden
from marketplace.kernel.money import ZERO, Money, total
from marketplace.settlement import queries, rules
from marketplace.settlement.models import StatementLine, SupplierStatement
from marketplace.settlement.states import STATEMENT, Period, StatementState
from marketplace.work import Work, move

MOST = 200  # statements in one round; the next round goes on
CODE = 5


def make_statements(w: Work) -> int:
    """A draft for every supplier who is owed something of a period that is over; answers how many.

    By the system. What came too late for its own period stands in the next one; the same period
    twice makes nothing new. Raises Forbidden.
    """
    if Role.SYSTEM not in w.actor.roles:
        raise Forbidden(verb="make")
    period = rules.ended(Period(w.tools.config.settlement_period), local_day(w.now))
    until = end_of_day(period.last)
    made = 0
    for supplier_id in queries.suppliers_owed(w.session, until, most=MOST):
        newest = queries.newest_of(w.session, supplier_id)
        if newest is not None and newest >= period.last:
            continue  # what is left came in after its statement was made: the next one has it
        first = max(period.first, newest + timedelta(days=1)) if newest else period.first
        _make(w, supplier_id, rules.Span(first, period.last))
        made += 1
    return made


def _make(w: Work, supplier_id: uuid.UUID, span: rules.Span) -> SupplierStatement:
    """With every posting before the end of the span that stands in no statement."""
    postings = queries.unstated(w.session, supplier_id, end_of_day(span.last))
    before = queries.to_carry(w.session, supplier_id)
    made = SupplierStatement(
        id=uuid.uuid4(),
        number=f"DZ{span.last:%Y%m%d}-{random_code(CODE)}",
        supplier_id=supplier_id,
        starts_on=span.first,
        ends_on=span.last,
        carried=before.total if before else ZERO,
        carries_id=before.id if before else None,
        state=StatementState.DRAFT,
        made_at=w.now,
    )
    fees = rules.fees(w.tools.config.settlement_fees)
    lines = _lines(w, made, postings, fees)
    made.orders = total(line.supply + line.freight for line in lines)
    made.fees = total(line.fee for line in lines)
    made.total = made.orders - made.fees + made.carried
    made.content_hash = rules.content_hash(queries.content_of(made, lines))
    if before:
        move(w, STATEMENT, before, "carry", into=made.number)
    w.session.add(made)
    w.session.flush()  # before the lines that name it
    w.session.add_all(lines)
    w.record("make", made, to_state=made.state, lines=len(lines), total=made.total.fen)
    return made


def _lines(
    w: Work,
    made: SupplierStatement,
    postings: Sequence[queries.OwedPosting],
    fees: tuple[rules.Fee, ...],
) -> list[StatementLine]:
    before = queries.stated_supply(w.session, {one.order.id for one in postings})
    lines = []
    for one in postings:
        owed = _owed(one, fees, before.get(one.order.id, ZERO))
        before[one.order.id] = owed.before + owed.supply
        lines.append(_line(made, one, owed))
    return lines


def _owed(one: queries.OwedPosting, fees: tuple[rules.Fee, ...], before: Money) -> rules.Owed:
    return rules.Owed(
        kind=one.kind,
        at=one.at,
        supply=one.supply,
        freight=one.freight,
        basis_points=rules.basis_points(fees, local_day(one.completed_at)),
        before=before,
    )


def _line(made: SupplierStatement, one: queries.OwedPosting, owed: rules.Owed) -> StatementLine:
    return StatementLine(
        id=uuid.uuid4(),
        statement_id=made.id,
        posting_id=one.posting_id,
        order_id=one.order.id,
        number=one.order.number,
        kind=owed.kind,
        at=owed.at,
        delivered_at=one.completed_at,
        supply=owed.supply,
        freight=owed.freight,
        basis_points=owed.basis_points,
        fee=owed.fee,
        amount=owed.amount,
    )
