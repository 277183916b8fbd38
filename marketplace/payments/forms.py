"""What the operator's manager types about money that came or went."""

from __future__ import annotations

from wtforms import StringField, ValidationError
from wtforms.validators import InputRequired, Length

from marketplace.kernel.money import ZERO, Money, parse_yuan
from marketplace.web import MarketForm

_REQUIRED = InputRequired("请填写。")


class ConfirmForm(MarketForm):
    """A transfer as it stands on the bank's statement."""

    amount = StringField("到账金额（元）", [_REQUIRED], description="照对账单填写，例如 128.50")
    bank_ref = StringField("银行流水号", [_REQUIRED, Length(max=100, message="最多 100 个字。")])

    def validate_amount(self, field: StringField) -> None:
        try:
            positive = parse_yuan(field.data or "") > ZERO
        except ValueError:
            positive = False
        if not positive:
            raise ValidationError("请填写金额，最多两位小数，不带逗号和“元”字，例如 128.50。")

    def money(self) -> Money:
        return parse_yuan(self.amount.data or "")

    def reference(self) -> str:
        return (self.bank_ref.data or "").strip()


class RefundForm(MarketForm):
    """The bank's number of a transfer back to the buyer."""

    bank_ref = StringField("银行流水号", [_REQUIRED, Length(max=100, message="最多 100 个字。")])

    def reference(self) -> str:
        return (self.bank_ref.data or "").strip()


class ClearForm(MarketForm):
    """What a manager found out about something that differed."""

    note = StringField(
        "处理结果",
        [_REQUIRED, Length(max=500, message="最多 500 个字。")],
        description="例如：与支付渠道核对后，由对方退回；单号……",
    )

    def words(self) -> str:
        return (self.note.data or "").strip()
