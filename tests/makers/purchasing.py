"""Makers of plans: draft → goods → people → submit → approve → order, as officers would."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog_import import write_csv
from marketplace.kernel.money import Money
from marketplace.orders.service import NewAddress
from marketplace.payments import service as payments
from marketplace.payments.models import Payment
from marketplace.purchasing import service
from marketplace.purchasing.models import Plan
from marketplace.unions.models import Budget
from tests.makers.catalog import a_listing
from tests.makers.suppliers import COUNTY, an_approved_supplier
from tests.makers.unions import a_budget

if TYPE_CHECKING:
    from tests.fixtures import People

ADDRESS = NewAddress("示例工会办公室", "13700000001", COUNTY, "示例路 1 号")


def a_people_sheet(count: int = 30) -> bytes:
    """A CSV file of so many invented people."""
    rows = [[f"示例职工{n}", f"1391234{n:04d}", f"E{n:04d}"] for n in range(count)]
    return write_csv(["姓名", "手机号", "工号"], rows)


def an_empty_plan(
    people: People,
    budget: Budget | None = None,
    *,
    per_person: Money = Money(480_00),
    on_account: bool = False,
) -> Plan:
    budget = budget or a_budget(people)
    with people.runtime.work(people.actor("union_buyer")) as w:
        new = service.NewPlan("中秋节日慰问", budget.id, per_person, ADDRESS, "示例纪要 1 号")
        new = replace(new, on_account=on_account)
        return service.draft(w, new)


def a_plan(
    people: People,
    goods: tuple[tuple[uuid.UUID, int], ...] | None = None,
    *,
    count: int = 30,
    per_person: Money = Money(480_00),
    budget: Budget | None = None,
    on_account: bool = False,
) -> Plan:
    """Ready to submit: two boxes at ¥59 for each of 30 people, unless told otherwise."""
    if goods is None:
        an_approved_supplier(people)
        goods = ((a_listing(people).id, 2),)
    plan = an_empty_plan(people, budget, per_person=per_person, on_account=on_account)
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.set_lines(w, plan.id, goods)
        service.set_recipients(w, plan.id, a_people_sheet(count))
    return plan


def submitted(people: People, plan: Plan) -> Plan:
    with people.runtime.work(people.actor("union_buyer")) as w:
        return service.submit(w, plan.id)


def approved(people: People, plan: Plan) -> Plan:
    submitted(people, plan)
    with people.runtime.work(people.actor("union_approver")) as w:
        return service.approve(w, plan.id)


def ordered(people: People, plan: Plan) -> Plan:
    approved(people, plan)
    with people.runtime.work(people.actor("union_buyer")) as w:
        return service.order(w, plan.id)


def paid(people: People, plan: Plan) -> Plan:
    """Ordered, and the bank transfer confirmed by the operator's manager."""
    plan = ordered(people, plan)
    with people.runtime.work(people.actor("manager")) as w:
        payment = w.session.scalars(
            select(Payment).where(Payment.purchase_id == plan.purchase_id)
        ).one()
        payments.confirm_transfer(w, payment.id, payment.amount, f"示例流水 {payment.reference}")
    return plan
