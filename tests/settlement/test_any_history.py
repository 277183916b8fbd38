"""Whatever is completed, taken back, stated, disputed, paid and sent back, in whatever order: the
books say what a plain reckoning says, and everything that `verify` looks at agrees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from marketplace.catalog.models import Listing
from marketplace.commands.verifying import check_all
from marketplace.extension import make_runtime
from marketplace.kernel.clock import SetClock
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.settlement import service
from marketplace.settlement.states import PayoutState, StatementState
from tests.databases import Databases, Place
from tests.fixtures import NOON, People
from tests.makers.orders import a_purchase, paid, shipped, the_order
from tests.makers.settlement import (
    a_run,
    answered,
    decided,
    next_month,
    proposed,
    released,
    taken_back,
    the_statements,
)

READY = 4  # orders that are on their way when a history begins
VERBS = ("complete", "take_back", "month", "confirm", "dispute", "pay", "return")
S = StatementState


@dataclass
class Reckoning:
    """What must be so, in fen, kept without a table: the model."""

    waiting: list[Order]
    completed: list[Order] = field(default_factory=list)
    unstated: int = 0
    stated: list[tuple[S, int]] = field(default_factory=list)  # state, total
    bank: int = 0  # what left it
    blocked: set[int] = field(default_factory=set)  # sent back: a person must ask for it again

    def due(self) -> int:
        """What suppliers are owed; a debt that is carried stands in its successor."""
        held = (S.DRAFT, S.ISSUED, S.CONFIRMED, S.DISPUTED)
        return self.unstated + sum(total for state, total in self.stated if state in held)

    def newest(self, *states: S) -> int | None:
        places = [place for place, (state, _) in enumerate(self.stated) if state in states]
        return places[-1] if places else None


@pytest.fixture
def ready(people: People, melon: Listing) -> list[Order]:
    """Shipped, and nothing else; ready to be copied."""
    made = []
    for _ in range(READY):
        made.append(the_order(people, paid(people, a_purchase(people, melon))))
        shipped(people, made[-1])
    people.runtime.engine.dispose()
    return made


@contextmanager
def a_copy(people: People, place: Place, databases: Databases) -> Iterator[People]:
    """The same shop in another folder, so that every history begins anew."""
    with TemporaryDirectory() as folder:
        copied = databases.clone(place, Path(folder) / "data")
        runtime = make_runtime(copied.config, clock=SetClock(NOON))
        yield replace(people, runtime=runtime)
        runtime.engine.dispose()
        databases.drop(copied)


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # ten steps are short enough to read; shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each history has its own copy
)
@given(history=st.lists(st.sampled_from(VERBS), min_size=6, max_size=14))
def test_any_history_of_settlement_adds_up(
    people: People, place: Place, databases: Databases, ready: list[Order], history: list[str]
) -> None:
    """P1, P2, P4, P9, P35: balances, statements and payouts are as reckoned after every step."""
    with a_copy(people, place, databases) as there:
        model = Reckoning(list(ready))
        for verb in history:
            _STEPS[verb](there, model)
            _same(there, model)
        with there.runtime.reading() as session:
            outcome = check_all(session, there.runtime.clock.now())
        found = [fault for faults in outcome.values() for fault in faults]
        # nobody sends refunds in these histories
        assert [fault for fault in found if " stand on refunds " not in fault] == []


def _same(there: People, model: Reckoning) -> None:
    with there.runtime.reading() as session:
        due = ledger.balance(session, AccountKind.DUE_TO_SUPPLIER)
        under_way = ledger.balance(session, AccountKind.PAYOUTS)
        bank = next(row for row in ledger.chart(session) if row.kind is AccountKind.BANK_CLEARING)
    assert (due, under_way) == (Money(-model.due()), ZERO)
    assert bank.credits == Money(-model.bank)
    assert [(one.state, one.total.fen) for one in the_statements(there)] == model.stated


def _complete(there: People, model: Reckoning) -> None:
    if not model.waiting:
        return
    order = model.waiting.pop()
    with there.runtime.work(there.actor("employee")) as w:
        orders.receive(w, order.id)
    model.completed.append(order)
    model.unstated += (order.supply + order.freight).fen


def _take_back(there: People, model: Reckoning) -> None:
    if not model.completed:
        return
    order = model.completed.pop(0)
    taken_back(there, order)
    model.unstated -= (order.supply + order.freight).fen


def _month(there: People, model: Reckoning) -> None:
    """The period ends; drafts are sent."""
    before = len(the_statements(there))
    next_month(there)
    with there.runtime.work() as w:
        service.make_statements(w)
    made = the_statements(there)
    if len(made) == before:
        assert model.unstated == 0, "something was owed, and nothing was stated"
        return
    debts = [
        p for p, (state, total) in enumerate(model.stated) if state is S.CONFIRMED and total < 0
    ]
    carried = 0
    if debts:
        carried = model.stated[debts[0]][1]
        model.stated[debts[0]] = (S.CARRIED, carried)
    decided(there, made[-1], ("issue", "manager"))
    model.stated.append((S.ISSUED, model.unstated + carried))
    model.unstated = 0


def _confirm(there: People, model: Reckoning) -> None:
    place = model.newest(S.ISSUED, S.DISPUTED)
    if place is None:
        return
    decided(there, the_statements(there)[place], ("confirm", "supplier"))
    total = model.stated[place][1]
    model.stated[place] = (S.CONFIRMED if total else S.PAID, total)


def _dispute(there: People, model: Reckoning) -> None:
    place = model.newest(S.ISSUED, S.DISPUTED)
    if place is None:
        return
    state, total = model.stated[place]
    verb = ("dispute", "supplier") if state is S.ISSUED else ("answer", "manager")
    decided(there, the_statements(there)[place], verb)
    model.stated[place] = (S.DISPUTED if state is S.ISSUED else S.ISSUED, total)


def _send(there: People, model: Reckoning, *, sent_back: str) -> None:
    """Everything that may be paid is proposed, put into one run, released and answered."""
    payable = {
        place
        for place, (state, total) in enumerate(model.stated)
        if state is S.CONFIRMED and total > 0
    }
    statements = the_statements(there)
    for place in payable & model.blocked:
        with there.runtime.work(there.actor("manager")) as w:
            service.propose_again(w, statements[place].id)
    payouts = proposed(there)
    assert {one.statement_id for one in payouts} == {statements[place].id for place in payable}
    if not payouts:
        return
    released(there, a_run(there, *payouts))
    for payout in payouts:
        state = answered(there, payout.id, sent_back=sent_back).state
        assert state is (PayoutState.RETURNED if sent_back else PayoutState.PAID)
    for place in payable:
        if sent_back:
            model.blocked.add(place)
        else:
            model.bank += model.stated[place][1]
            model.stated[place] = (S.PAID, model.stated[place][1])


def _pay(there: People, model: Reckoning) -> None:
    _send(there, model, sent_back="")


def _return(there: People, model: Reckoning) -> None:
    _send(there, model, sent_back="示例：户名不符")


_STEPS = {
    "complete": _complete,
    "take_back": _take_back,
    "month": _month,
    "confirm": _confirm,
    "dispute": _dispute,
    "pay": _pay,
    "return": _return,
}
