"""Questions about plans: a union's officers see their own, the auditor all, strangers none."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.catalog.models import Listing
from marketplace.credit import queries as credit
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Forbidden, Missing
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders import queries as orders
from marketplace.orders.models import (
    Address,
    Delivery,
    Order,
    Purchase,
)
from marketplace.orders.states import UNPAID, DeliveryState, OrderState
from marketplace.purchasing import rules
from marketplace.purchasing.models import Plan, PlanLine, Recipient
from marketplace.purchasing.states import PlanState
from marketplace.regions import queries as regions
from marketplace.suppliers.models import Supplier
from marketplace.unions import queries as unions
from marketplace.unions.models import Union
from marketplace.unions.queries import BudgetRow

EDITABLE = frozenset({PlanState.DRAFT, PlanState.RETURNED})
HOLDING = frozenset({PlanState.SUBMITTED, PlanState.APPROVED})  # money is reserved for it
FROZEN = HOLDING | {PlanState.ORDERED}
PAID = frozenset({OrderState.PAID, OrderState.COMPLETED})
OVER = frozenset({OrderState.CANCELLED, OrderState.LAPSED, OrderState.TAKEN_BACK})


@dataclass(frozen=True, slots=True)
class LineRow:
    """A good of the plan: as it was chosen, and as it may be bought today, if it may."""

    line: PlanLine
    listing: Listing
    supplier: Supplier
    offer: catalog.Offer | None

    @property
    def has_changed(self) -> bool:
        """It is no longer for sale, or not what it was, or not at the price, when chosen."""
        costs_other = self.listing.sale_price != self.line.unit_price
        return self.offer is None or costs_other or self.is_another

    @property
    def is_another(self) -> bool:
        """The listing says something else than when it was chosen, be it at the same price."""
        return self.listing.fingerprint != self.line.fingerprint

    def against_terms(self, people: int, at: datetime) -> str:
        """Which of its terms of sale a plan for so many does not hold at the instant, as a code;
        "": it holds all. Nobody gets more than one person may have."""
        most, each = self.listing.max_per_person, self.line.pieces_each
        if most is not None and each > most:
            return "plan_above_limit"
        together = each * people if people else rules.MOST_PIECES  # nobody counted them yet
        return catalog.terms_problem(self.listing, together, at)

    def chosen(self, county_code: str) -> rules.Chosen:
        """What sums need, with the freight to a place."""
        return rules.Chosen(
            listing_id=self.line.listing_id,
            fingerprint=self.line.fingerprint,
            supplier_id=self.supplier.id,
            pieces_each=self.line.pieces_each,
            unit_price=self.line.unit_price,
            freight_included=self.listing.freight_included,
            grams=orders.piece_grams(self.listing),
            price=self.supplier.tariff.at(county_code),
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the orders of a plan are."""

    orders: int = 0
    paid: int = 0
    received: int = 0
    off: int = 0  # cancelled or lapsed


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one plan; `cost` is by the freight of today, `content_hash` with it."""

    plan: Plan
    budget: BudgetRow
    lines: tuple[LineRow, ...]
    recipients: tuple[Recipient, ...]
    address: Address
    region: str
    cost: rules.Sums
    content_hash: str
    at: datetime

    @property
    def has_list(self) -> bool:
        """Whether people get the goods; a canteen cooks them."""
        return rules.has_list(self.budget.budget.source)

    @property
    def heads(self) -> int:
        """By how many the pieces count; a canteen's are those of the whole purchase."""
        return len(self.recipients) if self.has_list else 1

    @property
    def has_changed(self) -> bool:
        return any(row.has_changed for row in self.lines)

    @property
    def is_against_terms(self) -> bool:
        """Some good is out of its season, or not sold in so few or so many pieces."""
        return any(row.against_terms(self.heads, self.at) for row in self.lines)

    @property
    def is_short(self) -> bool:
        """Of some good there is less than the plan needs; ordered goods are held already."""
        return any(row.listing.available < row.line.pieces_each * self.heads for row in self.lines)

    @property
    def suppliers(self) -> int:
        """How many there are: each one issues invoices of its own."""
        return len({row.supplier.id for row in self.lines})

    @property
    def total(self) -> Money:
        """What was submitted, else what it comes to today."""
        frozen = self.plan.reserved if self.plan.state in FROZEN else None
        return self.cost.total if frozen is None else frozen

    @property
    def balance_before(self) -> Money:
        """What the budget has without this plan."""
        held = self.total if self.plan.state in FROZEN else ZERO
        return self.budget.available + held

    @property
    def balance_after(self) -> Money:
        return self.balance_before - self.total


def plan(session: Session, actor: Actor, plan_id: uuid.UUID) -> Plan:
    """One plan, for the officers of its union and for those who read all. Raises Missing."""
    found = session.get(Plan, plan_id)
    if found is None or not unions.roles_in(actor, found.organisation_id):
        raise Missing(plan_id=plan_id)
    return found


def own_plan(session: Session, actor: Actor, plan_id: uuid.UUID) -> Plan:
    """A plan in the hands of whoever drafted it. Raises Missing, Forbidden (a colleague's)."""
    found = plan(session, actor, plan_id)
    if Role.UNION_BUYER not in roles_for(actor, found):
        raise Forbidden
    return found


def roles_for(actor: Actor, found: Plan) -> frozenset[Role]:
    """The roles that count for this plan: it is in the hands of whoever drafted it, and its
    approver is somebody else."""
    is_own = found.requested_by == actor.person_id
    not_for = Role.UNION_APPROVER if is_own else Role.UNION_BUYER
    return unions.roles_in(actor, found.organisation_id) - {not_for}


def dossier(session: Session, actor: Actor, plan_id: uuid.UUID, at: datetime) -> Dossier:
    """The plan with goods, people and sums at that instant. Raises Missing."""
    found = plan(session, actor, plan_id)
    rows = lines(session, found.id, at)
    people = recipients(session, found.id)
    address = session.get_one(Address, found.address_id)
    chosen = [row.chosen(address.county_code) for row in rows]
    budget = unions.budget(session, actor, found.budget_id)
    heads = len(people) if rules.has_list(budget.budget.source) else 1
    cost = rules.sums(chosen, heads)
    told = [(one.name, one.employee_number, one.mobile or "", one.address) for one in people]
    frame = [address.recipient, address.mobile, address.county_code, address.street]
    frame += ["on_account"] if found.on_account else []
    return Dossier(
        plan=found,
        budget=budget,
        lines=rows,
        recipients=people,
        address=address,
        region=_region(session, address),
        cost=cost,
        content_hash=rules.content_hash(chosen, told, cost, frame),
        at=at,
    )


def can_edit(actor: Actor, found: Plan) -> bool:
    """Goods, people and frame change only in the hands of whoever drafted it."""
    return Role.UNION_BUYER in roles_for(actor, found) and found.state in EDITABLE


def stops(found: Dossier, so_far: Progress) -> dict[str, str]:
    """The stations of the rail: done, now, to_come or stopped, by plan, goods, approval, order,
    payment."""
    names = ("plan", "goods", "approval", "order", "payment")
    state = found.plan.state
    at = {PlanState.SUBMITTED: 2, PlanState.APPROVED: 3, PlanState.ORDERED: 4}.get(state, 1)
    here = "now"
    if state is PlanState.CANCELLED or (so_far.orders and so_far.off == so_far.orders):
        here = "stopped"
    elif so_far.orders and min(so_far.received, so_far.paid) + so_far.off == so_far.orders:
        here = "done"
    marks = ["done"] * at + [here] + ["to_come"] * (len(names) - at - 1)
    return dict(zip(names, marks, strict=True))


def own_budgets(session: Session, actor: Actor) -> tuple[BudgetRow, ...]:
    """The budgets from which the actor may buy."""
    offices = actor.organisations(Role.UNION_BUYER)
    own = [one.id for one in unions.own_unions(session, actor) if one.organisation_id in offices]
    return unions.budgets(session, own)


def own_addresses(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """The actor's addresses as (id, words on one line), the usual one first."""
    return [(str(one.id), _address_line(session, one)) for one in orders.addresses(session, actor)]


def _address_line(session: Session, one: Address) -> str:
    return f"{one.recipient} {rules.masked(one.mobile)} {_region(session, one)} {one.street}"


def _region(session: Session, address: Address) -> str:
    county = regions.county(session, address.county_code)
    return county.label if county else address.county_code


def lines(session: Session, plan_id: uuid.UUID, at: datetime) -> tuple[LineRow, ...]:
    """The goods of a plan by title, each with today's offer."""
    rows = session.execute(
        select(PlanLine, Listing, Supplier)
        .join(Listing, PlanLine.listing_id == Listing.id)
        .join(Supplier, Listing.supplier_id == Supplier.id)
        .where(PlanLine.plan_id == plan_id)
        .order_by(Listing.name, Listing.id)
    ).all()
    offers = catalog.offers(session, [row.Listing.id for row in rows], at)
    return tuple(
        LineRow(row.PlanLine, row.Listing, row.Supplier, offers.get(row.Listing.id)) for row in rows
    )


def recipients(session: Session, plan_id: uuid.UUID) -> tuple[Recipient, ...]:
    """Who gets something, by employee number and name."""
    asked = select(Recipient).where(Recipient.plan_id == plan_id)
    return tuple(session.scalars(asked.order_by(Recipient.employee_number, Recipient.name)))


def own_plans(actor: Actor, state: PlanState | None = None) -> Select[Plan]:
    """The plans of the actor's unions, newest first, to be paged; all for the auditor."""
    asked = select(Plan).where(_readable(actor))
    if state is not None:
        asked = asked.where(Plan.state == state)
    return asked.order_by(Plan.created_at.desc(), Plan.id)


def counts(session: Session, actor: Actor) -> dict[PlanState, int]:
    """How many of these plans stand in each state, in the order of the states."""
    asked = select(Plan.state, func.count()).where(_readable(actor)).group_by(Plan.state)
    found = {row[0]: row[1] for row in session.execute(asked)}
    return {state: found[state] for state in PlanState if state in found}


def headcounts(session: Session, plan_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many people each plan is for; 0 is left out."""
    asked = (
        select(Recipient.plan_id, func.count())
        .where(Recipient.plan_id.in_(plan_ids))
        .group_by(Recipient.plan_id)
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def progress(session: Session, found: Plan) -> Progress:
    """How far its orders are; nothing before it is ordered."""
    if found.purchase_id is None:
        return Progress()
    asked = (
        select(Order.state, Delivery.state)
        .join(Delivery, Order.delivery_id == Delivery.id)
        .where(Order.purchase_id == found.purchase_id)
    )
    rows = [(row[0], row[1]) for row in session.execute(asked)]
    return Progress(
        orders=len(rows),
        paid=sum(state in PAID for state, _ in rows),
        received=sum(delivery is DeliveryState.RECEIVED for _, delivery in rows),
        off=sum(state in OVER for state, _ in rows),
    )


def of_purchase(session: Session, purchase_id: uuid.UUID) -> Plan | None:
    """The plan that was ordered by this purchase; None for any other purchase."""
    return session.scalar(select(Plan).where(Plan.purchase_id == purchase_id))


def treasuries(session: Session, actor: Actor) -> tuple[Union, ...]:
    """The unions whose treasurer the actor is."""
    own = actor.organisations(Role.UNION_TREASURER)
    return tuple(one for one in unions.own_unions(session, actor) if one.organisation_id in own)


def faults(session: Session) -> Iterator[str]:
    """Every plan or budget that does not hold what the other says, in words."""
    held = credit.reserved(session)
    for found in session.scalars(select(Plan).order_by(Plan.created_at)):
        name = f"plan: {found.title} ({found.id})"
        if found.state in HOLDING:
            held[found.budget_id] = held.get(found.budget_id, ZERO) + (found.reserved or ZERO)
        if found.approved_by is not None and found.approved_by == found.requested_by:
            yield f"{name} was approved by the person who drafted it"
        if found.state is PlanState.ORDERED:
            yield from (f"{name} {words}" for words in _order_faults(session, found))
    unpaid = _unpaid(session)
    for budget_id in session.scalars(select(Plan.budget_id).distinct()):
        booked = ledger.balance(session, AccountKind.RESERVED, budget_id)
        if booked != held.get(budget_id, ZERO):
            yield f"budget: {budget_id} reserves {booked}, its plans {held.get(budget_id, ZERO)}"
        booked, asked = ledger.balance(session, AccountKind.COMMITTED, budget_id), unpaid[budget_id]
        if booked != asked:
            yield f"budget: {budget_id} keeps {booked} for orders, {asked} of them are not paid"


def _unpaid(session: Session) -> dict[uuid.UUID, Money]:
    """By budget: orders of plans that wait for their money, whole, and grants that do."""
    found = defaultdict(lambda: ZERO, credit.committed(session))
    asked = (
        select(Plan.budget_id, Order.goods, Order.freight)
        .join(Order, Order.purchase_id == Plan.purchase_id)
        .where(Order.state.in_(UNPAID))
    )
    for budget_id, goods, freight in session.execute(asked):
        found[budget_id] += goods + freight
    return found


def _order_faults(session: Session, found: Plan) -> Iterator[str]:
    if found.approved_hash is None or found.approved_hash != found.content_hash:
        yield "ordered something else than was approved"
    purchase = session.get(Purchase, found.purchase_id) if found.purchase_id else None
    if purchase is None or purchase.total != found.reserved:
        yield f"was approved for {found.reserved}, ordered for {purchase and purchase.total}"


def _readable(actor: Actor) -> ColumnElement[bool]:
    if actor.roles & unions.READERS:
        return true()
    offices = {grant.organisation_id for grant in actor.grants if grant.role in unions.OFFICERS}
    return Plan.organisation_id.in_(offices)


def to_approve(actor: Actor, at: datetime) -> Select[uuid.UUID]:
    """Plans that wait for an approver of the union other than who sent them."""
    return select(Plan.id).where(
        Plan.state == PlanState.SUBMITTED,
        Plan.organisation_id.in_(actor.organisations(Role.UNION_APPROVER)),
        Plan.requested_by != actor.person_id,
    )
