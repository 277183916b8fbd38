"""What managers type about lists of counties, and reviewers about looks into registers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from marketplace.accounts.models import Organisation
from marketplace.catalog.service import Elsewhere
from marketplace.desk.rules import reasons_of
from marketplace.desk.service import Decision
from marketplace.kernel.errors import Invalid, MarketplaceError
from marketplace.kernel.money import parse_yuan
from marketplace.kernel.reviews import ReviewKind
from marketplace.regions.service import NewList, Proposal
from marketplace.suppliers.service import Found
from marketplace.suppliers.states import HitVerdict, LookupResult
from marketplace.web import MarketForm, checked, options, uploaded
from marketplace.web.labels import error_words
from marketplace.web.words import _

PROVINCE = re.compile(r"(\S+?)[\s,，:：]+([0-9]{1,4})")
TEXT = [InputRequired("请填写。"), Length(max=200, message="最多 200 个字。")]
MOST = NumberRange(min=1, max=5_000, message="请填写 1 到 5000 的整数。")
NOTE = [Length(max=500, message="最多 500 个字。")]
NATIONAL = ""


class VersionForm(MarketForm):
    sheet = FileField("名录表格", description="CSV 或 XLSX，“县”一列必填，写县名或 6 位代码")
    counties = TextAreaField(
        "或者直接填写",
        [Length(max=100_000, message="太长了，请改用表格。")],
        description="每行一个县。表格和这里都空着：县不变，只改下面的说明",
    )
    source = StringField(
        "依据的文件",
        [InputRequired("请填写。"), Length(max=500, message="最多 500 个字。")],
        description="名称、文号、公布的地方",
    )
    published = DateField("公布日期", [Optional()], description="不能确认就空着")
    effective_day = DateField(
        "生效日",
        [InputRequired("请填写日期。")],
        description="从这一天起按新版计算；以前的结论不变",
    )
    entries = IntegerField(
        "名录总数", [Optional(), MOST], description="公布的总数。空着：给出的就是全部"
    )
    provinces = TextAreaField(
        "各省总数",
        [Length(max=2_000, message="最多 2000 个字。")],
        description="只收录到一部分时填写，每行一个省，例如：云南 27。没有写的省视为没有",
    )
    qualifies = BooleanField(
        "名录上的县，商品可入专区", description="单位自有名录一般不勾选；勾选与否都会留痕"
    )
    note = StringField("备注", [Length(max=500, message="最多 500 个字。")])

    def validate_provinces(self, field: TextAreaField) -> None:
        for line in _lines(field.data):
            if not PROVINCE.fullmatch(line):
                raise ValidationError("请每行写一个省和一个数，例如：云南 27。")

    def file(self) -> bytes:
        """The uploaded sheet; nothing when none was chosen. Reads it whole."""
        if not getattr(self.sheet.data, "filename", ""):
            return b""
        data: bytes = self.sheet.data.read()
        self.sheet.data.close()
        return data

    def proposal(self) -> Proposal:
        """What was typed, as the service takes it."""
        assert self.effective_day.data is not None  # noqa: S101  # validate() saw to it; tells mypy
        found = [PROVINCE.fullmatch(line) for line in _lines(self.provinces.data)]
        return Proposal(
            source=(self.source.data or "").strip(),
            effective_day=self.effective_day.data,
            published=self.published.data,
            entries=self.entries.data,
            qualifies=bool(self.qualifies.data),
            note=(self.note.data or "").strip(),
            provinces={said[1]: int(said[2]) for said in found if said},
        )

    def blame_sheet(self, fault: MarketplaceError) -> None:
        """A refusal that names no field of ours is about the counties."""
        told, remedy = error_words(fault)
        self.sheet.errors = [*self.sheet.errors, f"{told} {remedy}".strip()]


class ComparisonForm(MarketForm):
    """What the same good costs elsewhere."""

    source = StringField("在哪里看到", TEXT, description="店名、网站或市场")
    price = StringField("价格", [InputRequired("请填写。")])
    amount = StringField("多少", TEXT, description="这个价格是多少的，例如：5千克、500g×10")
    day = DateField("日期", [InputRequired("请填写日期。")])
    remark = StringField("备注", [Length(max=200, message="最多 200 个字。")])
    scan = FileField(
        "截图或文件（可选）", description="JPEG、PNG、WebP、HEIC、PDF 或 OFD，最大 10 MB"
    )

    def validate_price(self, field: StringField) -> None:
        try:
            parse_yuan(field.data or "")
        except ValueError as fault:
            raise ValidationError("请填写如 12.50 的数字，单位为元，最多两位小数。") from fault

    def elsewhere(self) -> Elsewhere:
        """What was typed and uploaded, as the service takes it; reads the file whole."""
        name, data = uploaded(self.scan)
        assert self.day.data is not None  # noqa: S101  # validate() saw to it; tells mypy
        said = {one: (self[one].data or "").strip() for one in ("source", "amount", "remark")}
        return Elsewhere(
            source=said["source"],
            price=parse_yuan(self.price.data),
            amount=said["amount"],
            day=self.day.data,
            note=said["remark"],
            file_name=name,
            file=data,
        )


class NewListForm(VersionForm):
    name_zh = StringField(
        "名录名称", TEXT, description="按该单位自己的说法，例如：示例银行定点帮扶县"
    )
    name_en = StringField("英文名称", TEXT)
    owner = SelectField("谁的名录", choices=[], description="国家名录，或某个单位自己的名录")

    def offer(self, organisations: Iterable[Organisation]) -> None:
        """Whose list it may be."""
        self._names = {str(one.id): one.name for one in organisations}
        national = (NATIONAL, _("国家名录"))
        self.owner.choices = options([national, *self._names.items()])

    def new_list(self) -> NewList:
        owner = self.owner.data or NATIONAL
        return NewList(
            name_zh=(self.name_zh.data or "").strip(),
            name_en=(self.name_en.data or "").strip(),
            owner_id=uuid.UUID(owner) if owner else None,
            owner_name=self._names.get(owner, ""),
        )


class LookupForm(MarketForm):
    """What a reviewer saw in an outside register."""

    searched_for = StringField("查询内容", TEXT, description="在对方页面上输入的内容")
    looked_on = DateField("查询日期", [InputRequired("请填写日期。")])
    result = RadioField(
        "结果",
        [InputRequired("请选择结果。")],
        choices=options((one, f"LookupResult.{one}") for one in LookupResult),
    )
    found = TextAreaField(
        "查到的内容",
        [Length(max=2000, message="最多 2000 个字。")],
        description="没有异常就空着；有提示或命中请写清楚",
    )
    shot = FileField(
        "页面截图", description="JPEG、PNG、WebP 或 PDF，最大 10 MB；原件连同校验值保存"
    )
    again_on = DateField("下次查询", [Optional()], description="空着就按规定的间隔")

    def validate_shot(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError("请选择页面截图。")

    def said(self, register: str) -> Found:
        """What was typed and uploaded; reads the file whole, each time from its start."""
        self.shot.data.stream.seek(0)
        assert self.looked_on.data is not None  # noqa: S101  # validate() saw to it; tells mypy
        return Found(
            register=register,
            searched_for=self.searched_for.data or "",
            looked_on=self.looked_on.data,
            result=LookupResult(self.result.data),
            found=self.found.data or "",
            shot_name=str(self.shot.data.filename)[-200:],
            shot=self.shot.data.read(),
            again_on=self.again_on.data,
        )


class HitForm(MarketForm):
    """What follows from a hit."""

    verdict = RadioField(
        "处理决定",
        [InputRequired("请选择决定。")],
        choices=options((one, f"HitVerdict.{one}") for one in HitVerdict),
    )
    note = StringField(
        "理由", [InputRequired("请填写。"), Length(max=500, message="最多 500 个字。")]
    )

    def chosen(self) -> HitVerdict:
        return HitVerdict(self.verdict.data)


class DecisionForm(MarketForm):
    """Reasons and words of a decision; whether a reason is needed, the service knows."""

    reasons = SelectMultipleField("原因", choices=[], validate_choice=False)
    note = TextAreaField("给供应商的说明", NOTE, description="供应商会在短信和通知里看到")
    internal = TextAreaField("内部备注", NOTE, description="只有审核、审计和管理人员看到")

    def offer(self, kind: ReviewKind, language: str) -> None:
        """What may be ticked for things of this kind."""
        known = reasons_of(kind)
        self.reasons.choices = options((one.slug, one.said(language)) for one in known)

    def decision(self, seen: str) -> Decision:
        """What was ticked and typed. Raises StaleForm, Invalid (what does not fit its field)."""
        checked()
        if not self.validate():
            raise Invalid("note_too_long", field="note")
        return Decision(
            reasons=tuple(self.reasons.data or ()),
            text=(self.note.data or "").strip(),
            internal=(self.internal.data or "").strip(),
            seen=seen,
        )


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
