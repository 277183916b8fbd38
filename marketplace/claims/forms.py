"""What buyers, suppliers and managers type about claims."""

from __future__ import annotations

import re
import uuid

from flask import request
from wtforms import MultipleFileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.claims import rules
from marketplace.claims.queries import OpenTo
from marketplace.claims.service import Answer, Wish, WishedLine
from marketplace.claims.states import ClaimKind
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money, parse_yuan
from marketplace.web import MarketForm, files_of

LONG = Length(max=500, message="最多 500 个字。")
PIECES = re.compile(r"[0-9]{1,4}", re.ASCII)


class ClaimForm(MarketForm):
    """One claim; what is wanted of each line stands in fields of its own: `amount-<line>` in yuan,
    `pieces-<line>` to be sent back; empty: nothing of it."""

    reason = TextAreaField("说明", [InputRequired("请填写。"), LONG])
    photos = MultipleFileField("照片", description="JPEG、PNG、WebP，每张最大 10 MB，最多 9 张")

    def files(self) -> list[tuple[str, bytes]]:
        return files_of(self.photos)

    def wish(self, kind: ClaimKind, found: OpenTo) -> Wish:
        """Raises Invalid (claim_number) with the field of the line."""
        is_return = kind is ClaimKind.RETURN
        lines = [one.line.id for one in found.lines]
        told = [_pieces(line) if is_return else _amount(line) for line in lines]
        return Wish(kind, (self.reason.data or "").strip(), [one for one in told if one])


class ClickForm(ClaimForm):
    """One click: what was recalled, or has not left, the server knows."""

    reason = None
    photos = None

    def files(self) -> list[tuple[str, bytes]]:
        return []

    def wish(self, kind: ClaimKind, found: OpenTo) -> Wish:
        if kind is ClaimKind.UNSENT:
            lines = [one.line.id for one in found.lines if one.unsent_amount]
            return Wish(kind, rules.UNSENT_REASON, [WishedLine(one) for one in lines])
        recalled = [one for one in found.lines if one.recall_amount]
        reason = rules.recall_reason(one.batch for one in recalled)
        return Wish(kind, reason, [WishedLine(one.line.id) for one in recalled])


class ReturnForm(ClaimForm):
    """The same beside it on one page."""

    reason = TextAreaField("说明", [InputRequired("请填写。"), LONG], id="return-reason")


class AnswerForm(MarketForm):
    """What comes with a verb; what of it is needed, the service knows."""

    note = StringField("说明", [LONG])
    amount = StringField("金额（元）", [Length(max=16, message="请填写金额，例如 128.50。")])
    carrier = StringField("快递公司", [Length(max=200, message="最多 200 个字。")])
    tracking = StringField("运单号", [Length(max=200, message="最多 200 个字。")])

    def answer(self) -> Answer:
        """Raises Invalid amount_missing for what is no amount."""
        typed = (self.amount.data or "").strip()
        return Answer(
            note=(self.note.data or "").strip(),
            amount=_yuan(typed, "amount") if typed else None,
            carrier=self.carrier.data or "",
            tracking=self.tracking.data or "",
        )


def _yuan(text: str, field: str) -> Money:
    try:
        return parse_yuan(text)
    except ValueError as fault:
        raise Invalid("amount_missing", field=field) from fault


def _amount(line: uuid.UUID) -> WishedLine | None:
    typed = request.form.get(f"amount-{line}", "").strip()
    return WishedLine(line, amount=_yuan(typed, f"amount-{line}")) if typed else None


def _pieces(line: uuid.UUID) -> WishedLine | None:
    typed = request.form.get(f"pieces-{line}", "").strip()
    if not typed:
        return None
    if not PIECES.fullmatch(typed) or not int(typed):
        raise Invalid("quantity", field=f"pieces-{line}", value=typed)
    return WishedLine(line, pieces=int(typed))
