"""What buyers claim: one takes what is offered, one is decided by a manager, one is
taken off before it was paid, one still waits."""

from __future__ import annotations

from functools import partial

from marketplace.catalog import service as catalog
from marketplace.claims import queries, service
from marketplace.claims.states import ClaimKind
from marketplace.commands.demo.delivering import MANAGER, orders_in, refund, staff_of
from marketplace.commands.demo.photos import photo
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.money import Money
from marketplace.orders import queries as orders

TAKEN, DECIDED, WAITING = "demonstration-11", "demonstration-12", "demonstration-14"
ON_ACCOUNT = "purchase:高温慰问（南城，5 人，验收后付款）"
SPOILED = (96, 84, 40)


def plan(stage: Stage) -> None:
    """On the day of receipt, as the hours of fresh goods want it."""
    stage.plan(14, "17:22", partial(_claim, stage, TAKEN, "zhou", "到货压坏了一份。"))
    stage.plan(14, "17:25", partial(_answer, stage, TAKEN, "offer", "按一份的一半退。"))
    stage.plan(14, "17:28", partial(_answer, stage, TAKEN, "accept", who="zhou"))
    stage.plan(13, "10:00", partial(refund, stage, TAKEN))
    stage.plan(11, "17:22", partial(_claim, stage, DECIDED, "south-buyer", "有一半不新鲜。"))
    stage.plan(11, "17:25", partial(_answer, stage, DECIDED, "offer", "照片看不清，退三元。"))
    words = "打开就是这样，请看第一张照片。"
    stage.plan(11, "17:28", partial(_answer, stage, DECIDED, "dispute", words, "south-buyer"))
    words = "照片看得清，退五元。"
    stage.plan(9, "10:10", partial(_answer, stage, DECIDED, "award", words, MANAGER))
    stage.plan(8, "10:00", partial(refund, stage, DECIDED))
    stage.plan(8, "17:22", partial(_claim, stage, WAITING, "lin", "有两个开裂了。"))
    stage.plan(8, "17:25", partial(_answer, stage, WAITING, "offer", "路上压的，退三元。"))
    words = "两个都不能吃了。"
    stage.plan(4, "09:40", partial(_answer, stage, WAITING, "dispute", words, "lin"))

    stage.plan(7, "17:22", partial(_claim, stage, ON_ACCOUNT, "south-buyer", "压坏了一盒。"))
    stage.plan(7, "17:25", partial(_answer, stage, ON_ACCOUNT, "grant", "照扣。"))


def _claim(stage: Stage, purchase: str, who: str, words: str) -> None:
    """Ten yuan of the first good of the last order, with a photograph."""
    order = orders_in(stage, purchase)[-1]
    pictures = [("照片.jpg", photo(SPOILED))]
    received = catalog.receive(stage.runtime.tools.storage, pictures)
    with stage.work(who) as w:
        line = orders.lines_of(w.session, order.id)[0]
        wished = [service.WishedLine(line.id, Money(10_00))]
        service.open_claim(w, order.id, service.Wish(ClaimKind.QUALITY, words, wished), received)


def _answer(stage: Stage, purchase: str, verb: str, words: str = "", who: str = "") -> None:
    """By its supplier, if nobody else is named."""
    order = orders_in(stage, purchase)[-1]
    amount = Money(5_00) if verb == "award" else Money(3_00)
    with stage.work(who or staff_of(stage, order.supplier_id)) as w:
        claim = queries.waiting_claim(w.session, order.id)
        if claim is not None:
            service.decide(w, claim.id, verb, service.Answer(words, amount))
