"""Buying for many: drafted by one, approved by another, and ordered exactly as approved."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, delete, select, update

from catalog_import import Problem, UnreadableFile, read_people
from marketplace.catalog import queries as catalog
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid, Refused, SamePerson, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger.states import AccountKind
from marketplace.orders import queries as orders_queries
from marketplace.orders import service as orders
from marketplace.payments import service as payments
from marketplace.purchasing import queries, rules
from marketplace.purchasing.models import Plan, PlanLine, Recipient
from marketplace.purchasing.queries import Dossier, LineRow
from marketplace.purchasing.states import PLAN, PlanState
from marketplace.unions import queries as unions_queries
from marketplace.unions import service as unions
from marketplace.work import Work, move

MOST_FORGOTTEN = 50  # plans in one unit of work; the next one goes on


class PeopleRefused(Invalid):
    """The sheet of recipients was not taken; `problems` names row, column, value and remedy."""

    code = "people_refused"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class PeopleTaken:
    """How many people a list has. `encoding_to_confirm`: it was read as GB18030, which fits almost
    any bytes, so somebody should look at the names."""

    count: int
    encoding_to_confirm: bool = False


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What a plan begins with; `minutes` are number and date of the committee's decision."""

    title: str
    budget_id: uuid.UUID
    per_person: Money
    address: uuid.UUID | orders.NewAddress  # one of the actor's, or a new one to keep
    minutes: str = ""
    on_account: bool = False  # paid for once it is accepted


def draft(w: Work, new: NewPlan) -> Plan:
    """Begin a plan on a budget of a union in which the actor buys.

    Raises Invalid (per person, new address), Missing (budget or address of others), Forbidden,
    Refused tender_not_offered.
    """
    plan = Plan(id=uuid.uuid4(), created_at=w.now, requested_by=w.actor.person_id)
    _fill(w, plan, new)
    w.session.add(plan)
    w.record("draft", plan, to_state=PlanState.DRAFT, title=plan.title)
    return plan


def revise(w: Work, plan_id: uuid.UUID, new: NewPlan) -> Plan:
    """Change the frame of a plan that is not submitted. Raises as `draft`, WrongState."""
    plan = _to_edit(w, plan_id)
    _fill(w, plan, new)
    w.record("revise", plan, title=plan.title)
    return plan


def set_lines(w: Work, plan_id: uuid.UUID, goods: Sequence[tuple[uuid.UUID, int]]) -> Plan:
    """Replace all goods by these (listing, pieces for each person), at today's prices.

    Raises Invalid (pieces), Missing (not for sale now), WrongState.
    """
    plan = _to_edit(w, plan_id)
    w.session.execute(delete(PlanLine).where(PlanLine.plan_id == plan.id))
    for listing_id, pieces in goods:
        put_line(w, plan_id, listing_id, pieces)
    return plan


def put_line(w: Work, plan_id: uuid.UUID, listing_id: uuid.UUID, pieces: int) -> PlanLine:
    """So many pieces of a good for each person, as it is today; put again, it replaces.

    Raises Invalid (pieces), Missing (not for sale now), WrongState.
    """
    rules.check_pieces(pieces)
    plan = _to_edit(w, plan_id)
    offer = catalog.offer(w.session, listing_id, w.now)
    line = w.session.scalar(_line(plan.id, listing_id))
    if line is None:
        line = PlanLine(plan_id=plan.id, listing_id=listing_id)
        w.session.add(line)
    line.pieces_each, line.unit_price = pieces, offer.listing.sale_price
    line.fingerprint = offer.listing.fingerprint
    price, is_now = line.unit_price.fen, line.fingerprint
    w.record("put_line", plan, listing=listing_id, pieces=pieces, price=price, fingerprint=is_now)
    return line


def remove_line(w: Work, plan_id: uuid.UUID, listing_id: uuid.UUID) -> Plan:
    """Take a good out again; nothing happens when it is not in. Raises WrongState, Missing."""
    plan = _to_edit(w, plan_id)
    if line := w.session.scalar(_line(plan.id, listing_id)):
        w.session.delete(line)
        w.record("remove_line", plan, listing=listing_id)
    return plan


def set_recipients(w: Work, plan_id: uuid.UUID, data: bytes) -> PeopleTaken:
    """Replace the list of people by that of a CSV file, or change nothing.

    Raises PeopleRefused, WrongState, Missing, Refused plan_without_list (a canteen's).
    """
    plan = _to_edit(w, plan_id)
    budget = unions_queries.budget(w.session, w.actor, plan.budget_id).budget
    if not rules.has_list(budget.source):
        raise Refused("plan_without_list")
    try:
        sheet = read_people(data)
    except UnreadableFile as fault:
        raise PeopleRefused((fault.problem,)) from fault
    if sheet.problems:
        raise PeopleRefused(sheet.problems)
    w.session.execute(delete(Recipient).where(Recipient.plan_id == plan.id))
    w.session.add_all(
        Recipient(
            plan_id=plan.id,
            name=row.name,
            employee_number=row.employee_no,
            mobile=row.mobile,
            address=row.address,
        )
        for row in sheet.rows
    )
    w.record("set_recipients", plan, count=len(sheet.rows), sha256=sheet.sha256)
    return PeopleTaken(len(sheet.rows), encoding_to_confirm=sheet.encoding_to_confirm)


def forget_recipients(w: Work, plan: Plan) -> None:
    """By the system, once what was ordered by the plan is long done."""
    w.session.execute(
        update(Recipient).where(Recipient.plan_id == plan.id).values(mobile=None, address="")
    )
    w.record("forget_recipients", plan)


def forget_abandoned(w: Work) -> int:
    """Lists of plans that nobody used for so many days: of one that was given up, phones and
    addresses go; of one that was not handed in, all, to be brought anew. Answers how many, 0 once
    nothing is left. By the system."""
    asked = queries.abandoned(w.now - timedelta(days=w.tools.config.address_days))
    found = w.session.scalars(asked.limit(MOST_FORGOTTEN)).all()
    for plan_id in [plan.id for plan in found]:
        _lock(w, plan_id)
        plan = w.session.scalar(asked.where(Plan.id == plan_id))
        if plan is None:  # somebody took it up meanwhile
            continue
        if plan.state in queries.EDITABLE:
            w.session.execute(delete(Recipient).where(Recipient.plan_id == plan.id))
            w.record("forget_list", plan)
        else:
            forget_recipients(w, plan)
    return len(found)


def submit(w: Work, plan_id: uuid.UUID) -> Plan:
    """Freeze the plan, reserve its money and ask somebody else to approve it.

    Raises Refused (plan_without_goods, plan_without_people, over_ceiling, too_many_pieces,
    plan_outdated, not_sent_there, orders_closed, below_min_quantity, plan_above_limit), NotEnough,
    WrongState.
    """
    found = _load(w, plan_id, Role.UNION_BUYER)
    plan = found.plan
    move(w, PLAN, plan, "submit", content=found.content_hash, total=found.cost.total.fen)
    _complete(found)
    plan.submissions += 1
    plan.submitted_at, plan.note = w.now, None
    plan.reserved, plan.content_hash = found.cost.total, found.content_hash
    unions.reserve(w, _held(plan, "reserved"))
    return plan


def approve(w: Work, plan_id: uuid.UUID, seen: str | None = None) -> Plan:
    """Agree to exactly what was submitted; `seen` is the hash of what the page showed (None: not
    shown to anybody). Raises SamePerson, WrongState, Refused plan_changed."""
    found = _load(w, plan_id, Role.UNION_APPROVER)
    plan = found.plan
    move(w, PLAN, plan, "approve", content=plan.content_hash)
    _unchanged(found, plan.content_hash)
    if seen is not None and seen != found.content_hash:  # returned, changed and submitted since
        raise Refused("plan_changed")
    plan.approved_hash, plan.approved_at = found.content_hash, w.now
    plan.approved_by, plan.note = w.actor.person_id, None
    return plan


def send_back(w: Work, plan_id: uuid.UUID, note: str) -> Plan:
    """Return it with the reason, also after approval while nothing is ordered; its money is
    available again. Raises Invalid (no reason), SamePerson, WrongState."""
    plan = _load(w, plan_id, Role.UNION_APPROVER).plan
    if not note.strip():
        raise Invalid("note_missing", field="note")
    move(w, PLAN, plan, "return", note=note.strip())
    _let_go(w, plan)
    plan.note = note.strip()
    return plan


def order(w: Work, plan_id: uuid.UUID) -> Plan:
    """Buy exactly what was approved, as organisations pay; ordered twice, it is bought once.

    Raises Refused plan_changed, whatever `orders.place` refuses, WrongState.
    """
    found = _load(w, plan_id, Role.UNION_BUYER)
    plan = found.plan
    if plan.state is PlanState.ORDERED:
        return plan
    move(w, PLAN, plan, "order", content=plan.approved_hash)
    _unchanged(found, plan.approved_hash)
    people = found.heads
    purchase = orders.place(
        w,
        orders.Placement(
            lines=tuple((r.line.listing_id, r.line.pieces_each * people) for r in found.lines),
            address_id=plan.address_id,
            tender=payments.tender_of_organisations(w.tools),
            source=found.budget.budget.source,
            payer=found.budget.budget.payer,
            organisation_id=plan.organisation_id,
            on_account=plan.on_account,
            key=f"plan:{plan.id}",
            total=plan.reserved,
        ),
    )
    plan.purchase_id = purchase.id
    unions.commit(w, _held(plan, "committed"))
    return plan


def cancel(w: Work, plan_id: uuid.UUID) -> Plan:
    """Give a plan up before it is ordered; its money is available again. Raises WrongState."""
    plan = _load(w, plan_id, Role.UNION_BUYER).plan
    move(w, PLAN, plan, "cancel")
    _let_go(w, plan)
    return plan


def use(w: Work, plan_id: uuid.UUID, verb: str, note: str, seen: str | None = None) -> Plan:
    """The verb of the state table by its name, as its button names it."""
    if verb == "return":
        return send_back(w, plan_id, note)
    if verb == "approve":
        return approve(w, plan_id, seen)
    return {"submit": submit, "order": order, "cancel": cancel}[verb](w, plan_id)


def _fill(w: Work, plan: Plan, new: NewPlan) -> None:
    budget = unions_queries.budget(w.session, w.actor, new.budget_id).budget
    rules.check_ceiling(new.per_person, budget.source)
    if Role.UNION_BUYER not in unions_queries.roles_in(w.actor, budget.organisation_id):
        raise Forbidden
    if isinstance(new.address, orders.NewAddress):
        address = orders.add_address(w, new.address)
        w.session.flush()  # gives it the id that the plan names
    else:
        address = orders_queries.own_address(w.session, w.actor, new.address)
    plan.union_id, plan.organisation_id = budget.union_id, budget.organisation_id
    plan.budget_id, plan.address_id = budget.id, address.id
    orders.may_pay_later(w, budget.organisation_id, is_wanted=new.on_account)
    plan.title, plan.per_person, plan.minutes = new.title, new.per_person, new.minutes
    plan.on_account = new.on_account
    if not rules.has_list(budget.source):  # nobody is named any more
        w.session.execute(delete(Recipient).where(Recipient.plan_id == plan.id))


def _load(w: Work, plan_id: uuid.UUID, role: Role) -> Dossier:
    """The plan as it is today, locked, for one who holds the role for it. Raises Missing (no
    officer of its union), SamePerson (approver of the own plan), Forbidden."""
    _lock(w, plan_id)
    found = queries.dossier(w.session, w.actor, plan_id, w.now)
    if role not in queries.roles_for(w.actor, found.plan):
        held = unions_queries.roles_in(w.actor, found.plan.organisation_id)
        is_own = found.plan.requested_by == w.actor.person_id
        raise SamePerson if role is Role.UNION_APPROVER and is_own and role in held else Forbidden
    return found


def _lock(w: Work, plan_id: uuid.UUID) -> None:
    """Whoever changes a plan, its goods or its people holds the plan, so that what is approved
    is what was there."""
    w.session.execute(select(Plan.id).where(Plan.id == plan_id).with_for_update())


def _to_edit(w: Work, plan_id: uuid.UUID) -> Plan:
    _lock(w, plan_id)
    plan = queries.own_plan(w.session, w.actor, plan_id)
    if plan.state not in queries.EDITABLE:
        raise WrongState(verb="revise", state=plan.state)
    return plan


def _line(plan_id: uuid.UUID, listing_id: uuid.UUID) -> Select[PlanLine]:
    return select(PlanLine).where(PlanLine.plan_id == plan_id, PlanLine.listing_id == listing_id)


def _complete(found: Dossier) -> None:
    """Everything that must hold before somebody else is asked."""
    if not found.lines:
        raise Refused("plan_without_goods")
    if not found.heads:
        raise Refused("plan_without_people")
    for row in found.lines:
        _can_be_ordered(found, row)
    cost = found.cost
    if not cost.within(found.plan.per_person):
        raise Refused("over_ceiling", each=cost.each, ceiling=found.plan.per_person)


def _can_be_ordered(found: Dossier, row: LineRow) -> None:
    """One good, for everybody of the plan."""
    people = found.heads
    if row.has_changed:
        raise Refused("plan_outdated", title=row.listing.name)
    if against := row.against_terms(people, found.at):
        least, most = row.listing.min_quantity, row.listing.max_per_person
        raise Refused(against, title=row.listing.name, least=least or 1, most=most or "")
    if row.line.pieces_each * people > rules.MOST_PIECES:
        raise Refused("too_many_pieces", title=row.listing.name, most=rules.MOST_PIECES)
    if row.supplier.tariff.at(found.address.county_code).refused:
        told = {"supplier": row.supplier.legal_name, "place": found.region}
        raise Refused("not_sent_there", **told)


def _unchanged(found: Dossier, agreed: str | None) -> None:
    """Recomputed from the tables of this instant: same goods, same prices, all still for sale."""
    if found.has_changed or found.content_hash != agreed:
        raise Refused("plan_changed")


def _held(plan: Plan, what: str) -> unions.Held:
    """The whole money of a plan; the key counts submissions, as a returned plan comes again."""
    key = f"plan-{what}:{plan.id}:{plan.submissions}"
    return unions.Held(plan.budget_id, plan.id, plan.reserved or ZERO, key)


def _let_go(w: Work, plan: Plan) -> None:
    if plan.reserved is not None:
        unions.release(w, _held(plan, "released"), AccountKind.RESERVED)
    plan.reserved = plan.approved_hash = plan.approved_at = plan.approved_by = None


def export_values(w: Work, union_id: uuid.UUID, year: int) -> tuple[queries.Value, ...]:
    """What each person got, by source of funds, for the payroll; who took it out stands in the
    trail. By the union's own treasurer. Raises Missing, Forbidden."""
    union = unions_queries.union(w.session, w.actor, union_id)
    if Role.UNION_TREASURER not in unions_queries.roles_in(w.actor, union.organisation_id):
        raise Forbidden(verb="export")
    found = queries.values(w.session, union_id, year)
    w.record("export_values", union, year=year, rows=len(found))
    return found
