"""What managers and suppliers type about statements and payouts."""

from __future__ import annotations

import uuid

from flask import request
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from marketplace.kernel.errors import Invalid
from marketplace.web import MarketForm

LONG = Length(max=500, message="最多 500 个字。")
MOST_CHOSEN = 500


class NoteForm(MarketForm):
    """Words for the other side; that they are needed, the service knows."""

    note = StringField("说明", [LONG])

    def text(self) -> str:
        return (self.note.data or "").strip()


class PaidForm(MarketForm):
    """The bank's number of a payout."""

    bank_ref = StringField(
        "银行流水号",
        [InputRequired("请填写。"), Length(max=100, message="最多 100 个字。")],
    )

    def reference(self) -> str:
        return (self.bank_ref.data or "").strip()


class ReturnedForm(MarketForm):
    """Why the bank sent a payout back."""

    note = StringField("退回原因", [InputRequired("请填写。"), LONG])

    def text(self) -> str:
        return (self.note.data or "").strip()


def chosen_payouts() -> tuple[uuid.UUID, ...]:
    """The ticked ones, each once. Raises Invalid."""
    told = set(request.form.getlist("payout"))
    if len(told) > MOST_CHOSEN:
        raise Invalid("too_many_lines", most=MOST_CHOSEN)
    try:
        return tuple(sorted(uuid.UUID(one) for one in told))
    except ValueError as fault:
        raise Invalid("lines_malformed") from fault
