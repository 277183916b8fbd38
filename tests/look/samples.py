"""What the kit page shows: invented goods, firms and times, one for every macro."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import SimpleNamespace

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
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from marketplace.kernel.machine import Step
from marketplace.kernel.money import Money

KINDS = [SelectChoice("home", "家"), SelectChoice("work", "单位")]
CHANNELS = [SelectChoice("bank", "银行转账"), SelectChoice("card", "银行卡")]


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
    badges: tuple[tuple[str, str], ...]
    note: str = ""
    url: str = "#"


@dataclass(frozen=True)
class SamplePage:
    items: tuple[Card, ...]
    number: int
    pages: int

    def url(self, n: int) -> str:
        return f"?page={n}"


class AddressForm(Form):  # type: ignore[misc]  # wtforms ships no types
    recipient = StringField("收件人", [InputRequired("请填写收件人的姓名")])
    mobile = StringField("手机号", [InputRequired()])
    count = IntegerField("件数", [InputRequired("件数要填整数，例如 3")])
    kind = SelectField(
        "地址类型", choices=[SelectChoice("home", "家"), SelectChoice("work", "单位")]
    )
    channel = RadioField(
        "怎么付", choices=[SelectChoice("bank", "银行转账"), SelectChoice("card", "银行卡")]
    )
    remark = TextAreaField("备注", description="写给供应商看的，可以不填")
    file = FileField("证照扫描件", description="PDF 或图片，不超过 10 MB")
    agree = BooleanField("我确认材料真实有效", [InputRequired("请先确认")])


def _listings() -> tuple[Card, ...]:
    return (
        Card("伽师瓜 2 个装 约 5 kg", "新疆喀什地区 · 伽师县", Money(5900), "箱", "melon",
             (("三区三州", "info"), ("带动 41 户", "")), "工会已购 3,214 件"),
        Card("高山黑木耳 250 g", "陕西商洛市 · 柞水县", Money(3280), "袋", "brown-mushroom",
             (("绿色食品", ""),), "工会已购 8,870 件"),
        Card("阿坝高原蜂蜜 500 g 玻璃瓶礼盒装（两瓶，附木勺）", "四川阿坝藏族羌族自治州 · 小金县",
             Money(6800), "瓶", "honey-pot", (("三区三州", "info"), ("地理标志", ""))),
        Card("高原小土豆 10 斤", "云南曲靖市 · 会泽县", Money(2690), "箱", "potato",
             (("时令", "warm"),), "工会已购 5,409 件"),
        Card("沃柑 中果 9 斤", "广西百色市 · 德保县", Money(4500), "箱", None, ()),
    )  # fmt: skip


def _ticket(*, valid: bool) -> SimpleNamespace:
    return SimpleNamespace(
        from_label="伽师县",
        to_label="帮扶专区",
        valid=valid,
        verifier="审核员 02 · 2026-07-30 16:41",
        proof="7f3a-c91e-0042",
        facts=(
            ("名录", "原 832 个贫困县（第 1 版），2020 年摘帽"),
            ("营业执照", "93653129MA… 校验位已核 · 长期"),
            ("检验报告", "2026-07-18 出具，有效至 2026-10-17"),
        ),
    )


def _steps(*states: str) -> tuple[SimpleNamespace, ...]:
    words = (("提交", "7 月 30 日 09:20"), ("系统核验", "0.8 秒 · 14 项"),
             ("人工审核", "审核员 02，已等 2.3 个工作日"), ("上架", ""))  # fmt: skip
    return tuple(
        SimpleNamespace(label=label, detail=detail, state=state)
        for (label, detail), state in zip(words, states, strict=True)
    )


def _waiting() -> tuple[SimpleNamespace, ...]:
    rows = (
        ("改价 · 高原小土豆", "示例合作社甲", "会泽县", "2.3 个工作日", True),
        ("新供应商", "示例加工厂乙", "东乡族自治县", "6 小时", False),
        ("新商品 24 件", "示例联合社丙", "柞水县", "3 小时", False),
    )
    names = ("matter", "supplier", "county", "waited", "late")
    return tuple(SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows)


def _verbs() -> tuple[Step[SampleState], ...]:
    def one(verb: str, *, needs_note: bool = False) -> Step[SampleState]:
        return Step(verb, frozenset(SampleState), SampleState.DONE, frozenset(), needs_note)

    return (
        one("approve"),
        one("return", needs_note=True),
        one("suspend", needs_note=True),
        one("cancel"),
    )


def _refused_form() -> AddressForm:
    form = AddressForm(data={"mobile": "13800000000", "kind": "home", "channel": "bank"})
    form.validate()
    return form


@dataclass(frozen=True)
class Samples:
    """One of each; the form is a refused one, so that errors are seen."""

    listings: tuple[Card, ...] = field(default_factory=_listings)
    page: SamplePage = field(default_factory=lambda: SamplePage((), 5, 12))
    tiers: tuple[tuple[str, Money | None, str], ...] = (
        ("1–49 箱", Money(5900), "现货 1,320 箱，48 小时内发"),
        ("50–299 箱", Money(5500), "工会价"),
        ("300 箱起", None, "请先询价"),
    )
    ticket: SimpleNamespace = field(default_factory=lambda: _ticket(valid=True))
    void_ticket: SimpleNamespace = field(default_factory=lambda: _ticket(valid=False))
    done: tuple[SimpleNamespace, ...] = field(
        default_factory=lambda: _steps("done", "done", "done", "done")
    )
    under_way: tuple[SimpleNamespace, ...] = field(
        default_factory=lambda: _steps("done", "done", "now", "to_come")
    )
    stopped: tuple[SimpleNamespace, ...] = field(
        default_factory=lambda: _steps("done", "done", "stopped", "to_come")
    )
    waiting: tuple[SimpleNamespace, ...] = field(default_factory=_waiting)
    verbs: tuple[Step[SampleState], ...] = field(default_factory=_verbs)
    url_of: Mapping[str, str] = field(
        default_factory=lambda: {v: f"#{v}" for v in ("approve", "return", "suspend", "cancel")}
    )
    state: SampleState = SampleState.WAITING
    form: AddressForm = field(default_factory=_refused_form)
