"""What buyers say of goods that they received: one is answered, one is hidden."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from marketplace.commands.demo.delivering import MANAGER, orders_in, staff_of
from marketplace.commands.demo.stage import Stage
from marketplace.orders import queries as orders
from marketplace.reviews import service
from marketplace.reviews.models import Review
from marketplace.reviews.service import Said

ANSWERED, HIDDEN = "demonstration-11", "demonstration-01"


def plan(stage: Stage) -> None:
    said = Said(4, "味道很好，路上压坏了一份，赔得很快。")
    stage.plan(5, "12:20", partial(_write, stage, ANSWERED, said))
    stage.plan(5, "15:20", partial(_decide, stage, ANSWERED, "answer", "谢谢，包装已经加固。"))
    stage.plan(4, "12:25", partial(_write, stage, HIDDEN, Said(1, "加微信领券，联系方式见头像。")))
    stage.plan(4, "16:10", partial(_decide, stage, HIDDEN, "hide", "广告，与商品无关。"))


def _write(stage: Stage, purchase: str, said: Said) -> None:
    """Of the first good of the last order, by its buyer."""
    order = orders_in(stage, purchase)[-1]
    with stage.runtime.reading() as session:
        buyer = orders.row(session, order.id).purchase.buyer_id
        line = orders.lines_of(session, order.id)[0].id
    who = next(name for name, person in stage.ids.items() if str(person) == buyer)
    with stage.work(who) as w:
        service.write(w, line, said)


def _decide(stage: Stage, purchase: str, verb: str, words: str) -> None:
    """An answer is its supplier's, all else an operator's."""
    order = orders_in(stage, purchase)[-1]
    who = staff_of(stage, order.supplier_id) if verb == "answer" else MANAGER
    with stage.work(who) as w:
        line = orders.lines_of(w.session, order.id)[0].id
        review = w.session.scalars(select(Review.id).where(Review.order_line_id == line)).one()
        service.decide(w, review, verb, Said(note=words))
