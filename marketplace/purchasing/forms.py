"""What a union's buyer types: the frame of a plan, pieces of a good, the list of people."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from wtforms import FileField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import parse_yuan
from marketplace.orders.service import NewAddress
from marketplace.purchasing import rules
from marketplace.purchasing.service import NewPlan
from marketplace.web import MarketForm, options

TEXT = [InputRequired("请填写。"), Length(max=200, message="最多 200 个字。")]
UP_TO_200 = [Length(max=200, message="最多 200 个字。")]
NEW = "new"
BEFORE, AFTER = "before", "after"  # the goods
Choices = Sequence[tuple[str, str]]


class PlanForm(MarketForm):
    """The frame; `offering` fills in the actor's budgets and addresses."""

    title = StringField("名称", TEXT, description="例如：中秋节日慰问")
    budget_id = SelectField("使用哪笔经费", validate_choice=True)
    per_person = StringField(
        "每人上限（元）",
        [InputRequired("请填写。")],
        description="商品和分摊的运费合计不超过它；用食堂经费时填整单上限",
    )
    pays = RadioField("什么时候付款", default=BEFORE)
    minutes = StringField("会议纪要", UP_TO_200, description="工会委员会决定的编号和日期，可以后补")
    address_id = RadioField("收货地址", default=NEW)
    recipient = StringField("收货人", UP_TO_200)
    mobile = StringField("收货人手机号", UP_TO_200)
    county = StringField("所在县区", UP_TO_200, description="县名或 6 位行政区划代码")
    street = StringField("详细地址", UP_TO_200)

    def offering(
        self, budgets: Choices, addresses: Choices, pays: Choices, new_words: str
    ) -> PlanForm:
        """The same form with what may be chosen; the first address stands ready."""
        self.budget_id.choices = options(budgets)
        self.pays.choices = options(pays)
        self.address_id.choices = options([*addresses, (NEW, new_words)])
        if addresses and not self.address_id.raw_data and self.address_id.data == NEW:
            self.address_id.data = addresses[0][0]
        return self

    def validate_per_person(self, field: StringField) -> None:
        try:
            rules.check_ceiling(parse_yuan(field.data or ""))
        except (ValueError, Invalid) as fault:
            raise ValidationError("请填写大于 0 的金额，例如 480；食堂最多 100 万元。") from fault

    def validate_recipient(self, field: StringField) -> None:
        self._needed(field)

    def validate_street(self, field: StringField) -> None:
        self._needed(field)

    def validate_county(self, field: StringField) -> None:
        self._needed(field)

    def validate_mobile(self, field: StringField) -> None:
        self._needed(field)

    def new_plan(self) -> NewPlan:
        """What was typed, as the service takes it; only after `validate()`."""
        new = NewAddress(
            recipient=(self.recipient.data or "").strip(),
            mobile=(self.mobile.data or "").strip(),
            county=(self.county.data or "").strip(),
            street=(self.street.data or "").strip(),
        )
        return NewPlan(
            title=self.title.data.strip(),
            budget_id=uuid.UUID(self.budget_id.data),
            per_person=parse_yuan(self.per_person.data),
            address=new if self.address_id.data == NEW else uuid.UUID(self.address_id.data),
            minutes=(self.minutes.data or "").strip(),
            on_account=self.pays.data == AFTER,
        )

    def _needed(self, field: StringField) -> None:
        if self.address_id.data == NEW and not (field.data or "").strip():
            raise ValidationError("使用新地址时要填写。")


class PieceForm(MarketForm):
    """So many pieces of one good for each person."""

    listing_id = StringField(validators=[InputRequired("请选择商品。")])
    pieces = StringField("每人件数", [InputRequired("请填写。")])

    def validate_listing_id(self, field: StringField) -> None:
        try:
            uuid.UUID(field.data or "")
        except ValueError as fault:
            raise ValidationError("请从搜索结果里选择商品。") from fault

    def validate_pieces(self, field: StringField) -> None:
        text = (field.data or "").strip()
        good = text.isascii() and text.isdigit() and len(text) <= 4 and int(text) > 0
        if not good:
            raise ValidationError("请填写 1 到 9999 的整数，用半角数字。")

    def wanted(self) -> tuple[uuid.UUID, int]:
        """Which good, and how many; only after `validate()`."""
        return uuid.UUID(self.listing_id.data), int(self.pieces.data.strip())


class PeopleForm(MarketForm):
    people = FileField("名单（CSV）", description="列：姓名、手机号、工号、地址；整份替换现有名单")

    def validate_people(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError("请选择名单文件。")

    def sheet(self) -> bytes:
        """The whole file; only after `validate()`."""
        data: bytes = self.people.data.read()
        return data


class NoteForm(MarketForm):
    """A decision with its reason; whether one is needed, the service knows."""

    note = StringField("说明", [Length(max=500, message="最多 500 个字。")])
