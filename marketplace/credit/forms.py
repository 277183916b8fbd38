"""What a union's buyer types about credit, and a manager about vouchers."""

from __future__ import annotations

import uuid

from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from marketplace.credit.rules import Span
from marketplace.credit.service import NewBatch, NewGrant
from marketplace.kernel.clock import end_of_day, start_of_day
from marketplace.kernel.money import ZERO, Money, parse_yuan
from marketplace.web import MarketForm

REQUIRED = InputRequired("请填写。")
TEXT = [REQUIRED, Length(max=200, message="最多 200 个字。")]
ZONE_ONLY = "只能买专区商品（不抵运费）"


def _is_amount(_form: MarketForm, field: StringField) -> None:
    if field.data:
        try:
            parse_yuan(field.data)
        except ValueError as fault:
            raise ValidationError("请填写金额，例如 50 或 50.00。") from fault


class _Timed(MarketForm):
    first = DateField("开始日期", [InputRequired("请填写日期。")])
    last = DateField("最后一天", [InputRequired("请填写日期。")])

    def span(self) -> Span:
        """The last day counts whole, in Shanghai."""
        return Span(start_of_day(self.first.data), end_of_day(self.last.data))


class GrantForm(_Timed):
    budget = SelectField("经费", choices=[])
    name = StringField("福利名称", TEXT, description="例如：中秋节日慰问")
    per_person = StringField("每人金额（元）", [REQUIRED, _is_amount])
    zone_only = BooleanField(ZONE_ONLY)

    def grant(self) -> NewGrant:
        """What was typed; only after `validate()`."""
        return NewGrant(
            budget_id=uuid.UUID(self.budget.data),
            name=self.name.data,
            per_person=parse_yuan(self.per_person.data),
            span=self.span(),
            zone_only=bool(self.zone_only.data),
        )


class NoteForm(MarketForm):
    """Why (that it is needed, the service knows), and of which content: what the page showed."""

    seen = HiddenField(validators=[Length(max=64)])
    note = StringField("说明", [Length(max=500, message="最多 500 个字。")])

    def text(self) -> str:
        return (self.note.data or "").strip()


class BatchForm(_Timed):
    name = StringField("名称", TEXT)
    face = StringField("面额（元）", [REQUIRED, _is_amount])
    min_spend = StringField("满多少元可用", [Optional(), _is_amount], description="不填就是不限")
    codes = IntegerField("券码张数", [REQUIRED, NumberRange(1, 5000, "请填 1 到 5000。")])
    most = IntegerField("最多用多少张", [REQUIRED, NumberRange(1, 5000, "请填 1 到 5000。")])
    most_per_person = IntegerField(
        "每人最多用多少张", [REQUIRED, NumberRange(1, 5000, "请填 1 到 5000。")]
    )
    most_per_union = IntegerField(
        "每个工会最多用多少张",
        [Optional(), NumberRange(1, 5000, "请填 1 到 5000。")],
        description="不填就是不限",
    )
    zone_only = BooleanField(ZONE_ONLY)

    def batch(self) -> NewBatch:
        """What was typed; only after `validate()`."""
        least: Money = parse_yuan(self.min_spend.data) if self.min_spend.data else ZERO
        return NewBatch(
            name=self.name.data,
            face=parse_yuan(self.face.data),
            min_spend=least,
            span=self.span(),
            codes=self.codes.data,
            most=self.most.data,
            most_per_person=self.most_per_person.data,
            most_per_union=self.most_per_union.data,
            zone_only=bool(self.zone_only.data),
        )
