"""The question in the address of the search page: shape and messages."""

from __future__ import annotations

import re
from contextlib import suppress

from flask import request
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from marketplace.kernel.money import Money, parse_yuan
from marketplace.ports.search import Sort
from marketplace.web import MarketForm, options, page_number
from marketplace.zone.rules import Wanted

LONGEST = 80
_SLUG = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_CODE = re.compile(r"[0-9]{6}", re.ASCII)


class SearchForm(MarketForm):
    """Read from the address: a narrowed page can be kept and sent on. What cannot be read is told
    beside its field and does not count."""

    class Meta(MarketForm.Meta):  # type: ignore[misc]  # WTForms finds it by its name
        csrf = False  # it changes nothing

    q = StringField("搜索", default="")
    category = StringField("分类", default="")
    province = StringField("产地省份", default="")
    listed = StringField("名录", default="")
    price_from = StringField("最低价", default="")
    price_to = StringField("最高价", default="")
    sort = SelectField(
        "排序",
        choices=options(
            (
                (Sort.BEST.value, "最相关"),
                (Sort.NEWEST.value, "新上架"),
                (Sort.CHEAPEST.value, "价格从低到高"),
                (Sort.DEAREST.value, "价格从高到低"),
            )
        ),
        default=Sort.BEST.value,
        validate_choice=False,
    )

    def __init__(self) -> None:
        super().__init__()
        self.process(request.args)

    def validate_price_from(self, field: StringField) -> None:
        _check_price(field)

    def validate_price_to(self, field: StringField) -> None:
        _check_price(field)
        low, high = _price(self.price_from), _price(field)
        if low and high and high < low:
            raise ValidationError("最高价低于最低价，请调换。")

    def wanted(self) -> Wanted:
        """What can be read of it."""
        return Wanted(
            words=self.q.data.strip()[:LONGEST],
            category=_if(_SLUG, self.category),
            province=_if(_CODE, self.province),
            listed=_if(_SLUG, self.listed),
            price_from=_price(self.price_from),
            price_to=_price(self.price_to),
            sort=Sort(self.sort.data) if self.sort.data in set(Sort) else Sort.BEST,
            page=page_number(),
        )


def _if(shape: re.Pattern[str], field: StringField) -> str:
    """The value if it has the shape, else nothing."""
    return field.data if shape.fullmatch(field.data) else ""


def _check_price(field: StringField) -> None:
    if field.data.strip() and _price(field) is None:
        raise ValidationError("请写成“59”或“59.90”这样的金额。")


def _price(field: StringField) -> Money | None:
    """The amount above zero, if one can be read; nothing is cheaper than free."""
    with suppress(ValueError):
        amount = parse_yuan(field.data)
        if amount.fen > 0:
            return amount
    return None
