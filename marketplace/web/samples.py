"""What the style guide shows: invented goods, firms and times, one for every macro.

Names of goods, places and firms are data and stay as they are; what a page says is translated.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wtforms import (
    BooleanField,
    FileField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from marketplace.kernel.machine import Step
from marketplace.kernel.money import Money
from marketplace.web.forms import options
from marketplace.web.words import Words

NOWHERE = "#"  # links of the guide lead nowhere
VERBS = ("approve", "return", "suspend", "cancel")
NOTED = frozenset({"return", "suspend"})


class SampleState(StrEnum):
    WAITING = "waiting"
    DONE = "done"


@dataclass(frozen=True)
class Card:
    title: str
    county_label: str
    price: Money
    unit: str
    picture: str | None
    badges: tuple[tuple[str, str], ...] = ()
    note: str = ""
    url: str = NOWHERE
    photo: str = ""
    photos: tuple[str, ...] = ()
    variant: str = ""


@dataclass(frozen=True)
class Station:
    label: str
    detail: str
    state: str


@dataclass(frozen=True)
class Ticket:
    from_label: str
    to_label: str
    valid: bool
    verifier: str
    facts: tuple[tuple[str, str], ...]
    proof: str = "7F3A-C91E-0042"


@dataclass(frozen=True)
class Waiting:
    matter: str
    supplier: str
    county: str
    waited: str
    late: bool = False  # past its promise


@dataclass(frozen=True)
class SamplePage:
    number: int = 5
    pages: int = 12

    def url(self, n: int) -> str:
        return f"?page={n}"


class Samples:
    """One of each, in one language."""

    def __init__(self, words: Words) -> None:
        self.listings = listings(words)
        self.page = SamplePage()
        self.tiers = tiers(words)
        self.ticket = ticket(words, valid=True)
        self.void_ticket = ticket(words, valid=False)
        self.done = stations(words, "done", "done", "done", "done")
        self.under_way = stations(words, "done", "done", "now", "to_come")
        self.stopped = stations(words, "done", "done", "stopped", "to_come")
        self.waiting = waiting(words)
        self.verbs = verbs()
        self.url_of = dict.fromkeys(VERBS, NOWHERE)
        self.state = SampleState.WAITING
        self.form = refused_form(words)


def listings(_: Words) -> tuple[Card, ...]:
    regions, sign = (_("三区三州"), "info"), (_("地理标志"), "")
    return (
        Card("伽师瓜 2 个装", "新疆喀什地区 · 伽师县", Money(5900), "箱", "melon",
             (regions,), _("工会已购 3,214 件")),
        Card("高山黑木耳 250 g", "陕西商洛市 · 柞水县", Money(3280), "袋", "brown-mushroom",
             (sign,), _("工会已购 8,870 件")),
        Card("阿坝高原蜂蜜 500 g 玻璃瓶礼盒装（两瓶，附木勺）",
             "四川阿坝藏族羌族自治州 · 小金县", Money(6800), "瓶", "honey-pot", (regions, sign)),
        Card("高原小土豆", "云南曲靖市 · 会泽县", Money(2690), "箱", "potato",
             ((_("时令"), "warm"),), _("工会已购 5,409 件"), variant="10斤装"),
        Card(_("没有图片的商品"), "广西百色市 · 德保县", Money(4500), "箱", None),
    )  # fmt: skip


def tiers(_: Words) -> tuple[tuple[str, Money | None, str], ...]:
    return (
        (_("1–49 箱"), Money(5900), _("现货 1,320 箱，48 小时内发")),
        (_("50–299 箱"), Money(5500), _("工会价")),
        (_("300 箱起"), None, _("请先询价")),
    )


def ticket(_: Words, *, valid: bool) -> Ticket:
    facts = (
        (_("名录"), _("原 832 个贫困县（2020 年摘帽）· 三区三州")),
        (_("营业执照"), _("93653129MA… 校验位已核 · 长期")),
        (_("检验报告"), _("2026-07-18 出具，有效至 2026-10-17")),
    )
    return Ticket("伽师县", _("帮扶专区"), valid, _("审核员 02 · 2026-07-30 16:41"), facts)


def stations(_: Words, *states: str) -> tuple[Station, ...]:
    said = ((_("提交"), "2026-07-30 09:20"), (_("系统核验"), _("0.8 秒 · 14 项")),
            (_("人工审核"), _("审核员 02，已等 2.3 个工作日")), (_("上架"), ""))  # fmt: skip
    return tuple(Station(*words, state) for words, state in zip(said, states, strict=True))


def waiting(_: Words) -> tuple[Waiting, ...]:
    return (
        Waiting(_("改价 · 高原小土豆"), "示例合作社甲", "会泽县", _("2.3 个工作日"), late=True),
        Waiting(_("新供应商"), "示例加工厂乙", "东乡族自治县", _("6 小时")),
        Waiting(_("新商品 24 件"), "示例联合社丙", "柞水县", _("3 小时")),
    )


def verbs() -> tuple[Step[SampleState], ...]:
    return tuple(
        Step(verb, frozenset(SampleState), SampleState.DONE, frozenset(), verb in NOTED)
        for verb in VERBS
    )


def refused_form(_: Words) -> Form:
    """One of every field, some of them refused."""
    kinds = options([("home", _("住处")), ("work", _("单位"))])
    ways = options([("bank", _("银行转账")), ("card", _("银行卡"))])

    class SampleForm(Form):  # type: ignore[misc]  # wtforms ships no types
        recipient = StringField(_("收货人"), [InputRequired()])
        mobile = StringField(_("手机号"), [InputRequired()])
        count = IntegerField(_("件数"), [InputRequired()])
        kind = SelectField(_("地址类型"), choices=kinds)
        channel = RadioField(_("怎么付"), choices=ways)
        remark = TextAreaField(_("备注"), description=_("写给供应商看的，可以不填"))
        photo = FileField(_("拍照"))
        scan = FileField(_("证照扫描件"), description=_("PDF 或图片，不超过 10 MB"))
        agree = BooleanField(_("我确认材料真实有效"), [InputRequired()])

    form = SampleForm(data={"mobile": "13800000000", "kind": "home", "channel": "bank"})
    form["recipient"].errors = [_("请填写收货人的姓名")]
    form["count"].errors = [_("件数要填整数，例如 3")]
    form["agree"].errors = [_("请先确认")]
    return form
