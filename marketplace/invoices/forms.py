"""What buyers type of titles, and suppliers of invoices."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from marketplace.invoices import rules
from marketplace.invoices.models import Invoice, InvoiceRequest
from marketplace.invoices.service import HandedIn
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money, parse_yuan
from marketplace.orders.models import InvoiceTitle
from marketplace.orders.states import TitleKind
from marketplace.web import MarketForm, options, uploaded

REQUIRED = InputRequired("请填写。")
NAME = Length(max=100, message="最多 100 个字。")
SHORT = Length(max=40, message="最多 40 个字。")


class TitleForm(MarketForm):
    """A person's name, or an organisation's with its tax number."""

    kind = RadioField(
        "抬头类型",
        [REQUIRED],
        choices=options([(kind.value, f"TitleKind.{kind.value}") for kind in TitleKind]),
        default=TitleKind.PERSON.value,
    )
    name = StringField("发票抬头", [REQUIRED, NAME])
    tax_number = StringField(
        "纳税人识别号", [SHORT], description="单位必填，18 位统一社会信用代码；个人不填。"
    )
    is_default = BooleanField("设为常用抬头")

    def title(self) -> rules.Title:
        return rules.Title(
            TitleKind(self.kind.data), self.name.data or "", self.tax_number.data or ""
        )


class AskForm(MarketForm):
    """Which of the person's titles the invoice names."""

    title = SelectField("发票抬头", [Optional()], validate_choice=False)

    def offer(self, known: Sequence[InvoiceTitle]) -> None:
        said = [(str(one.id), f"{one.name} {one.tax_number}".strip()) for one in known]
        self.title.choices = options(said)

    def title_id(self) -> uuid.UUID | None:
        """None: none was chosen. Raises Invalid."""
        try:
            return uuid.UUID(self.title.data) if self.title.data else None
        except ValueError as fault:
            raise Invalid("title_unknown", field="title") from fault


class InvoiceForm(MarketForm):
    """The file, and for OFD and PDF what it says; of an XML file what is in it counts."""

    file = FileField("发票文件", description="XML、OFD 或 PDF。XML 自动读取，下面不用填。")
    number = StringField("发票号码", [SHORT], description="20 位数字")
    issued_on = DateField("开票日期", [Optional()])
    net = StringField("不含税金额（元）", [SHORT])
    tax = StringField("税额（元）", [SHORT], description="免税填 0")
    amount = StringField("价税合计（元）", [SHORT], description="红字发票填负数")
    blue_number = SelectField("被红冲的蓝字发票", [Optional()], validate_choice=False)
    on_behalf = TextAreaField(
        "代开说明",
        [Length(max=500, message="最多 500 个字。")],
        description="只有税务机关代开、销售方不是本店时填写：谁代开、为什么。由平台经理核对。",
    )

    def offer(self, blue: Sequence[Invoice]) -> None:
        said = [("", "—"), *((one.number, f"{one.number} {one.amount}") for one in blue)]
        self.blue_number.choices = options(said)

    def handed_in(self, request: InvoiceRequest) -> HandedIn:
        """With the parties as they have to be; whoever reads the file sees whether they are.
        Raises Invalid (invoice_typed_amount)."""
        name, data = uploaded(self.file)
        return HandedIn(
            file_name=name,
            data=data,
            fapiao=self._typed(request),
            on_behalf=(self.on_behalf.data or "").strip(),
        )

    def _typed(self, request: InvoiceRequest) -> rules.Fapiao | None:
        if not (self.number.data or "").strip() or self.issued_on.data is None:
            return None
        day: date = self.issued_on.data
        return rules.Fapiao(
            number=(self.number.data or "").strip(),
            issued_on=day,
            seller_name=request.supplier.legal_name,
            seller_code=request.supplier.credit_code or "",
            buyer_name=request.title_name,
            buyer_code=request.title_code,
            net=_yuan("net", self.net.data),
            tax=_yuan("tax", self.tax.data or "0"),
            amount=_yuan("amount", self.amount.data),
            blue_number=(self.blue_number.data or "").strip(),
        )


class NoteForm(MarketForm):
    """Words for the supplier; that they are needed, the service knows."""

    note = StringField("说明", [Length(max=500, message="最多 500 个字。")])

    def text(self) -> str:
        return (self.note.data or "").strip()


def _yuan(field: str, text: str | None) -> Money:
    try:
        return parse_yuan(text or "")
    except ValueError as fault:
        raise Invalid("invoice_typed_amount", field=field, value=(text or "")[:40]) from fault
