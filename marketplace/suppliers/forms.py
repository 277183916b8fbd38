"""What suppliers and reviewers type about suppliers."""

from __future__ import annotations

from typing import Any

from wtforms import (
    DateField,
    DecimalField,
    FileField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import ZERO, Money
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.service import Application, HandedIn
from marketplace.suppliers.states import PaperKind, SupplierKind
from marketplace.web import MarketForm, checked, options

TEXT = [InputRequired("请填写。"), Length(max=200, message="最多 200 个字。")]
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
            legal_name=_text(self.legal_name),
            credit_code=_text(self.credit_code),
            county=_text(self.county),
            address=_text(self.address),
            contact_name=_text(self.contact_name),
            contact_mobile=_text(self.contact_mobile),
            story=_text(self.story),
            freight_fee=_fen(self.freight_fee) or ZERO,
            free_freight_from=_fen(self.free_freight_from),
        )


class PaperForm(MarketForm):
    kind = SelectField("证照种类", choices=options((k, f"PaperKind.{k}") for k in PaperKind))
    number = StringField("编号", TEXT)
    holder = StringField("持有人", TEXT, description="证照上写的名称")
    issuer = StringField("发证或检验机构", TEXT)
    valid_from = DateField("有效期自", [InputRequired("请填写日期。")])
    valid_until = DateField(
        "有效期至", [Optional()], description="最后一天；长期有效就空着。检验报告填平台采信至"
    )
    scan = FileField(
        "扫描件或照片", description="JPEG、PNG、WebP 或 PDF，最大 10 MB，原件保存不改动"
    )

    def validate_scan(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError("请选择扫描件或照片。")

    def handed_in(self) -> HandedIn:
        """What was typed and uploaded; reads the file whole."""
        data = self.scan.data.read()
        assert self.valid_from.data is not None  # noqa: S101  # validate() saw to it; tells mypy
        return HandedIn(
            kind=PaperKind(self.kind.data),
            number=_text(self.number),
            holder=_text(self.holder),
            issuer=_text(self.issuer),
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
            scan_name=str(self.scan.data.filename)[-200:],
            scan=data,
        )


class NoteForm(MarketForm):
    """A decision with its reason; whether one is needed, the service knows."""

    note = StringField("说明", [Length(max=500, message="最多 500 个字。")])

    def reason(self) -> str:
        """What was typed. Raises StaleForm, Invalid (longer than 500 characters)."""
        checked()
        if not self.validate():
            raise Invalid("note_too_long", field="note")
        return _text(self.note)


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


def _text(field: Any) -> str:
    return (field.data or "").strip()


def _fen(field: DecimalField) -> Money | None:
    return None if field.data is None else Money(round(field.data * 100))
