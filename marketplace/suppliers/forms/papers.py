"""Papers as they are handed in: fields that all have, and the fields of one kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from wtforms import (
    DateField,
    Field,
    FileField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from marketplace.kernel.errors import MarketplaceError
from marketplace.suppliers.forms.fields import TEXT, text_of
from marketplace.suppliers.models import Paper
from marketplace.suppliers.queries import Blank
from marketplace.suppliers.rules import KINDS, ExtraField, FieldType, Finding, Grade
from marketplace.suppliers.service import ChecksFailed, HandedIn
from marketplace.suppliers.states import HolderRule, PaperKind
from marketplace.web import MarketForm, finding_words, options
from marketplace.web.words import words

COMMON = ("number", "holder", "issuer", "valid_from", "valid_until")
MUST = InputRequired("请填写。")


class PaperForm(MarketForm):
    """What papers of every kind have; `paper_form` adds what one kind has."""

    blank: Blank

    number = StringField("编号", TEXT)
    holder = StringField("持有人", TEXT, description="证照上写的名称")
    issuer = StringField("发证机关", TEXT)
    valid_from = DateField("有效期自", [InputRequired("请填写日期。")])
    valid_until = DateField("有效期至", [Optional()], description="最后一天；长期有效就空着")
    photo = FileField("拍照", description="用手机直接拍，拍清四角和红章")
    scan = FileField(
        "扫描件或照片",
        description="JPEG、PNG、WebP、HEIC、PDF 或 OFD，最大 10 MB，原件保存不改动",
    )

    def validate_scan(self, _field: FileField) -> None:
        if not any(_chosen(one) for one in (self.scan, self.photo)):
            raise ValidationError("请选择扫描件或照片。")

    @property
    def extra(self) -> tuple[Field, ...]:
        """The fields of this kind alone, in their order."""
        return tuple(self[one.name] for one in self.blank.known.field)

    @property
    def common(self) -> tuple[Field, ...]:
        return tuple(self[name] for name in COMMON if name in self)

    def handed_in(self) -> HandedIn:
        """What was typed and uploaded; reads the file whole."""
        file = self.scan.data if _chosen(self.scan) else self.photo.data
        file.stream.seek(0)  # a view may be run twice
        assert self.valid_from.data is not None  # noqa: S101  # validate() saw to it; tells mypy
        holder, earlier = text_of(self.holder), self.blank.earlier
        return HandedIn(
            kind=self.blank.kind,
            number=text_of(self.number) if "number" in self else "",
            holder=holder,
            issuer=text_of(self.issuer) if "issuer" in self else holder,
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
            scan_name=str(file.filename)[-200:],
            scan=file.read(),
            details={field.name: field.data for field in self.extra},
            goods_id=earlier.goods_id if earlier else None,
            corrects_id=earlier.id if earlier and self.blank.corrects else None,
        )

    def blame(self, fault: MarketplaceError) -> bool:
        """Also puts what the checks by machine found beside the fields."""
        if isinstance(fault, ChecksFailed):
            self.tell(fault.findings)
            return True
        return super().blame(fault)

    def tell(self, findings: Iterable[Finding]) -> None:
        """Put each failed check beside its field, with what to do."""
        for one in findings:
            if one.grade is Grade.FAIL:
                told, remedy = finding_words(one)
                field = self[one.field if one.field in self else "scan"]
                field.errors = [*field.errors, f"{told} {remedy}".strip()]


def paper_form(blank: Blank) -> PaperForm:
    """The form of one kind, with what is known already filled in."""
    form = _form_of(blank.kind, words().language)(**_filled(blank))
    form.blank = blank
    return form


@cache
def _form_of(kind: PaperKind, language: str) -> type[PaperForm]:
    """A form class with the fields and the words of the kind, in the language."""
    known = KINDS[kind]
    named: dict[str, Any] = dict.fromkeys(known.without)
    for name, said in known.said.items():
        named[name] = _again(name, said.in_language(language), must=known.must_end)
    if known.must_end and "valid_until" not in named:
        named["valid_until"] = _again("valid_until", "", must=True)
    named |= {one.name: _field_of(one, language) for one in known.field}
    return type(f"PaperForm_{kind}_{language}", (PaperForm,), named)


def _again(name: str, label: str, *, must: bool) -> Any:
    """A common field under the words of the kind."""
    if name == "valid_from":
        return DateField(label, [InputRequired("请填写日期。")])
    if name == "valid_until":
        first = InputRequired("请填写日期。") if must else Optional()
        return DateField(label or "有效期至", [first], description="证照上的最后一天")
    return StringField(label, TEXT, description="证照上写的名称" if name == "holder" else "")


def _field_of(one: ExtraField, language: str) -> Any:
    said = {
        "label": one.in_language(language),
        "description": one.hint.in_language(language) if one.hint else "",
    }
    first: Any = MUST if one.required else Optional()
    match one.type:
        case FieldType.LONG:
            long = Length(max=2000, message="最多 2000 个字。")
            return TextAreaField(validators=[first, long], **said)
        case FieldType.NUMBER:
            between = NumberRange(min=0, max=10**9, message="请填写 0 以上的整数。")
            return IntegerField(validators=[first, between], **said)
        case FieldType.DATE:
            return DateField(validators=[first], **said)
        case FieldType.CHOICE:
            pairs = [("", "请选择"), *((c.value, c.in_language(language)) for c in one.choices)]
            return SelectField(validators=[first], choices=options(pairs), **said)
    return StringField(validators=[first, Length(max=200, message="最多 200 个字。")], **said)


def _filled(blank: Blank) -> dict[str, object]:
    """A correction keeps everything; a renewal everything but its days; else what we know."""
    earlier = blank.earlier
    if earlier is None:
        known = blank.known
        return {
            "holder": "" if known.holder is HolderRule.ANY else blank.supplier.legal_name,
            "number": blank.supplier.credit_code if known.code == "credit_code" else "",
        }
    same = ("number", "holder", "issuer")
    said: dict[str, object] = {name: getattr(earlier, name) for name in same}
    if blank.corrects:
        said |= {"valid_from": earlier.valid_from, "valid_until": earlier.valid_until}
    return said | _typed_before(blank, earlier)


def _typed_before(blank: Blank, earlier: Paper) -> dict[str, object]:
    fields = {one.name: one for one in blank.known.field}
    return {
        name: date.fromisoformat(str(value)) if fields[name].type is FieldType.DATE else value
        for name, value in earlier.details.items()
        if name in fields
    }


def _chosen(field: FileField) -> bool:
    """Whether a file was chosen there."""
    return bool(getattr(field.data, "filename", ""))
