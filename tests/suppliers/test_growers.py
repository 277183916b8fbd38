"""A trading firm names the growers for whom it sells."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from marketplace.catalog import queries as catalog
from marketplace.kernel.errors import Invalid, Missing, Refused, WrongState
from marketplace.suppliers import queries, service
from marketplace.suppliers.models import Grower, Supplier
from marketplace.suppliers.states import GrowerKind, PaperKind
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.onboarding import a_grower, a_named_grower, a_trader
from tests.makers.suppliers import (
    a_credit_code,
    a_draft_supplier,
    a_paper,
    a_statement,
    seen,
)
from tests.zone.test_running_out import seen as where


def named(people: People, supplier: Supplier) -> list[str]:
    with people.runtime.reading() as session:
        return [one.name for one in queries.growers(session, supplier)]


def test_a_trading_firm_needs_at_least_one_grower(people: People) -> None:
    trader = a_trader(people)

    def asks() -> bool:
        at = people.runtime.clock.now()
        with people.runtime.reading() as session:
            return "grower" in {gap.what for gap in queries.gaps(session, trader, at)}

    assert asks()
    a_grower(people, trader)
    assert not asks()


def a_trader_that_sells(people: People) -> tuple[Supplier, Grower]:
    """With the one grower that it names."""
    trader = a_trader(people)
    grower = a_grower(people, trader)
    licence = a_paper(number=a_credit_code(1, begins="91"), holder=trader.legal_name)
    report = a_paper(PaperKind.INSPECTION_REPORT, holder=trader.legal_name)
    with people.runtime.work(people.actor("supplier")) as w:
        for paper in (licence, report):
            service.hand_in(w, trader.id, paper)
        service.declare(w, trader.id, a_statement())
        service.submit(w, trader.id)
    for who, verb in (("reviewer", service.check), ("second_reviewer", service.approve)):
        with people.runtime.work(people.actor(who)) as w:
            verb(w, trader.id, seen(w, w.session.get_one(Supplier, trader.id)))
    return trader, grower


def test_without_its_last_grower_its_goods_are_counted_and_found_nowhere(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """P16: also where answers are kept from one page to the next."""
    trader, grower = a_trader_that_sells(people)
    melon = a_listing(people)
    buyer = client_as("employee")
    assert set(where(buyer, melon).values()) == {True}
    with people.runtime.work(people.actor("supplier")) as w:
        service.drop_grower(w, grower.id)
    assert set(where(buyer, melon).values()) == {False}
    with people.runtime.reading() as session:
        assert catalog.shelves(session, people.runtime.clock.now()).goods == 0
    a_grower(people, trader, name="示例农户二")
    assert set(where(buyer, melon).values()) == {True}


def test_a_trading_firm_sells_only_while_it_names_a_grower(people: People) -> None:
    """P16: when the last one is let go, its goods leave the zone in the same commit."""
    trader, grower = a_trader_that_sells(people)

    def sells() -> bool:
        with people.runtime.reading() as session:
            return queries.sells(session, trader.id, people.runtime.clock.now())

    assert sells()
    with people.runtime.work(people.actor("supplier")) as w:
        service.drop_grower(w, grower.id)
    assert not sells()
    a_grower(people, trader, name="示例农户二")
    assert sells()


def test_a_page_from_before_the_growers_changed_checks_nothing(people: People) -> None:
    """P15: returned, another grower named, and submitted again meanwhile."""
    trader = a_trader(people)
    a_grower(people, trader)
    licence = a_paper(number=a_credit_code(1, begins="91"), holder=trader.legal_name)
    report = a_paper(PaperKind.INSPECTION_REPORT, holder=trader.legal_name)
    with people.runtime.work(people.actor("supplier")) as w:
        for paper in (licence, report):
            service.hand_in(w, trader.id, paper)
        service.declare(w, trader.id, a_statement())
        service.submit(w, trader.id)
    with people.runtime.work(people.actor("reviewer")) as w:
        shown = seen(w, w.session.get_one(Supplier, trader.id))
        service.send_back(w, trader.id, "示例：请补上另一家")
    people.runtime.clock.advance(minutes=5)  # type: ignore[attr-defined]  # a clock that is set
    a_grower(people, trader, name="示例农户二")
    with people.runtime.work(people.actor("supplier")) as w:
        service.submit(w, trader.id)
    with (
        pytest.raises(Refused, match="application_changed"),
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.check(w, trader.id, shown)


def test_a_grower_let_go_stays_in_the_record(people: People) -> None:
    trader = a_trader(people)
    grower = a_grower(people, trader)
    with people.runtime.work(people.actor("supplier")) as w:
        service.drop_grower(w, grower.id)
    assert named(people, trader) == []
    with people.runtime.reading() as session:
        assert session.get_one(Grower, grower.id).ended_by == people.ids["supplier"]
    with pytest.raises(Missing), people.runtime.work(people.actor("supplier")) as w:
        service.drop_grower(w, grower.id)


def test_only_a_trading_firm_names_growers(people: People) -> None:
    supplier = a_draft_supplier(people)
    with pytest.raises(WrongState):
        a_grower(people, supplier)


def test_growers_of_others_are_out_of_reach(people: People) -> None:
    """P18: another firm neither adds to the list nor takes from it."""
    trader = a_trader(people)
    grower = a_grower(people, trader)
    a_trader(people, "second_supplier", 2)
    for act in (
        lambda w: service.drop_grower(w, grower.id),
        lambda w: service.name_grower(w, trader.id, a_named_grower(name="别家")),
    ):
        with pytest.raises(Missing), people.runtime.work(people.actor("second_supplier")) as w:
            act(w)
    assert named(people, trader) == ["示例农户"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"kind": GrowerKind.COOPERATIVE}, "grower_code_missing"),
        ({"credit_code": a_credit_code(3)}, "grower_code_needless"),
        (
            {"kind": GrowerKind.COMPANY, "credit_code": a_credit_code(3)},
            "credit_code_kind",
        ),
        ({"kind": GrowerKind.COOPERATIVE, "credit_code": "12345"}, "credit_code_length"),
        ({"county": "示例不存在县"}, "county_unknown"),
    ],
)
def test_what_is_wrong_with_a_grower_is_said(
    people: People, changes: dict[str, object], fault: str
) -> None:
    trader = a_trader(people)
    with pytest.raises(Invalid, match=fault):
        a_grower(people, trader, **changes)


def test_nobody_is_named_twice(people: People) -> None:
    trader = a_trader(people)
    code = a_credit_code(3)
    a_grower(people, trader, kind=GrowerKind.COOPERATIVE, credit_code=code)
    with pytest.raises(Refused, match="grower_named"):
        a_grower(people, trader, kind=GrowerKind.COOPERATIVE, credit_code=code.lower())
