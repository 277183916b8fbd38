"""What people type at the doors: to sign in, to come back, to join, and to keep their account."""

from __future__ import annotations

from collections.abc import Collection

from wtforms import (
    Field,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import EqualTo, InputRequired, Length, NumberRange

from marketplace.accounts import rules
from marketplace.accounts.rules import LONGEST_PASSWORD
from marketplace.kernel.errors import Invalid, StaleForm
from marketplace.web import MarketForm
from marketplace.web.forms import options

SHORT = Length(max=40, message="最多 40 个字。")
PASSWORD = Length(max=LONGEST_PASSWORD, message="密码没有这么长。")


class DoorForm(MarketForm):
    """A form that strangers fill in; one that lay open too long says so in our own words."""

    def stale(self) -> StaleForm | None:
        token = self["csrf_token"]
        if not token.errors:
            return None
        token.errors = []
        return StaleForm()


class SignInForm(DoorForm):
    login = StringField("手机号或工号", [InputRequired("请填写手机号或工号。"), SHORT])
    password = PasswordField("密码", [InputRequired("请填写密码。"), PASSWORD])


class MobileForm(DoorForm):
    mobile = StringField("手机号", [InputRequired("请填写手机号。"), SHORT])

    def validate_mobile(self, field: Field) -> None:
        try:
            field.data = rules.check_mobile(field.data or "")
        except Invalid:
            raise ValidationError("请填写 11 位大陆手机号。") from None


class CodeForm(DoorForm):
    code = StringField("验证码", [InputRequired("请填写验证码。"), SHORT])


class WayForm(DoorForm):
    login = StringField("手机号或工号", [InputRequired("请填写手机号或工号。"), SHORT])
    way = RadioField(
        "怎么收到", choices=options([("sms", "短信验证码"), ("mail", "电子邮件")]), default="sms"
    )

    def __init__(self, ways: Collection[str]) -> None:
        """`ways` by which something reaches people here; at least one."""
        super().__init__(way=next(iter(ways)))
        self.way.choices = [one for one in self.way.choices if one.value in ways]


class NewPasswordForm(DoorForm):
    password = PasswordField(
        "新密码",
        [InputRequired("请填写新密码。"), PASSWORD],
        description="至少 10 个字符；几个不相干的词连起来最好记，也最难猜。",
    )
    again = PasswordField(
        "再输一遍新密码",
        [InputRequired("请再输一遍。"), EqualTo("password", message="两遍不一样，请重新输入。")],
    )


class ResetByCodeForm(NewPasswordForm):
    code = StringField("验证码", [InputRequired("请填写验证码。"), SHORT])


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField("现在的密码", [InputRequired("请填写现在的密码。"), PASSWORD])


class PasswordOnlyForm(DoorForm):
    """To do something that a browser left open must not do."""

    proof = PasswordField("现在的密码", [InputRequired("请填写现在的密码。"), PASSWORD])


class JoinForm(MobileForm):
    invitation = StringField(
        "邀请码",
        [InputRequired("请填写邀请码。"), SHORT],
        description="印在邀请单上，16 个字母和数字，横线可以不填",
    )


class NewcomerForm(NewPasswordForm):
    code = StringField("短信验证码", [InputRequired("请填写验证码。"), SHORT])
    name = StringField("姓名", [InputRequired("请填写姓名。"), SHORT])


class InviteForm(DoorForm):
    organisation = SelectField("单位", [InputRequired("请选择单位。")])
    role = SelectField("角色", [InputRequired("请选择角色。")])
    pieces = IntegerField(
        "张数", [InputRequired("请填写张数。"), NumberRange(1, 200, "1 到 200 张。")], default=10
    )
    days = IntegerField(
        "有效天数", [InputRequired("请填写天数。"), NumberRange(1, 90, "1 到 90 天。")], default=14
    )
