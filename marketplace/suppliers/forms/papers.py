"""Papers as they are handed in."""

from __future__ import annotations

from wtforms import DateField, FileField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional

from marketplace.suppliers.forms.fields import TEXT, text_of
from marketplace.suppliers.service import HandedIn
from marketplace.suppliers.states import PaperKind
from marketplace.web import MarketForm, options


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
            number=text_of(self.number),
            holder=text_of(self.holder),
            issuer=text_of(self.issuer),
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
            scan_name=str(self.scan.data.filename)[-200:],
            scan=data,
        )
