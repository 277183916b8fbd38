"""Makers of unions and budgets, as operator and treasurer would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.kernel.actor import Role
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import Money
from marketplace.unions import service
from marketplace.unions.models import Budget, Union

if TYPE_CHECKING:
    from tests.fixtures import People

CODE = "81440000MCL468545M"


def a_union(people: People, *, members: int = 0) -> Union:
    """The union of the officers among `people`."""
    (organisation,) = people.actor("union_treasurer").organisations(Role.UNION_TREASURER)
    with people.runtime.work() as w:
        union = service.found_union(w, organisation, "示例银行工会", CODE)
        new = [
            service.NewMember(f"示例会员{n}", f"M{n:04d}", f"1370000{n:04d}")
            for n in range(members)
        ]
        service.add_members(w, union.id, new)
    return union


def a_budget(
    people: People,
    union: Union | None = None,
    *,
    amount: Money = Money(20_000_00),
    source: FundSource = FundSource.UNION,
) -> Budget:
    """Granted by the union's treasurer."""
    union = union or a_union(people)
    with people.runtime.work(people.actor("union_treasurer")) as w:
        return service.grant_budget(
            w, union.id,
            name="节日慰问", year=2026, source=source, amount=amount, document="示例〔2026〕1 号",
        )  # fmt: skip
