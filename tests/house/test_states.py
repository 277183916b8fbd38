"""The state tables hold for every state, verb and role, and the docs draw them as they are."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest

from marketplace.accounts.states import ROSTER
from marketplace.banking.states import LINE
from marketplace.catalog.states import BATCH, CHANGE, IMPORT, LISTING
from marketplace.claims.states import CLAIM
from marketplace.credit.states import GRANT, VOUCHERS
from marketplace.invoices.states import INVOICE, REQUEST
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, WrongState
from marketplace.kernel.machine import Machine, Step
from marketplace.orders.states import DELIVERY, HOLD, ORDER
from marketplace.payments.states import DISCREPANCY, DISPUTE, OPERATION, PAYMENT, REFUND
from marketplace.purchasing.states import PLAN
from marketplace.regions.states import VERSION
from marketplace.reviews.states import REVIEW
from marketplace.settlement.states import PAYOUT, RUN, STATEMENT
from marketplace.suppliers.states import DECLARATION, PAPER, SUPPLIER
from marketplace.unions.states import MATCH
from tests.house.places import ROOT

MACHINES: dict[str, Machine[Any]] = {
    "supplier": SUPPLIER,
    "paper": PAPER,
    "declaration": DECLARATION,
    "listing": LISTING,
    "change-set": CHANGE,
    "batch": BATCH,
    "import": IMPORT,
    "order": ORDER,
    "delivery": DELIVERY,
    "hold": HOLD,
    "claim": CLAIM,
    "review": REVIEW,
    "bank line": LINE,
    "payment": PAYMENT,
    "refund": REFUND,
    "gateway operation": OPERATION,
    "dispute": DISPUTE,
    "discrepancy": DISCREPANCY,
    "plan": PLAN,
    "member's account": MATCH,
    "grant of credit": GRANT,
    "batch of vouchers": VOUCHERS,
    "statement": STATEMENT,
    "payout": PAYOUT,
    "payout run": RUN,
    "invoice request": REQUEST,
    "invoice": INVOICE,
    "list version": VERSION,
    "roster": ROSTER,
}


def every_move() -> Iterator[tuple[Machine[Any], Step[Any], StrEnum]]:
    for machine in MACHINES.values():
        for step in machine.steps.values():
            for state in type(step.target):
                yield machine, step, state


@pytest.mark.parametrize("role", Role)
def test_a_verb_opens_from_its_states_by_its_roles_and_nowhere_else(role: Role) -> None:
    for machine, step, state in every_move():
        offered = step in machine.open_verbs(state, {role})
        assert offered == (state in step.sources and role in step.by)
        if offered:
            assert machine.after(state, step.verb, {role}) is step.target
            continue
        with pytest.raises(Forbidden if role not in step.by else WrongState):
            machine.after(state, step.verb, {role})


@pytest.mark.parametrize("name", MACHINES)
def test_the_docs_draw_the_table_as_it_is(name: str) -> None:
    drawn = (ROOT / "docs" / "states.md").read_text("utf-8")
    assert f"## {name}\n\n```mermaid\n{MACHINES[name].mermaid()}\n```\n" in drawn
