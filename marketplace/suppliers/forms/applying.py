"""What a supplier says of itself, step by step; what is not known yet may be left empty."""

from __future__ import annotations

from wtforms import DecimalField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from marketplace.kernel.money import ZERO, Money
from marketplace.suppliers.forms.fields import LATER, MOBILE, TEXT, supplier_kinds, text_of
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.service import Contact, Entity, NamedGrower, Story
from marketplace.suppliers.states import ApplicationStep, GrowerKind, GrowerLink, SupplierKind
from marketplace.web import MarketForm, options

YUAN = NumberRange(min=0, max=10_000, message="请填写 0 到 10000 之间的金额。")
COUNTY = "县名或 6 位行政区划代码，例如：伽师县"


class BeginForm(MarketForm):
    kind = SelectField("主体类型", choices=supplier_kinds())
    legal_name = StringField("名称", TEXT, description="与营业执照或登记证上的名称一致")

    def begun(self) -> tuple[SupplierKind, str]:
        """Kind and name."""
        return SupplierKind(self.kind.data), text_of(self.legal_name)


class EntityForm(BeginForm):
    credit_code = StringField("统一社会信用代码", LATER, description="18 位，见执照右上角")
    county = StringField("登记所在县", LATER, description=COUNTY)

    def said(self) -> Entity:
        """What was typed, as the service takes it."""
        return Entity(*self.begun(), text_of(self.credit_code), text_of(self.county))


class ContactForm(MarketForm):
    address = StringField("地址", LATER, description="公司或合作社所在的地址，收合同和样品用")
    contact_name = StringField("联系人", LATER)
    contact_mobile = StringField(
        "联系人手机号", [Optional(), MOBILE], description="审核结果和证照到期提醒发到这个手机号"
    )

    def said(self) -> Contact:
        """What was typed, as the service takes it."""
        return Contact(
            text_of(self.address), text_of(self.contact_name), text_of(self.contact_mobile)
        )


class StoryForm(MarketForm):
    story = TextAreaField(
        "介绍",
        [Length(max=2000, message="最多 2000 个字。")],
        description="在哪儿种、怎么种、谁在种；买家在商品页看到",
    )
    freight_fee = DecimalField("每单运费", [Optional(), YUAN], places=2, description="空着就是包邮")
    free_freight_from = DecimalField(
        "满多少元包邮", [Optional(), YUAN], places=2, description="没有这项优惠就空着"
    )

    def said(self) -> Story:
        """What was typed, as the service takes it."""
        fee = _fen(self.freight_fee) or ZERO
        return Story(text_of(self.story), fee, _fen(self.free_freight_from))


class GrowerForm(MarketForm):
    name = StringField("种养主体名称", TEXT, description="农户写姓名，其他写登记的名称")
    kind = SelectField("类型", choices=options((k, f"GrowerKind.{k}") for k in GrowerKind))
    credit_code = StringField("统一社会信用代码", LATER, description="农户没有代码，空着")
    county = StringField("种养所在县", TEXT, description=COUNTY)
    link = SelectField("合作方式", choices=options((k, f"GrowerLink.{k}") for k in GrowerLink))
    agreement = StringField("协议", TEXT, description="编号和签订日期，例如：代销 3 号，2026-03-01")

    def named(self) -> NamedGrower:
        """What was typed, as the service takes it."""
        return NamedGrower(
            name=text_of(self.name),
            kind=GrowerKind(self.kind.data),
            county=text_of(self.county),
            link=GrowerLink(self.link.data),
            agreement=text_of(self.agreement),
            credit_code=text_of(self.credit_code),
        )


class ChangeForm(EntityForm):
    credit_code = StringField("统一社会信用代码", TEXT, description="18 位，见执照右上角")
    county = StringField("登记所在县", TEXT, description=COUNTY)
    reason = StringField(
        "为什么变更",
        [InputRequired("请填写。"), Length(max=500, message="最多 500 个字。")],
        description="例如：合作社改名，新执照已上传",
    )


StepForm = EntityForm | ContactForm | StoryForm
FORMS: dict[ApplicationStep, type[StepForm]] = {
    ApplicationStep.ENTITY: EntityForm,
    ApplicationStep.CONTACT: ContactForm,
    ApplicationStep.STORY: StoryForm,
}


def said_of(supplier: Supplier) -> dict[str, object]:
    """What the forms show of an application that is there already."""
    same = ("kind", "legal_name", "address", "contact_name", "contact_mobile", "story")
    free_from = supplier.free_freight_from
    return {
        **{name: getattr(supplier, name) for name in same},
        "credit_code": supplier.credit_code or "",
        "county": supplier.county_code,
        "freight_fee": supplier.freight_fee.decimal,
        "free_freight_from": free_from.decimal if free_from else None,
    }


def _fen(field: DecimalField) -> Money | None:
    return None if field.data is None else Money(round(field.data * 100))
