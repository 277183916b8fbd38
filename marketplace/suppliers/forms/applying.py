"""What a supplier says of itself."""

from __future__ import annotations

from wtforms import DecimalField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from marketplace.kernel.money import ZERO, Money
from marketplace.suppliers.forms.fields import TEXT, text_of
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.service import Application
from marketplace.suppliers.states import SupplierKind
from marketplace.web import MarketForm, options

YUAN = NumberRange(min=0, max=10_000, message="请填写 0 到 10000 之间的金额。")


class ApplicationForm(MarketForm):
    kind = SelectField("主体类型", choices=options((k, f"SupplierKind.{k}") for k in SupplierKind))
    legal_name = StringField("名称", TEXT, description="与营业执照或登记证上的名称一致")
    credit_code = StringField("统一社会信用代码", TEXT, description="18 位，见执照右上角")
    county = StringField("登记所在县", TEXT, description="县名或 6 位行政区划代码，例如：伽师县")
    address = StringField("地址", TEXT)
    contact_name = StringField("联系人", TEXT)
    contact_mobile = StringField(
        "联系人手机号",
        [InputRequired("请填写。"), Regexp(r"^1[3-9]\d{9}$", message="请填写 11 位手机号。")],
    )
    story = TextAreaField("介绍", [Length(max=2000, message="最多 2000 个字。")])
    freight_fee = DecimalField("每单运费（元）", [Optional(), YUAN], places=2)
    free_freight_from = DecimalField("满多少元包邮", [Optional(), YUAN], places=2)

    def application(self) -> Application:
        """What was typed, as the service takes it."""
        return Application(
            kind=SupplierKind(self.kind.data),
            legal_name=text_of(self.legal_name),
            credit_code=text_of(self.credit_code),
            county=text_of(self.county),
            address=text_of(self.address),
            contact_name=text_of(self.contact_name),
            contact_mobile=text_of(self.contact_mobile),
            story=text_of(self.story),
            freight_fee=_fen(self.freight_fee) or ZERO,
            free_freight_from=_fen(self.free_freight_from),
        )


def said_of(supplier: Supplier) -> dict[str, object]:
    """What the form shows of an application that is there already."""
    same = ("kind", "legal_name", "credit_code", "address", "contact_name", "contact_mobile",
            "story")  # fmt: skip
    free_from = supplier.free_freight_from
    return {
        **{name: getattr(supplier, name) for name in same},
        "county": supplier.county_code,
        "freight_fee": supplier.freight_fee.decimal,
        "free_freight_from": free_from.decimal if free_from else None,
    }


def _fen(field: DecimalField) -> Money | None:
    return None if field.data is None else Money(round(field.data * 100))
