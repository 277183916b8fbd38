"""The sheets that suppliers hand in, and what they are asked about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import request
from wtforms import BooleanField, FileField, RadioField, StringField, ValidationError
from wtforms.validators import Length, Optional

from catalog_import import Column, Mapping, read_mapping, required_fields
from catalog_import.synonyms import heading_table
from marketplace.catalog.queries import Upload
from marketplace.catalog.states import AbsentGoods
from marketplace.web import MarketForm, options
from marketplace.web.words import words

ASKED = "?"  # a column that may be several things


class SheetForm(MarketForm):
    """A file of goods; where it is not plain, which sheet of it and what its headings mean."""

    sheet = FileField(
        "商品表格",
        description="Excel 工作簿（.xlsx，最大 10 MB、50,000 行）或 CSV（最大 32 MB、200,000 行）",
    )
    sheet_name = StringField(
        "工作表名称（可选）",
        [Length(max=40, message="最多 40 个字。")],
        description="工作簿里有几张表时，写明读哪一张",
    )
    mapping = FileField("列名对照文件（可选）", description="TOML 或 JSON，写明哪个表头是哪个字段")
    pictures = FileField(
        "图片压缩包（可选）",
        description="ZIP，最大 64 MB；按货号命名：SL-001.jpg、SL-001_2.jpg，或放进文件夹 SL-001",
    )
    ask_columns = BooleanField("先核对每一列是什么", description="不勾选时，认得出的列不再问您")

    def validate_sheet(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):  # a text in its place is no file either
            raise ValidationError("请选择表格文件。")

    def upload(self) -> Upload:
        """What was handed in, also when it is asked for again.

        Raises UnreadableFile for a mapping that is none.
        """
        meaning = bytes_of(self.mapping.data)
        return Upload(
            data=bytes_of(self.sheet.data),
            name=str(self.sheet.data.filename),
            mapping=read_mapping(meaning) if meaning else None,
            archive=bytes_of(self.pictures.data),
            sheet=(self.sheet_name.data or "").strip(),
        )


class ConfirmForm(MarketForm):
    """Yes to what a sheet would do, and what becomes of the goods that it does not name."""

    absent = RadioField(
        "表格里没有的商品",
        choices=options(
            [
                (AbsentGoods.LEAVE, "不变"),
                (AbsentGoods.WITHDRAW, "下架在售和待审核的"),
                (AbsentGoods.EMPTY, "可售库存改为 0，已售和占用的不变"),
            ]
        ),
        default=AbsentGoods.LEAVE,
        validators=[Optional()],
    )

    def absent_goods(self) -> AbsentGoods:
        """Nothing chosen leaves them as they are."""
        return AbsentGoods(self.absent.data or AbsentGoods.LEAVE)


class ColumnsForm(MarketForm):
    """For each column of a kept sheet what it is: a field, or nothing that is read."""

    def __init__(self, columns: Sequence[tuple[str, str, bool, Sequence[str]]]) -> None:
        super().__init__()
        self.columns = [Column(one[0], one[1], one[2], tuple(one[3])) for one in columns]
        self.chosen = [self._chosen(number, one) for number, one in enumerate(self.columns)]
        self.faults: list[str] = []

    def _chosen(self, number: int, column: Column) -> str:
        if request.method == "POST":
            return request.form.get(f"column-{number}", "")
        return ASKED if column.asks else column.field

    def rows(self) -> list[tuple[int, Column, str]]:
        """Number of a column, the column, and what is chosen for it."""
        both = zip(self.columns, self.chosen, strict=True)
        return [(number, column, chosen) for number, (column, chosen) in enumerate(both)]

    def mapping(self) -> Mapping | None:
        """What was chosen; None when it is not enough, then `faults` say why."""
        if not self.validate():
            return None
        known = heading_table().listing
        say, lang = words(), "zh" if words().language == "zh" else "en"
        for heading, field in zip(self.columns, self.chosen, strict=True):
            if field == ASKED or field not in {"", *known}:
                self.faults.append(say("“%(heading)s”是什么？请选一项。", heading=heading.heading))
        twice = Counter(field for field in self.chosen if field in known)
        for field, count in twice.items():
            if count > 1:
                name = known[field].label(lang)
                self.faults.append(say("“%(name)s”选了两列，请只留一列。", name=name))
        lacking = [known[one].label(lang) for one in required_fields() if one not in twice]
        if lacking and not self.faults:
            names = "、".join(lacking)
            self.faults.append(say("还没有指明这些必填项是哪一列：%(names)s。", names=names))
        if self.faults:
            return None
        pairs = zip((one.heading for one in self.columns), self.chosen, strict=True)
        return Mapping(tuple(pairs))


def bytes_of(chosen: Any) -> bytes:
    """All of an uploaded file from its start; nothing when none was chosen."""
    if not getattr(chosen, "filename", ""):
        return b""
    chosen.stream.seek(0)
    content: bytes = chosen.read()
    return content
