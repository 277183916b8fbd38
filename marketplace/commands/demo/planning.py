"""What the unions set aside, plan, decide and buy."""

from __future__ import annotations

from functools import partial

from catalog_import import write_csv
from marketplace.commands.demo.buying import address_of
from marketplace.commands.demo.cast import members
from marketplace.commands.demo.delivering import plan_delivery
from marketplace.commands.demo.script import Grant, PlanLine
from marketplace.commands.demo.sellers import listing_named
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.clock import local_day
from marketplace.kernel.money import parse_yuan
from marketplace.purchasing import service as purchasing
from marketplace.purchasing.service import NewPlan
from marketplace.unions import service as unions

BY = {"return": "approver", "approve": "approver"}  # all else is done by the buyer
AT = {"submit": "11:10", "return": "14:40", "approve": "15:00", "order": "16:20", "cancel": "10:30"}
HEADINGS = ("姓名", "工号", "手机号", "收货地址")


def plan(stage: Stage, grants: tuple[Grant, ...], plans: tuple[PlanLine, ...]) -> None:
    for grant in grants:
        stage.plan(grant.day, "09:50", partial(_grant, stage, grant))
    for one in plans:
        stage.plan(one.days["draft"], "10:00", partial(_draft, stage, one))
        for verb, at in AT.items():
            if verb in one.days:
                stage.plan(one.days[verb], at, partial(_use, stage, one, verb))
        plan_delivery(stage, _purchase(one), officer(one.union, "buyer"), one.days)


def officer(union: str, office: str) -> str:
    """The name in the script: "head-buyer" for the buyer of "union-head"."""
    return f"{union.removeprefix('union-')}-{office}"


def recipients(one: PlanLine) -> bytes:
    """The list of people as the union keeps it: a CSV file."""
    rows = members(one.union)[: one.people]
    return write_csv(HEADINGS, [(m.name, m.employee_number, m.mobile, "") for m in rows])


def _purchase(one: PlanLine) -> str:
    return f"purchase:{one.title}"


def _grant(stage: Stage, grant: Grant) -> None:
    with stage.work(officer(grant.union, "treasurer")) as w:
        made = unions.grant_budget(
            w,
            stage.ids[f"union:{grant.union}"],
            name=grant.name,
            year=local_day(w.now).year,
            source=grant.source,
            amount=parse_yuan(grant.yuan),
            document=grant.document,
        )
        stage.ids[grant.key] = made.id


def _draft(stage: Stage, one: PlanLine) -> None:
    buyer = officer(one.union, "buyer")
    with stage.work(buyer) as w:
        frame = NewPlan(
            title=one.title,
            budget_id=stage.ids[one.budget],
            per_person=parse_yuan(one.per_person),
            address=address_of(stage, w, buyer),
            minutes=one.minutes,
            on_account=one.on_account,
        )
        made = purchasing.draft(w, frame)
        goods = [(listing_named(w, sku).id, pieces) for sku, pieces in one.lines]
        purchasing.set_lines(w, made.id, goods)
        purchasing.set_recipients(w, made.id, recipients(one))
        stage.ids[one.title] = made.id


def _use(stage: Stage, one: PlanLine, verb: str) -> None:
    with stage.work(officer(one.union, BY.get(verb, "buyer"))) as w:
        made = purchasing.use(w, stage.ids[one.title], verb, one.note)
        if made.purchase_id is not None:
            stage.ids[_purchase(one)] = made.purchase_id
