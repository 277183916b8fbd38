"""What reviewers type about a requirement that need not be met."""

from __future__ import annotations

from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from marketplace.suppliers.forms.fields import text_of
from marketplace.suppliers.rules import REQUIREMENTS
from marketplace.suppliers.service import Wanted
from marketplace.web import MarketForm, options

_BORDERLINE = [one.slug for one in REQUIREMENTS if one.borderline]


class WaiverForm(MarketForm):
    requirement = SelectField(
        "豁免哪一项", choices=options((slug, f"requirement.{slug}") for slug in _BORDERLINE)
    )
    reason = StringField(
        "理由",
        [InputRequired("请填写。"), Length(max=500, message="最多 500 个字。")],
        description="为什么这家不需要，依据哪条规定",
    )
    evidence = StringField(
        "佐证",
        [InputRequired("请填写。"), Length(max=200, message="最多 200 个字。")],
        description="监管部门答复的文号、日期",
    )
    until = DateField(
        "有效期至", [InputRequired("请填写日期。")], description="最长一年，到期重新判断"
    )

    def wanted(self) -> Wanted:
        """What was typed."""
        assert self.until.data is not None  # noqa: S101  # validate() saw to it; tells mypy
        return Wanted(
            self.requirement.data, text_of(self.reason), text_of(self.evidence), self.until.data
        )
