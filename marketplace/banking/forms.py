"""What a manager says of a statement, and of a line that nothing matched."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import request
from wtforms import FileField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from catalog_import import Layout
from marketplace.banking import service
from marketplace.kernel.errors import Invalid
from marketplace.web import MarketForm, options, uploaded
from marketplace.web.words import words

_REQUIRED = InputRequired("请填写。")
_LONG = Length(max=500, message="最多 500 个字。")
MOST_CHOSEN = 50


class StatementForm(MarketForm):
    """A file of the bank; which bank's it is, is seen from its headings."""

    account = StringField(
        "本方账户",
        [_REQUIRED, Length(max=40, message="最多 40 个字。")],
        description="收款账号，或您用来区分它的名称；同一账户请每次写得一样",
    )
    layout = SelectField("银行格式")
    sheet = FileField(
        "对账单文件", description="银行下载的 CSV 或 XLSX，最多 2,000 行，不要改动表头"
    )

    def offer(self, known: Sequence[Layout]) -> None:
        """An operator's own layouts have the names that his file gives them, in every language."""
        say = words()
        pairs = [("", say("按表头识别")), *((one.slug, say(one.name)) for one in known)]
        self.layout.choices = options(pairs)

    def validate_sheet(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError("请选择表格文件。")

    def file(self) -> tuple[str, bytes]:
        return uploaded(self.sheet)

    def said(self, file_name: str) -> service.NewStatement:
        return service.NewStatement((self.account.data or "").strip(), file_name)


class PutForm(MarketForm):
    """Which payment lines pay, and how it is known."""

    note = StringField(
        "代付说明",
        [_REQUIRED, _LONG],
        description="为什么是这笔款，例如：市总工会财务共享中心代付，已与经办人电话核实",
    )

    def text(self) -> str:
        return (self.note.data or "").strip()


class SendBackForm(MarketForm):
    """Money that was sent back at the bank."""

    bank_ref = StringField("退回流水号", [_REQUIRED, Length(max=100, message="最多 100 个字。")])
    reason = StringField("退回原因", [_REQUIRED, _LONG])

    def reference(self) -> str:
        return (self.bank_ref.data or "").strip()

    def text(self) -> str:
        return (self.reason.data or "").strip()


class DismissForm(MarketForm):
    """Why a line is none of the marketplace's business."""

    why = StringField(
        "与本平台无关的原因", [_REQUIRED, _LONG], description="例如：账户利息、银行手续费"
    )

    def text(self) -> str:
        return (self.why.data or "").strip()


def chosen_payment() -> uuid.UUID:
    """Raises Invalid."""
    try:
        return uuid.UUID(request.form.get("payment", ""))
    except ValueError as fault:
        raise Invalid("no_payment_chosen", field="note") from fault


def chosen_lines() -> tuple[uuid.UUID, ...]:
    """The other lines that were ticked, each once. Raises Invalid."""
    told = set(request.form.getlist("line"))
    try:
        found = tuple(sorted(uuid.UUID(one) for one in told))
    except ValueError as fault:
        raise Invalid("lines_malformed") from fault
    if len(found) > MOST_CHOSEN:
        raise Invalid("too_many_lines", most=MOST_CHOSEN)
    return found
