"""What people type to sign in."""

from __future__ import annotations

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from marketplace.accounts.rules import LONGEST_PASSWORD
from marketplace.kernel.errors import StaleForm
from marketplace.web import MarketForm


class SignInForm(MarketForm):
    login = StringField(
        "手机号或工号",
        [InputRequired("请填写手机号或工号。"), Length(max=40, message="最多 40 个字。")],
    )
    password = PasswordField(
        "密码",
        [InputRequired("请填写密码。"), Length(max=LONGEST_PASSWORD, message="密码没有这么长。")],
    )

    def stale(self) -> StaleForm | None:
        """A page that lay open too long, in words of ours instead of the token's own."""
        token = self["csrf_token"]
        if not token.errors:
            return None
        token.errors = []
        return StaleForm()
