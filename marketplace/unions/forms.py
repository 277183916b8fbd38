"""What treasurers type about budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import Money, parse_yuan
from marketplace.unions import rules
from marketplace.web import MarketForm, options

TEXT = [InputRequired("请填写。"), Length(max=200, message="最多 200 个字。")]
SOURCES = rules.sources(is_union=True)


@dataclass(frozen=True, slots=True)
class Grant:
    """A budget as it was typed."""

    name: str
    year: int
    source: FundSource
    amount: Money
    document: str
    payer: str


class FoundForm(MarketForm):
    """Whose books are opened: a union's, or those of an administration or canteen that buys."""

    organisation = SelectField("单位", validate_choice=True)
    name = StringField("发票抬头上的名称", TEXT, description="例如：示例银行城东分行工会委员会")
    credit_code = StringField(
        "统一社会信用代码", TEXT, description="工会的以 81 开头；行政和食堂填本单位的"
    )

    def offering(self, places: Sequence[tuple[str, str]]) -> FoundForm:
        self.organisation.choices = options(places)
        return self


class GrantForm(MarketForm):
    name = StringField("用途", TEXT, description="例如：节日慰问")
    year = StringField(
        "年度", [InputRequired("请填写。"), Regexp(r"^20[0-9]{2}$", message="请填写四位年份。")]
    )
    source = SelectField("资金来源", choices=options((s, f"FundSource.{s}") for s in SOURCES))
    amount = StringField("金额（元）", [InputRequired("请填写。")], description="例如：480000.00")
    document = StringField("依据文件", TEXT, description="批准这笔经费的文件名称和文号")

    payer = StringField(
        "付款单位（可选）",
        [Length(max=200, message="最多 200 个字。")],
        description="由别的单位付款时填写，与转账的付款户名一致，例如上级工会或财务共享中心；空着就是本单位",
    )

    def offering(self, sources: Sequence[FundSource]) -> GrantForm:
        """The same form with what may be chosen."""
        self.source.choices = options((one, f"FundSource.{one}") for one in sources)
        return self

    def validate_amount(self, field: StringField) -> None:
        try:
            amount = parse_yuan(field.data or "")
        except ValueError as fault:
            raise ValidationError("请填写金额，例如 480000 或 480000.00。") from fault
        if amount.fen <= 0:
            raise ValidationError("金额要大于 0。")

    def grant(self) -> Grant:
        """What was typed; only after `validate()`."""
        return Grant(
            name=self.name.data.strip(),
            year=int(self.year.data),
            source=FundSource(self.source.data),
            amount=parse_yuan(self.amount.data),
            document=self.document.data.strip(),
            payer=(self.payer.data or "").strip(),
        )


class NoteForm(MarketForm):
    """Why; that it is needed, the service knows."""

    note = StringField("原因", [Length(max=500, message="最多 500 个字。")])
