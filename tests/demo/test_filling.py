"""What the demonstration holds: every kind, every state, sums that add up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Person
from marketplace.catalog import queries as catalog
from marketplace.catalog.models import CatalogImport, Listing, Reservation
from marketplace.catalog.states import ListingState, ReservationState
from marketplace.commands.demo import build, people
from marketplace.commands.demo.stage import instant
from marketplace.commands.opening import open_existing
from marketplace.commands.verifying import check_all
from marketplace.invoices.models import InvoiceRequest
from marketplace.invoices.states import RequestState
from marketplace.kernel.actor import SYSTEM, Role
from marketplace.kernel.clock import SHANGHAI, local_day
from marketplace.kernel.credit_code import fault_of
from marketplace.kernel.funds import FundSource
from marketplace.kernel.workdays import calendar
from marketplace.orders.models import Delivery, Order, OrderLine, Purchase
from marketplace.orders.states import DeliveryState, OrderState
from marketplace.payments.models import Discrepancy, Dispute, Payment, Refund, Tender
from marketplace.payments.states import (
    DiscrepancyState,
    DisputeState,
    PaymentState,
    RefundState,
)
from marketplace.purchasing.models import Plan, Recipient
from marketplace.purchasing.states import PlanState
from marketplace.regions import queries as regions
from marketplace.regions.models import Village
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.states import PaperKind, PaperState, SupplierKind, SupplierState
from marketplace.unions.models import Budget, Union, UnionMember
from marketplace.work.models import Parcel, TrailEntry

NEW_YEAR = datetime(2028, 1, 1, 16, 30, tzinfo=UTC)  # a Sunday, half past midnight in Shanghai
COUNTED = (
    Person, Supplier, Paper, Village, Listing, CatalogImport, Purchase, Order, OrderLine,
    Reservation, Payment, Refund, Union, UnionMember, Budget, Plan, Recipient, TrailEntry,
)  # fmt: skip


def counts(session: Session) -> dict[str, int]:
    return {
        table.__name__: session.scalar(select(func.count()).select_from(table)) or 0
        for table in COUNTED
    }


def states(session: Session, column: InstrumentedAttribute[StrEnum]) -> set[StrEnum]:
    return set(session.scalars(select(column).distinct()))


def test_everything_adds_up_and_the_outbox_is_empty(session: Session) -> None:
    assert not any(check_all(session, datetime.now(UTC)).values())
    open_parcels = select(Parcel).where(Parcel.delivered_at.is_(None))
    assert session.scalars(open_parcels).all() == []


def test_seven_suppliers_in_five_provinces_offer_sixty_listings(session: Session) -> None:
    found = session.scalars(select(Supplier)).all()
    assert len(found) == 7
    assert all(s.is_example and "示例" in s.legal_name and s.story for s in found)
    assert {s.kind for s in found} == set(SupplierKind)
    places = [regions.county(session, s.county_code) for s in found]
    assert len({place.province for place in places if place}) == 5
    now = datetime.now(UTC)
    assert all(regions.is_designated(session, s.county_code, now) for s in found)
    listings = session.scalars(select(Listing)).all()
    assert len(listings) == 60
    assert all("示例" in one.title for one in listings)


def test_goods_of_approved_suppliers_stand_in_the_zone(session: Session) -> None:
    now = datetime.now(UTC)
    shown = session.scalars(catalog.on_sale(now)).all()
    assert len(shown) >= 35
    assert len({one.supplier_id for one in shown}) == 4
    assert all(one.decided_by != one.submitted_by for one in shown)


def test_goods_are_out_of_season_sold_ahead_limited_and_sealed(session: Session) -> None:
    days = (Listing.orders_from.is_not(None), Listing.ships_from.is_not(None))
    for term in (*days, Listing.max_per_person.is_not(None), Listing.sealed.is_(True)):
        (found,) = session.scalars(select(Listing).where(term))
        assert found.state is ListingState.ON_SALE


def test_every_supplier_county_has_two_or_three_example_villages(session: Session) -> None:
    for supplier in session.scalars(select(Supplier)):
        villages = regions.villages_of(session, supplier.county_code)
        assert 2 <= len(villages) <= 3
        assert all(v.is_example and v.name.startswith("示例") and v.story for v in villages)


# the demonstration collects for its suppliers: nobody there pays back from account to account
COLLECTED = (RefundState.REQUESTED, RefundState.SETTLED, RefundState.TAKEN_OFF)


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (Listing.state, ListingState),
        (Reservation.state, ReservationState),
        (Paper.state, PaperState),
        (Order.state, OrderState),
        (Delivery.state, DeliveryState),
        (Payment.state, PaymentState),
        (Dispute.state, DisputeState),
        (Discrepancy.state, DiscrepancyState),
        (Refund.state, COLLECTED),
        (Plan.state, PlanState),
        (InvoiceRequest.state, RequestState),
        (Purchase.tender, (Tender.CARD, Tender.TRANSFER)),  # nobody chooses the third
    ],
    ids=str,
)
def test_every_state_is_there(
    session: Session, column: InstrumentedAttribute[StrEnum], wanted: Iterable[StrEnum]
) -> None:
    assert states(session, column) == set(wanted)


def test_suppliers_stand_in_three_states_and_went_through_all(session: Session) -> None:
    now = states(session, Supplier.state)
    assert now == {SupplierState.APPROVED, SupplierState.SUBMITTED, SupplierState.SUSPENDED}
    walked = select(TrailEntry.to_state).where(TrailEntry.subject_kind == "Supplier")
    assert set(SupplierState) <= set(session.scalars(walked))


def test_orders_were_called_off_before_and_after_payment(session: Session) -> None:
    off = session.scalars(select(Order).where(Order.state == OrderState.CANCELLED)).all()
    assert {order.paid_at is None for order in off} == {True, False}


def test_a_trading_firm_names_its_growers_and_waits_for_review(session: Session) -> None:
    trader = session.scalars(select(Supplier).where(Supplier.kind == SupplierKind.TRADER)).one()
    assert trader.state is SupplierState.SUBMITTED
    assert len(suppliers.growers(session, trader)) == 2


def test_a_supplier_has_two_people_an_account_and_a_change_that_waits(session: Session) -> None:
    named = select(Supplier).where(Supplier.legal_name.startswith("示例伽师"))
    supplier = session.scalars(named).one()
    now = datetime.now(UTC)
    team = accounts.team(session, supplier.organisation_id, now)
    assert [one.is_owner for one in team] == [True, False]
    assert suppliers.is_paid(session, supplier.id, now)
    assert suppliers.open_change(session, supplier.id) is not None


def test_the_suspended_supplier_has_sold_before(session: Session) -> None:
    suspended = select(Supplier.id).where(Supplier.state == SupplierState.SUSPENDED)
    sold = select(Order).where(Order.supplier_id.in_(suspended))
    assert {order.state for order in session.scalars(sold)} == {OrderState.COMPLETED}


def test_a_union_bought_for_thirty_people_and_another_waits_for_its_money(
    session: Session,
) -> None:
    ordered = session.scalars(select(Plan).where(Plan.state == PlanState.ORDERED)).all()
    people_of = {
        plan.id: session.scalar(
            select(func.count()).select_from(Recipient).where(Recipient.plan_id == plan.id)
        )
        for plan in ordered
    }
    paid = {
        plan.id: session.scalars(
            select(Payment.state).where(Payment.purchase_id == plan.purchase_id)
        ).one()
        for plan in ordered
    }
    found = {(people_of[plan.id], paid[plan.id]) for plan in ordered}
    assert {(30, PaymentState.SETTLED), (12, PaymentState.AWAITING)} <= found


def test_both_unions_have_bought_from_two_sources(session: Session) -> None:
    paid = (
        select(Purchase.organisation_id, Purchase.source)
        .join(Payment, Payment.purchase_id == Purchase.id)
        .where(Payment.state == PaymentState.SETTLED)
    )
    bought = session.execute(paid).all()
    assert len({row.organisation_id for row in bought}) == 3  # two unions, and people privately
    assert {row.source for row in bought} >= {FundSource.UNION, FundSource.WELFARE}


def test_two_unions_hold_budgets_of_two_sources(session: Session) -> None:
    unions = session.scalars(select(Union)).all()
    assert len(unions) == 2
    for union in unions:
        assert union.credit_code.startswith("81")
        assert "示例" in union.name
        assert fault_of(union.credit_code) is None
    assert states(session, Budget.source) == {FundSource.UNION, FundSource.WELFARE}


def test_one_paper_ends_in_nine_days_and_a_renewal_waits(session: Session) -> None:
    today = local_day(datetime.now(UTC))
    ends = session.scalars(select(Paper.valid_until).where(Paper.state == PaperState.ACCEPTED))
    assert today + timedelta(days=9) in set(ends)
    approved = select(Supplier.id).where(Supplier.state == SupplierState.APPROVED)
    waiting = select(Paper).where(
        Paper.state == PaperState.PENDING,
        Paper.supplier_id.in_(approved),
        Paper.kind != PaperKind.BANK_ACCOUNT,  # that one waits with its account
    )
    assert len(session.scalars(waiting).all()) == 1


def test_office_acts_happen_on_working_days_in_office_hours(session: Session) -> None:
    # what the worker does follows at once, whenever that is
    of_people = select(TrailEntry.at).where(TrailEntry.actor != SYSTEM.person_id)
    for at in session.scalars(of_people):
        local = at.astimezone(SHANGHAI)
        assert calendar().is_workday(local.date())  # some Sundays are worked for a holiday
        assert "09:00" <= f"{local:%H:%M}" <= "17:30"


def test_working_days_leap_over_the_weekend() -> None:
    monday = date(2026, 11, 23)
    assert instant(monday, 1, "09:00") == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert instant(monday, 6, "09:00").date() == date(2026, 11, 13)
    sunday = date(2026, 11, 22)
    assert instant(sunday, 1, "09:00").date() == date(2026, 11, 20)


def test_every_role_has_its_person_and_both_unions_their_officers() -> None:
    known = people().person
    held = [role for person in known for role in person.roles]
    # whoever registers a supplier becomes its owner
    assert set(held) == set(Role) - {Role.SYSTEM, Role.SUPPLIER_OWNER}
    assert held.count(Role.REVIEWER) == 2
    assert held.count(Role.SUPPLIER_STAFF) == 8
    for role in (Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER):
        assert len({p.organisation for p in known if role in p.roles}) == 2


def test_another_day_gives_the_same_sixty_days(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "new-year"
    build(folder, NEW_YEAR)
    runtime = open_existing(folder)
    with runtime.reading() as other:
        assert counts(other) == counts(session)
        totals = select(Purchase.total).order_by(Purchase.placed_at, Purchase.total)
        assert other.scalars(totals).all() == session.scalars(totals).all()
    runtime.engine.dispose()
