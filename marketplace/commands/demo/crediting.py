"""A union's credit for two of its people, an account that nobody has confirmed yet, one purchase
with credit, and one batch of vouchers."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial

from marketplace.commands.demo.buying import address_of
from marketplace.commands.demo.delivering import MANAGER, pay
from marketplace.commands.demo.sellers import listing_named
from marketplace.commands.demo.settling import SECOND
from marketplace.commands.demo.stage import Stage
from marketplace.credit import service
from marketplace.credit.queries import Wanted
from marketplace.credit.rules import Span
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import Money
from marketplace.orders import service as orders
from marketplace.payments.models import Tender
from marketplace.unions import service as unions

# proved by the employee number, confirmed by an officer, and one of whom nobody knows yet
MEMBERS = (
    ("林小满", "SL000001", "13800000001"),
    ("周谷雨", "HY09002", "13800000002"),
    ("白小雪", "HY09003", "13800000048"),
)
UNION, BUDGET, BUYER = "union:union-head", "head-festival", "lin"
GRANT, PURCHASE = "credit:festival", "purchase:credit"


def plan(stage: Stage) -> None:
    """Days are working days before today, as everywhere in the script."""
    stage.plan(9, "09:10", partial(_propose, stage))
    stage.plan(9, "14:05", partial(_approve, stage))
    stage.plan(8, "10:25", lambda: pay(stage, GRANT))
    stage.plan(7, "11:00", partial(_vouchers, stage))
    stage.plan(6, "12:40", partial(_buy, stage))
    stage.plan(6, "12:45", lambda: pay(stage, PURCHASE))
    stage.plan(2, "15:50", partial(_propose_more, stage))


def _propose(stage: Stage) -> None:
    """Only those whose account is proved to be theirs get any."""
    with stage.work("head-buyer") as w:
        listed = [unions.NewMember(*one) for one in MEMBERS]
        _, second, _ = unions.add_members(w, stage.ids[UNION], listed)
        w.session.flush()
        unions.confirm_account(w, stage.ids[UNION], unions.Match(second.id, stage.ids["zhou"]))
    with stage.work("head-buyer") as w:
        new = service.NewGrant(stage.ids[BUDGET], "冬至会员慰问", Money(60_00), _span(stage, 60))
        stage.ids[GRANT] = service.propose(w, new).id


def _approve(stage: Stage) -> None:
    with stage.work("head-approver") as w:
        service.approve(w, stage.ids[GRANT])


def _vouchers(stage: Stage) -> None:
    with stage.work(MANAGER) as w:
        new = service.NewBatch("新年满减券", Money(10_00), Money(80_00), _span(stage, 45), 50, 30)
        made = service.make_batch(w, new)
    with stage.work(SECOND) as w:
        service.issue(w, made.id)


def _buy(stage: Stage) -> None:
    with stage.work(BUYER) as w:
        wanted = orders.Placement(
            lines=((listing_named(w, "XJ-007").id, 2),),
            address_id=address_of(stage, w, BUYER),
            tender=Tender.CARD,
            source=FundSource.PERSONAL,
            no_return=None,
            key=uuid.uuid4().hex,
            pay_with=Wanted(credit=True),
        )
        stage.ids[PURCHASE] = orders.place(w, wanted).id


def _propose_more(stage: Stage) -> None:
    """Waits for the approver."""
    with stage.work("head-buyer") as w:
        new = service.NewGrant(
            stage.ids[BUDGET], "春节会员慰问", Money(50_00), _span(stage, 90), zone_only=True
        )
        service.propose(w, new)


def _span(stage: Stage, days: int) -> Span:
    now = stage.clock.now()
    return Span(now, now + timedelta(days=days))
