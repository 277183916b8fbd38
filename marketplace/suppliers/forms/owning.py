"""What only owners of a supplier type: colleagues, and the account to be paid to."""

from __future__ import annotations

from wtforms import DateField, FileField, PasswordField, RadioField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import MarketplaceError
from marketplace.suppliers.forms.fields import MOBILE, TEXT, text_of
from marketplace.suppliers.rules import failures
from marketplace.suppliers.service import ChecksFailed, NewAccount
from marketplace.web import MarketForm, finding_words, options

NUMBER = [InputRequired("请填写。"), Length(max=60, message="账号没有这么长。")]
RANKS = (Role.SUPPLIER_STAFF, Role.SUPPLIER_OWNER)


class ColleagueForm(MarketForm):
    mobile = StringField("同事的手机号", [InputRequired("请填写。"), MOBILE])
    role = RadioField(
        "角色", choices=options((role, f"rank.{role}") for role in RANKS), default=RANKS[0].value
    )

    def invited(self) -> tuple[str, Role]:
        """Whom, and as what."""
        return text_of(self.mobile), Role(self.role.data)


class _NumberForm(MarketForm):
    """Never shown with what was typed before: an account number stands in no page."""

    number = StringField("账号", NUMBER)

    def forget(self) -> None:
        """Before the page is made."""
        self.number.data = self.number.raw_data = None


class AccountForm(_NumberForm):
    bank = StringField("开户银行", TEXT, description="例如：中国农业银行")
    branch = StringField("开户支行", TEXT, description="写到支行或营业部")
    number = StringField("账号", NUMBER, description="对公结算账户的账号，空格可有可无")
    valid_from = DateField("开户日期", [InputRequired("请填写日期。")])
    scan = FileField(
        "开户证明的扫描件或照片",
        description="开户许可证或基本存款账户信息；JPEG、PNG、WebP 或 PDF，最大 10 MB",
    )
    password = PasswordField("您的登录密码", description="改收款账户前再核对一次是不是您本人")

    def validate_scan(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError("请选择扫描件或照片。")

    def account(self) -> NewAccount:
        """What was typed and uploaded; reads the file whole."""
        self.scan.data.stream.seek(0)  # a view may be run twice
        return NewAccount(
            bank=text_of(self.bank),
            branch=text_of(self.branch),
            number=text_of(self.number),
            opened_on=self.valid_from.data,
            scan_name=str(self.scan.data.filename)[-200:],
            scan=self.scan.data.read(),
        )

    def blame(self, fault: MarketplaceError) -> bool:
        """Also puts what checks of the bank's paper say beside its field, else beside the scan."""
        if not isinstance(fault, ChecksFailed):
            return super().blame(fault)
        for one in failures(fault.findings):
            field = self[one.field if one.field in self else "scan"]
            field.errors = [*field.errors, " ".join(finding_words(one)).strip()]
        return True


class ConfirmForm(_NumberForm):
    number = StringField("照开户证明再录一遍账号", NUMBER)

    def typed(self) -> str:
        """The number, once more."""
        return text_of(self.number)
