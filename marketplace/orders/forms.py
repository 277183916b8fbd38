"""What buyers and suppliers type about baskets, addresses and orders."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flask import request
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from marketplace.credit.queries import Wanted
from marketplace.kernel.errors import Invalid
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money, parse_yuan
from marketplace.orders import rules
from marketplace.orders.models import InvoiceTitle
from marketplace.orders.service import NewAddress, NewShipment, Placement
from marketplace.orders.states import HoldChoice
from marketplace.payments.models import Tender
from marketplace.suppliers.rules.freight import FreightGroup, Tariff
from marketplace.web import MarketForm, options, uploaded
from marketplace.web.words import _

REQUIRED = InputRequired("请填写。")
TEXT = [REQUIRED, Length(max=200, message="最多 200 个字。")]
# [0-9] and not \d: full-width digits are digits for \d
NO_ADDRESS = "请选择收货地址。"
QUANTITY = Regexp(r"\A[1-9][0-9]{0,3}\Z", message="数量请填 1 到 9999 的整数。")
HIDDEN = 20_000  # signs of a hidden field: a hundred lines and then some


class QuantityForm(MarketForm):
    quantity = StringField("数量", [REQUIRED, QUANTITY])

    def number(self) -> int:
        return int(self.quantity.data or "0")


def _plain_mobile(said: str | None) -> str | None:
    """ "+86 138-0000-0000" is the number that people mean."""
    if said is None:
        return None
    digits = re.sub(r"[ -]", "", said)
    return re.sub(r"\A(?:\+86|86(?=1\d{10}\Z))", "", digits)


class AddressForm(MarketForm):
    recipient = StringField("收货人", TEXT)
    mobile = StringField(
        "手机号",
        [REQUIRED, Regexp(r"\A1[3-9][0-9]{9}\Z", message="请填写 11 位手机号。")],
        filters=[_plain_mobile],
    )
    province = SelectField("省份", choices=[], validate_choice=False)
    city = SelectField("市", choices=[], validate_choice=False)
    county = SelectField("区县", choices=[], validate_choice=False)
    street = StringField("详细地址", TEXT, description="街道、小区、门牌号，不用再写省市")
    is_default = BooleanField("设为常用地址")
    chosen = ""  # the code of the place, once it is chosen as narrow as it can be

    def offer(self, step: str, places: Iterable[tuple[str, str]]) -> bool:
        """Let province, city or county be chosen among places (code and name); whether one is."""
        known = list(places)
        field = self[step]
        field.choices = options([("", _("请选择")), *known]) if known else []
        if field.data not in {code for code, _name in known}:
            field.data = ""
        return bool(field.data)

    def validate_county(self, _field: SelectField) -> None:
        if not self.chosen:
            raise ValidationError("请把省、市、区县选完整。")

    def address(self) -> NewAddress:
        """What was typed, as the service takes it."""
        return NewAddress(
            recipient=(self.recipient.data or "").strip(),
            mobile=(self.mobile.data or "").strip(),
            county=self.chosen,
            street=(self.street.data or "").strip(),
            is_default=bool(self.is_default.data),
        )


NO_TITLE = "00000000-0000-0000-0000-000000000000"  # none was chosen
GONE_TITLE = "这个发票抬头已经没有了，请重新选择。"


class CheckoutForm(MarketForm):
    """What the page showed (lines, total) comes back hidden, so that this and nothing else is
    ordered; the server asks its own prices again."""

    address = RadioField(
        "收货地址", [InputRequired(NO_ADDRESS)], choices=[], validate_choice=False
    )  # whose it is, the service asks
    tender = RadioField(
        "付款方式",
        [InputRequired("请选择付款方式。")],
        choices=options((tender, f"Tender.{tender}") for tender in (Tender.CARD, Tender.TRANSFER)),
    )
    credit = BooleanField("用福利额度支付")
    voucher = StringField("代金券码", [Length(max=60, message="最多 60 个字。")])
    invoice_title = SelectField(
        "付款后开发票给", choices=[], validate_choice=False
    )  # whose, the service asks
    no_return = BooleanField("我知道这些商品不能七天无理由退货")
    final = HiddenField(validators=[Length(max=HIDDEN)])  # goods that the tick was shown for
    own = HiddenField(validators=[Optional(), Regexp(r"\A[0-9]{1,13}\Z")])
    key = HiddenField(validators=[Length(min=8, max=rules.LONGEST_KEY)])
    total = HiddenField(validators=[Regexp(r"\A[0-9]{1,13}\Z")])
    lines = HiddenField(validators=[InputRequired(), Length(max=HIDDEN)])

    def offer_titles(self, known: Sequence[InvoiceTitle], none: str) -> None:
        """None is chosen before one is: who wants no invoice reads nothing."""
        self.invoice_title.choices = options(
            [("", none), *((str(one.id), one.name) for one in known)]
        )

    def validate_invoice_title(self, field: SelectField) -> None:
        try:
            uuid.UUID(field.data or NO_TITLE)
        except ValueError as fault:
            raise ValidationError(GONE_TITLE) from fault

    def validate_address(self, field: RadioField) -> None:
        try:
            uuid.UUID(field.data)
        except ValueError as fault:
            raise ValidationError(NO_ADDRESS) from fault

    def pay_with(self) -> Wanted:
        return Wanted(bool(self.credit.data), (self.voucher.data or "").strip())

    def placement(self) -> Placement:
        """Raises Invalid when what was hidden has been tampered with."""
        return Placement(
            lines=read_lines(self.lines.data or ""),
            address_id=uuid.UUID(self.address.data),
            tender=Tender(self.tender.data),
            source=FundSource.PERSONAL,
            key=self.key.data or "",
            total=Money(int(self.total.data or "0")),
            pay_with=self.pay_with(),
            no_return=read_ids(self.final.data or "") if self.no_return.data else frozenset(),
            title_id=uuid.UUID(self.invoice_title.data) if self.invoice_title.data else None,
            own=Money(int(self.own.data)) if self.own.data else None,
        )


class ShippingForm(MarketForm):
    """One parcel; beside it the page asks pieces and batch of each line."""

    carrier = SelectField(
        "快递公司",
        [InputRequired("请选择快递公司。")],
        choices=options([("", "请选择"), *((one.code, one.name) for one in rules.CARRIERS)]),
    )
    tracking = StringField("运单号", [*TEXT], description="字母、数字和连字符，3 到 40 位")

    def shipment(self, lines: Iterable[uuid.UUID]) -> NewShipment:
        """Pieces and batches as `pieces-<line>` and `batch-<line>` say; a page without any pieces
        means everything that has not left. Raises Invalid."""
        ids = tuple(lines)
        told = {line: request.form.get(f"pieces-{line}") for line in ids}
        pieces = None
        if any(said is not None for said in told.values()):
            pieces = {line: _pieces(said or "0") for line, said in told.items()}
        return NewShipment(
            carrier=self.carrier.data or "",
            tracking=self.tracking.data or "",
            pieces=pieces,
            batches=_batches(ids),
        )


class TrackingForm(MarketForm):
    """The sheet that comes back from packing."""

    sheet = FileField("填好的运单表", description=".xlsx 或 CSV；没有运单号的行不处理")

    def validate_sheet(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError("请选择文件。")

    def content(self) -> bytes:
        """The whole file; only after `validate()`."""
        return uploaded(self.sheet)[1]


def _pieces(said: str) -> int:
    """Raises Invalid."""
    if not (said.isascii() and said.isdigit() and len(said) <= 4):
        raise Invalid("quantity", field="tracking", value=said, most=rules.MOST_PIECES)
    return int(said)


def _batches(lines: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """From which batch each line leaves. Raises Invalid."""
    chosen = {line: request.form.get(f"batch-{line}", "") for line in lines}
    try:
        return {line: uuid.UUID(batch) for line, batch in chosen.items() if batch}
    except ValueError as fault:
        raise Invalid("lines_malformed") from fault


GROUPS = ("1", "2", "3", "4")
REST = ""  # everywhere else


class FreightForm(MarketForm):
    """Four groups of provinces and everywhere else; the fields are `provinces1`, `base1` …, of
    everywhere else `base` …"""

    @classmethod
    def of(cls, tariff: Tariff, names: Mapping[str, str]) -> FreightForm:
        """Filled in with what counts today; `names` of provinces by their two digits."""
        told = _told(REST, tariff.rest)
        for suffix, group in zip(GROUPS, tariff.groups, strict=False):
            told |= _told(suffix, group)
            told[f"provinces{suffix}"] = "、".join(names.get(one, one) for one in group.provinces)
        return cls(**told)

    def said(self, codes: Mapping[str, str]) -> tuple[list[FreightGroup], FreightGroup]:
        """The groups that name a province, and everywhere else; `codes` by names of provinces.
        Raises Invalid; only after `validate()`."""
        groups: list[FreightGroup] = []
        for suffix in GROUPS:
            field = f"provinces{suffix}"
            if found := _provinces(self[field].data or "", codes, field):
                if any(set(found) & set(one.provinces) for one in groups):
                    raise Invalid("freight_provinces", field=field)
                groups.append(replace(self._group(suffix), provinces=found))
        return groups, self._group(REST)

    def _group(self, suffix: str) -> FreightGroup:
        base, per_kg, free_from = (self[f"{name}{suffix}"].data or "" for name in AMOUNTS)
        return FreightGroup(
            base=parse_yuan(base) if base else ZERO,
            per_kg=parse_yuan(per_kg) if per_kg else ZERO,
            free_from=parse_yuan(free_from) if free_from else None,
            refused=bool(self[f"refused{suffix}"].data),
        )


def _amount(_form: FreightForm, field: StringField) -> None:
    try:
        is_good = parse_yuan(field.data or "") >= ZERO
    except ValueError:
        is_good = False
    if not is_good:
        raise ValidationError("请填写金额，最多两位小数，例如 8 或 8.50。")


AMOUNTS = {"base": "每单起步（元）", "per_kg": "每公斤（元）", "free_from": "满多少元免运费"}
for _suffix in (*GROUPS, REST):
    for _name, _label in AMOUNTS.items():
        setattr(FreightForm, f"{_name}{_suffix}", StringField(_label, [Optional(), _amount]))
    setattr(FreightForm, f"refused{_suffix}", BooleanField("不发货"))
    if _suffix:
        _named = [Length(max=200, message="最多 200 个字。")]
        _where = StringField("省份", _named, description="用顿号隔开，例如：新疆、西藏")
        setattr(FreightForm, f"provinces{_suffix}", _where)


def _told(suffix: str, group: FreightGroup) -> dict[str, object]:
    free_from = group.free_from
    return {
        f"base{suffix}": group.base.yuan,
        f"per_kg{suffix}": group.per_kg.yuan if group.per_kg else "",
        f"free_from{suffix}": free_from.yuan if free_from is not None else "",
        f"refused{suffix}": group.refused,
    }


def _provinces(said: str, codes: Mapping[str, str], field: str) -> tuple[str, ...]:
    """Two digits of each; the first signs of a name are enough. Raises Invalid."""
    found: dict[str, None] = {}
    for name in re.split(r"[、,，;；/\s]+", said.strip()):
        known = {code for full, code in codes.items() if len(name) > 1 and full.startswith(name)}
        if name and len(known) != 1:
            raise Invalid("freight_province_unknown", field=field, value=name)
        found |= dict.fromkeys(known)
    return tuple(found)


class ProposalForm(MarketForm):
    """What a reviewer proposes for an order that is held."""

    choice = RadioField(
        "建议",
        [InputRequired("请选择建议。")],
        choices=options((one, f"HoldChoice.{one}") for one in HoldChoice),
    )
    note = StringField(
        "说明", [InputRequired("请填写。"), Length(max=500, message="最多 500 个字。")]
    )

    def chosen(self) -> HoldChoice:
        return HoldChoice(self.choice.data)


class ReceiptForm(MarketForm):
    """Money as it stands on the supplier's own account."""

    amount = StringField("到账金额（元）", [REQUIRED], description="照银行的通知填写，例如 128.50")
    bank_ref = StringField("银行流水号", [REQUIRED, Length(max=100, message="最多 100 个字。")])

    def validate_amount(self, field: StringField) -> None:
        try:
            positive = parse_yuan(field.data or "") > ZERO
        except ValueError:
            positive = False
        if not positive:
            raise ValidationError("请填写金额，最多两位小数，不带逗号和“元”字，例如 128.50。")

    def money(self) -> Money:
        return parse_yuan(self.amount.data or "")

    def reference(self) -> str:
        return (self.bank_ref.data or "").strip()


class SentBackForm(MarketForm):
    """The number of the supplier's bank for what he gave back."""

    bank_ref = StringField("银行流水号", [REQUIRED, Length(max=100, message="最多 100 个字。")])

    def reference(self) -> str:
        return (self.bank_ref.data or "").strip()


class NoteForm(MarketForm):
    """The reason for calling an order off; that it is needed, the service knows."""

    note = StringField("说明", [Length(max=500, message="最多 500 个字。")])

    def text(self) -> str:
        return (self.note.data or "").strip()


def written_lines(lines: tuple[tuple[uuid.UUID, int], ...]) -> str:
    """Lines as a hidden field carries them: "id:quantity,id:quantity"."""
    return ",".join(f"{listing_id}:{quantity}" for listing_id, quantity in lines)


def written_ids(ids: Iterable[uuid.UUID]) -> str:
    """As a hidden field carries them, always in the same order."""
    return ",".join(sorted(map(str, ids)))


def read_ids(text: str) -> frozenset[uuid.UUID]:
    """The ids of a hidden field. Raises Invalid."""
    try:
        return frozenset(uuid.UUID(part) for part in text.split(",") if part)
    except ValueError as fault:
        raise Invalid("lines_malformed", field="lines") from fault


def read_lines(text: str) -> tuple[tuple[uuid.UUID, int], ...]:
    """The lines of a hidden field. Raises Invalid."""
    lines = []
    for part in text.split(","):
        listing, _colon, quantity = part.partition(":")
        is_plain = quantity.isascii() and quantity.isdigit() and len(quantity) <= 4
        try:
            lines.append((uuid.UUID(listing), int(quantity) if is_plain else 0))
        except ValueError as fault:
            raise Invalid("lines_malformed", field="lines") from fault
        rules.check_quantity(lines[-1][1])
    return tuple(lines)
