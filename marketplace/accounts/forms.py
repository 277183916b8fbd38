"""What managers upload about organisations and people."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from wtforms import BooleanField, FileField, HiddenField, SelectField

from marketplace.accounts.models import Organisation
from marketplace.accounts.service import Sheets
from marketplace.web import MarketForm, options
from marketplace.web.words import _

IN_PART = ""


class RosterForm(MarketForm):
    organisations = FileField(
        "单位表格",
        description="单位代码、单位名称必填；单位类型、上级单位代码、统一社会信用代码可空",
    )
    people = FileField(
        "人员表格", description="工号、姓名、单位代码必填；手机号、角色、离职日期可空"
    )
    whole_of = SelectField(
        "人员表格是不是全量名单",
        choices=[],
        description="选了单位：该单位和下级里，表格上没有的人视为离职。办理前会告诉您有几人",
    )

    def offer(self, organisations: Iterable[Organisation]) -> None:
        """Of which organisation the list may be the whole."""
        named = [(str(one.id), one.name) for one in organisations]
        self.whole_of.choices = options([(IN_PART, _("不是，只处理表格上的人")), *named])

    def sheets(self) -> Sheets:
        """What was uploaded; reads both files whole."""
        chosen = [field.data for field in (self.organisations, self.people)
                  if getattr(field.data, "filename", "")]  # fmt: skip
        whole = self.whole_of.data
        return Sheets(
            organisations=_content(self.organisations),
            people=_content(self.people),
            names=" · ".join(str(file.filename)[-90:] for file in chosen),
            whole_of=uuid.UUID(whole) if whole else None,
        )


class ApplyForm(MarketForm):
    """What was seen: the sum of the changes, and the agreement to how many leave."""

    digest = HiddenField()
    leaving = HiddenField()
    agree = BooleanField("这些人视为离职，立即不能登录")

    def agreed(self) -> int:
        """How many people the manager agreed to see leave."""
        said = self.leaving.data or ""
        return int(said) if self.agree.data and said.isascii() and said.isdigit() else 0


def _content(field: FileField) -> bytes:
    if not getattr(field.data, "filename", ""):
        return b""
    data: bytes = field.data.read()
    field.data.close()  # a large upload lies in a temporary file
    return data
