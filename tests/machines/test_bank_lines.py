"""P8: lines of the bank, told in any files, in any order and again and again, while people confirm,
put together and send back: each is money once."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from marketplace.banking import service
from marketplace.kernel.errors import MarketplaceError
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.payments import service as payments
from marketplace.payments.models import Payment
from tests.databases import KINDS, Databases
from tests.machines.running import GroundMachine, run
from tests.makers.banking import came, taken, the_lines, went
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, the_payment
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well

ASKED, LINES = 118_00, 7
EXACT, LESS, UNKNOWN = {0, 1}, {2, 3}, {4, 5}
COMES = {0: ASKED, 1: ASKED, 2: 98_00, 3: 100_00, 4: 5_00, 5: 5_00}
K = AccountKind


@dataclass
class Model:
    """What ought to be, in fen: which lines were told, and what of them waits where."""

    told: set[int] = field(default_factory=set)
    waits: dict[int, tuple[AccountKind, int]] = field(default_factory=dict)
    by_hand: int | None = None
    first_is_paid: bool = False
    second_is_paid: bool = False

    def hear(self, number: int) -> None:
        if number in self.told:
            return
        self.told.add(number)
        if number in EXACT:
            if number == self.by_hand:
                return
            if not self.first_is_paid:
                self.first_is_paid = True
                return
            self.waits[number] = K.TRANSFER_EXCESS, ASKED
        elif number in COMES:
            kind = K.TRANSFER_UNKNOWN if number in UNKNOWN else K.TRANSFER_EXCESS
            if number in LESS and not self.second_is_paid:
                kind = K.TRANSFER_SHORT
            self.waits[number] = kind, COMES[number]

    def on(self, kind: AccountKind) -> int:
        return sum(fen for where, fen in self.waits.values() if where is kind)


class BankLines(GroundMachine):
    """Two payments of ¥118, seven lines: twice the first, two parts of the second, two that say
    nothing, a fee."""

    def __init__(self) -> None:
        super().__init__()
        an_approved_supplier(self.people)
        listing = a_listing(self.people)
        self.first, self.second = (
            the_payment(self.people, a_purchase(self.people, listing, name=name))
            for name in ("employee", "second_employee")
        )
        self.manager = self.people.actor("manager")
        self.model = Model()

    @rule(numbers=st.lists(st.integers(0, LINES - 1), min_size=1, max_size=4, unique=True))
    def tell(self, numbers: list[int]) -> None:
        before = len(self.model.told)
        told = taken(self.people, *(self._line(number) for number in numbers))
        for number in numbers:
            self.model.hear(number)
        assert told.fresh == len(self.model.told) - before

    @rule(number=st.sampled_from(sorted(EXACT)))
    def confirm_by_hand(self, number: int) -> None:
        try:
            with self.people.runtime.work(self.manager) as w:
                payments.confirm_transfer(w, self.first.id, self.first.amount, f"S{number}")
        except MarketplaceError:
            assert self.model.first_is_paid
            return
        assert not self.model.first_is_paid
        self.model.first_is_paid, self.model.by_hand = True, number

    @rule()
    def put_together(self) -> None:
        ids = {one.number: one.id for one in the_lines(self.people)}
        chosen = [ids[name] for name in ("S2", "S3") if name in ids]
        may = self.model.waits.keys() >= LESS and not self.model.second_is_paid
        try:
            with self.people.runtime.work(self.manager) as w:
                service.put(w, self.second.id, chosen, "示例：分两次付")
        except MarketplaceError:
            assert not may
            return
        assert may
        self.model.second_is_paid = True
        del self.model.waits[2]
        self.model.waits[3] = K.TRANSFER_EXCESS, sum(COMES[one] for one in LESS) - ASKED

    @rule(number=st.integers(0, LINES - 1))
    def send_back(self, number: int) -> None:
        found = [one for one in the_lines(self.people) if one.number == f"S{number}"]
        if not found:
            return
        try:
            with self.people.runtime.work(self.manager) as w:
                service.send_back(w, found[0].id, f"OUT-{number}", "示例：退回")
        except MarketplaceError:
            assert number not in self.model.waits
            return
        del self.model.waits[number]

    @invariant()
    def money_stands_where_the_model_says(self) -> None:
        kinds = (K.TRANSFER_UNKNOWN, K.TRANSFER_SHORT, K.TRANSFER_EXCESS)
        with self.people.runtime.reading() as session:
            held = {kind: -ledger.balance(session, kind).fen for kind in kinds}
            states = [session.get_one(Payment, one.id).state for one in (self.first, self.second)]
        assert held == {kind: self.model.on(kind) for kind in kinds}
        paid = (self.model.first_is_paid, self.model.second_is_paid)
        assert states == ["settled" if is_paid else "awaiting" for is_paid in paid]

    def teardown(self) -> None:
        all_is_well(self.people)
        super().teardown()

    def _line(self, number: int) -> str:
        return (
            came("S0", "118.00", self.first.reference),
            came("S1", "118.00", f"货款{self.first.reference}"),
            came("S2", "98.00", self.second.reference),
            came("S3", "100.00", self.second.reference),
            came("S4", "5.00"),
            came("S5", "5.00"),
            went("S6", "1.00", "手续费"),
        )[number]


@pytest.mark.parametrize("kind", KINDS)
def test_each_line_is_money_once_in_any_history(databases: Databases, kind: str) -> None:
    """P8, P35"""
    run(BankLines, databases, kind)
