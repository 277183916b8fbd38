"""What suppliers type about goods and their batches."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    MultipleFileField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from catalog_import import as_read
from marketplace.catalog import rules
from marketplace.catalog.models import Batch
from marketplace.catalog.rules import Content, Goods
from marketplace.catalog.service import Elsewhere, NewBatch
from marketplace.catalog.states import BatchState
from marketplace.kernel.money import Money, parse_yuan
from marketplace.suppliers.states import Maker, Packaging, Processing
from marketplace.web import MarketForm, files_of, options, uploaded

LONG = Length(max=200, message="最多 200 个字。")
SHORT = Length(max=40, message="最多 40 个字。")
MUST = InputRequired("请填写。")
WHOLE = Regexp(r"^[0-9]{1,8}$", message="请填写 0 到 99999999 的整数，用半角数字。")
PIECES = Regexp(r"^[1-9][0-9]{0,3}$", message="请填写 1 到 9999 的整数，用半角数字。")
HOURS = Regexp(
    r"^([1-9]|[1-9][0-9]|[1-6][0-9]{2}|7[01][0-9]|720)$", message="请填写 1 到 720 的整数。"
)
NO_TEXTS = {*rules.NUMBERS, *rules.DAYS, *rules.YES_OR_NO}
BETWEEN_NAMES = re.compile(r"[、,，;；\s]+")


def _yuan(_form: object, field: Any) -> None:
    try:
        parse_yuan(field.data or "")
    except ValueError as fault:
        raise ValidationError("请填写如 12.50 的数字，单位为元，最多两位小数。") from fault


def _makes(kind: type[StrEnum]) -> Any:
    """The values of one part of a make, with "as usual" before them."""
    return options([("", "按类目通常情形"), *((one, f"{kind.__name__}.{one}") for one in kind)])


class GoodsForm(MarketForm):
    """One good, as the columns of the sheet have it."""

    sku = StringField("货号", [MUST, SHORT], description="您自己的编号，每件商品一个")
    title = StringField("品名", [MUST, LONG])
    group_code = StringField(
        "款号",
        [SHORT],
        description="同一商品的几种规格写同一个款号，页面上一起供选；只有一种就空着",
    )
    variant = StringField("销售规格", [SHORT], description="写了款号时填写，例如：5斤装")
    category = SelectField("类目", choices=options((c.slug, c.zh) for c in rules.categories()))
    county = StringField(
        "原产县", [MUST, LONG], description="县名或 6 位行政区划代码，必须在帮扶县名单上"
    )
    villages = StringField("村", [LONG], description="可以写几个，用“、”隔开；没有就空着")
    processing = SelectField(
        "加工程度",
        default="",
        choices=_makes(Processing),
        description="决定要哪些证照；不填按类目通常情形",
    )
    packaging = SelectField("包装方式", default="", choices=_makes(Packaging))
    maker = SelectField("生产方式", default="", choices=_makes(Maker))
    unit = StringField("单位", [MUST, SHORT], description="卖一件是多少：箱、袋、盒")
    supply_price = StringField("供货价", [MUST, _yuan], description="付给您的价格，每单位")
    sale_price = StringField("售价", [MUST, _yuan], description="买家付的价格，每单位")
    spec = StringField("规格", [LONG])
    net_content = StringField("净含量", [LONG])
    gross_weight = StringField("毛重", [LONG])
    case_spec = StringField("箱规", [LONG])
    shelf_life = StringField("保质期", [LONG])
    storage = StringField("贮存条件", [LONG])
    ingredients = TextAreaField("配料", [Length(max=500, message="最多 500 个字。")])
    standard = StringField("执行标准", [LONG])
    production_licence = StringField("生产许可证号", [LONG])
    barcode = StringField(
        "69码", [Optional(), Regexp(r"^[0-9]{13}$", message="请填写 13 位数字，没有则留空。")]
    )
    tax_rate = StringField("税率", [LONG])
    no_delivery_to = StringField("不发货地区", [LONG])
    dispatch_hours = StringField("发货时效（小时）", [Optional(), HOURS])
    freight_included = BooleanField("售价已含运费")
    min_quantity = StringField(
        "起订量", [Optional(), PIECES], description="一次至少买多少，不填不限"
    )
    max_per_person = StringField(
        "每人限购", [Optional(), PIECES], description="职工个人先后几次一共；工会采购不受此限"
    )
    orders_from = DateField("开始接单", [Optional()])
    orders_last = DateField("最后接单日", [Optional()], description="当天 24 点停止接单")
    ships_from = DateField("预售发货日", [Optional()], description="这一天起发货，发货时效从这天算")
    made_to_order = BooleanField("定作商品（按买家要求制作，不适用七天无理由退货）")
    sealed = BooleanField("拆封后影响品质或安全的商品（不适用七天无理由退货）")

    def goods(self) -> Goods:
        """What was typed, as the service takes it."""
        said: dict[str, Any] = {
            name: _as_a_sheet(name, _text(self[name]))
            for name in rules.PLAIN
            if name not in rules.PRICES | NO_TEXTS
        }
        said |= {name: _number(self[name]) for name in rules.NUMBERS}
        said |= {name: self[name].data for name in rules.DAYS}
        said |= {name: bool(self[name].data) for name in rules.YES_OR_NO}
        return Goods(
            **said,
            category=self.category.data,
            county=_text(self.county),
            villages=_names(_text(self.villages)),
            processing=self.processing.data or "",
            packaging=self.packaging.data or "",
            maker=self.maker.data or "",
            supply_price=parse_yuan(self.supply_price.data),
            sale_price=parse_yuan(self.sale_price.data),
        )


class NewGoodsForm(GoodsForm):
    """The first time the stock is told with it, and photographs may come along."""

    stock = StringField("库存", [MUST, WHOLE], description="一共可供多少单位")
    photos = MultipleFileField(
        "图片", description="JPEG、PNG、WebP，每张最大 10 MB；一共最多 9 张，第一张是主图"
    )

    def files(self) -> list[tuple[str, bytes]]:
        """Names and bytes of the photographs; as often as it is asked for."""
        return files_of(self.photos)


class PriceForm(MarketForm):
    """Other prices for a good on sale, and nothing else."""

    supply_price = StringField("供货价", [MUST, _yuan], description="付给您的价格，每单位")
    sale_price = StringField("售价", [MUST, _yuan], description="买家付的价格，每单位")

    def prices(self) -> tuple[Money, Money]:
        """Supply and sale price, as the service takes them."""
        return parse_yuan(self.supply_price.data), parse_yuan(self.sale_price.data)


class ReasonForm(MarketForm):
    """Why a price is far from others of its kind."""

    price_reason = StringField(
        "价格说明",
        [MUST, Length(max=500, message="最多 500 个字。")],
        description="例如：小包装、工艺、等级、含冷链运费",
    )


class ComparisonForm(MarketForm):
    """What the same costs elsewhere."""

    source = StringField("在哪里看到", [MUST, LONG], description="店名、网站或市场")
    price = StringField("价格", [MUST, _yuan])
    amount = StringField("多少", [MUST, LONG], description="这个价格是多少的，例如：5千克、500g×10")
    day = DateField("日期", [InputRequired("请填写日期。")])
    remark = StringField("备注", [LONG])  # the page has a note already: the reviewer's
    scan = FileField(
        "截图或文件（可选）", description="JPEG、PNG、WebP、HEIC、PDF 或 OFD，最大 10 MB"
    )

    def elsewhere(self) -> Elsewhere:
        """What was typed and uploaded, as the service takes it; reads the file whole."""
        name, data = uploaded(self.scan)
        assert self.day.data is not None  # noqa: S101  # validate() saw to it; tells mypy
        return Elsewhere(
            source=_text(self.source),
            price=parse_yuan(self.price.data),
            amount=_text(self.amount),
            day=self.day.data,
            note=_text(self.remark),
            file_name=name,
            file=data,
        )


class StockForm(MarketForm):
    """How much is offered in all."""

    stock = StringField(
        "累计供货数量",
        [MUST, WHOLE],
        description="包括已经卖出和正被占用的；改动立即生效，不用审核",
    )


class BatchForm(MarketForm):
    """One lot of a good."""

    number = StringField(
        "批号", [MUST, SHORT], description="箱子或标签上印的批号；没有就用采收日期"
    )
    made_on = DateField("采收或生产日期", [Optional()])
    packed_on = DateField("包装日期", [InputRequired("请填写日期。")])
    parts = SelectMultipleField(
        "由哪些批次混装或分装（可选）",
        choices=[],
        validate_choice=True,
        description="混装、分装以后是新的一批，要重新开具证明",
    )
    note = StringField("备注", [LONG])

    def offer(self, batches: Iterable[Batch]) -> None:
        """The lots that this one may be packed from."""
        self.parts.choices = options(
            (str(one.id), one.number) for one in batches if one.state is not BatchState.RECALLED
        )

    def batch(self) -> NewBatch:
        """What was typed, as the service takes it."""
        assert self.packed_on.data is not None  # noqa: S101  # validate() saw to it; tells mypy
        return NewBatch(
            number=_text(self.number),
            packed_on=self.packed_on.data,
            made_on=self.made_on.data,
            note=_text(self.note),
            parts=tuple(uuid.UUID(one) for one in self.parts.data or ()),
        )


class RecallForm(MarketForm):
    """Why a batch is recalled, and whether its good leaves the zone too."""

    note = TextAreaField(
        "召回原因",
        [InputRequired("请填写。"), Length(max=500, message="最多 500 个字。")],
        description="写清楚发现了什么；买家会在短信里看到",
    )
    withdraw_goods = BooleanField(
        "同时下架这件商品", description="不再接新订单，整改后可以重新提交"
    )


def said_of(content: Content, villages: str) -> dict[str, object]:
    """What a good says as a whole, as its form shows it."""
    return {
        **content,
        "villages": villages,
        "supply_price": Money(content["supply_price"]).yuan,
        "sale_price": Money(content["sale_price"]).yuan,
        **{name: str(content[name] or "") for name in rules.NUMBERS},
        **{name: rules.day_of(content[name]) for name in rules.DAYS},
    }


def _text(field: Any) -> str:
    return (field.data or "").strip()


def _number(field: Any) -> int | None:
    text = _text(field)
    return int(text) if text else None


def _as_a_sheet(name: str, text: str) -> str:
    """In the words that a sheet would have for it; what has none the service refuses."""
    try:
        return as_read(name, " ".join(text.split()))
    except ValueError:
        return text


def _names(text: str) -> tuple[str, ...]:
    """The names of a list as people write it, each once."""
    return tuple(dict.fromkeys(name for name in BETWEEN_NAMES.split(text) if name))
