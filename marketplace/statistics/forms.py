"""The filter in the address of a page of statistics: shape and messages."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from flask import request
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from marketplace.statistics.queries import Choices
from marketplace.statistics.rules import MONTH, PRIVATE, Filter
from marketplace.web import MarketForm
from marketplace.web.words import words

EVERYTHING = ""


class Choice(SelectField):  # type: ignore[misc]  # wtforms ships no types
    """One of what occurs in the reader's own figures, or everything."""

    def pre_validate(self, form: MarketForm) -> None:
        if self.data not in {value for value, _label in self.choices}:
            raise ValidationError("您的数据里没有这一项，请重新选择。")


class FilterForm(MarketForm):
    """Read from the address: a page with its filter can be kept and sent on."""

    class Meta(MarketForm.Meta):  # type: ignore[misc]  # WTForms finds it by its name
        csrf = False  # it changes nothing

    month_from = StringField("从哪个月", default="")
    month_to = StringField("到哪个月", default="")
    supplier = Choice("供应商", choices=[], default=EVERYTHING)
    county = Choice("原产县", choices=[], default=EVERYTHING)
    designation = Choice("名录", choices=[], default=EVERYTHING)
    organisation = Choice("采购单位", choices=[], default=EVERYTHING)
    source = Choice("资金来源", choices=[], default=EVERYTHING)

    def __init__(self, choices: Choices, lists: Mapping[str, str]) -> None:
        super().__init__()
        say = words()
        self._offer("supplier", choices.suppliers)
        self._offer("county", choices.counties)
        self._offer("designation", ((slug, lists.get(slug, slug)) for slug in choices.designations))
        self._offer(
            "organisation",
            (
                (key, say("个人购买") if key == PRIVATE else name or key)
                for key, name in choices.organisations
            ),
        )
        self._offer("source", ((key, say(f"FundSource.{key}")) for key in choices.sources))
        self.process(request.args)

    def _offer(self, name: str, pairs: Iterable[tuple[str, str]]) -> None:
        self[name].choices = [(EVERYTHING, words()("全部")), *pairs]

    def validate_month_from(self, field: StringField) -> None:
        _check_month(field)

    def validate_month_to(self, field: StringField) -> None:
        _check_month(field)
        if field.data and self.month_from.data and self.month_from.data > field.data:
            raise ValidationError("截止月份早于起始月份，请调换。")

    def filter(self) -> Filter:
        """Only after `validate`."""
        return Filter(
            month_from=self.month_from.data,
            month_to=self.month_to.data,
            supplier=uuid.UUID(self.supplier.data) if self.supplier.data else None,
            county=self.county.data,
            designation=self.designation.data,
            organisation=self.organisation.data,
            source=self.source.data,
        )

    def chosen(self) -> tuple[tuple[str, str], ...]:
        """What the filter asks for, in words: (label, value)."""
        return tuple(
            (field.label.text, dict(getattr(field, "choices", ())).get(field.data, field.data))
            for field in self
            if field.data
        )


def _check_month(field: StringField) -> None:
    if field.data and not MONTH.fullmatch(field.data):
        raise ValidationError("请写成“2026-11”这样的月份。")
