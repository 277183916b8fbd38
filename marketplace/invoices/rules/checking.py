"""Whether an invoice is the one that was asked for; whoever made a mistake is told which."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from marketplace.invoices.rules.facts import facts
from marketplace.invoices.rules.reading import Fapiao, Item
from marketplace.invoices.states import RequestState
from marketplace.kernel import credit_code
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import ZERO, Money, total
from marketplace.orders.states import TitleKind

LONGEST_NOTE = 500
LONGEST_NAME = 100
PERCENT = 100
_DIGITS = re.compile(r"[0-9]+")
_CATEGORY = re.compile(
    r"^\*[^*]*\*"
)  # "*水果*苹果": the tax authority's kind stands before the name


@dataclass(frozen=True, slots=True)
class Title:
    """Whom an invoice names as the buyer; a person has no number."""

    kind: TitleKind
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an invoice has to say."""

    title: Title
    seller_name: str
    seller_code: str
    ordered_on: date
    today: date
    on_behalf: bool = False  # then another one stands there as the seller


def check_title(title: Title) -> Title:
    """As it is kept. Raises Invalid (title_…, credit_code_…)."""
    name = " ".join(title.name.split())
    if not 2 <= len(name) <= LONGEST_NAME:
        raise Invalid("title_name", field="name", most=LONGEST_NAME)
    if title.kind is TitleKind.PERSON:
        return Title(title.kind, name)
    code = credit_code.compact(title.code)
    if credit_code.fault_of(code) is not None:
        raise Invalid("title_tax_number", field="tax_number", value=code[:40])
    return Title(title.kind, name, code)


def check(fapiao: Fapiao, wanted: Wanted) -> None:
    """Raises Invalid for the first thing that is not as it has to be."""
    _check_number(fapiao)
    if not wanted.ordered_on <= fapiao.issued_on <= wanted.today:
        raise Invalid("invoice_day", field="issued_on", value=fapiao.issued_on.isoformat())
    if not wanted.on_behalf:
        _check_seller(fapiao, wanted)
    _check_buyer(fapiao, wanted.title)
    _check_sums(fapiao)
    for item in fapiao.items:
        if is_vague(item):
            raise Invalid("invoice_item_vague", field="file", value=item.name[:40])


def _check_number(fapiao: Fapiao) -> None:
    known = facts()
    if len(fapiao.number) != known.number_length or not _DIGITS.fullmatch(fapiao.number):
        raise Invalid("invoice_number", field="number", value=fapiao.number[:40])
    if int(fapiao.number[: known.year_places]) != fapiao.issued_on.year % 100:
        raise Invalid("invoice_number_year", field="number", value=fapiao.number)


def _check_seller(fapiao: Fapiao, wanted: Wanted) -> None:
    if plain(fapiao.seller_name) != plain(wanted.seller_name):
        raise Invalid(
            "invoice_seller_name",
            field="file",
            found=fapiao.seller_name,
            wanted=wanted.seller_name,
        )
    if credit_code.compact(fapiao.seller_code) != wanted.seller_code:
        raise Invalid(
            "invoice_seller_code",
            field="file",
            found=fapiao.seller_code[:40],
            wanted=wanted.seller_code,
        )


def _check_buyer(fapiao: Fapiao, title: Title) -> None:
    names = {plain(title.name)}
    if title.kind is TitleKind.PERSON:
        names |= {plain(title.name + suffix) for suffix in facts().person_suffixes}
    if plain(fapiao.buyer_name) not in names:
        raise Invalid(
            "invoice_buyer_name", field="file", found=fapiao.buyer_name, wanted=title.name
        )
    found = credit_code.compact(fapiao.buyer_code)
    if title.kind is TitleKind.ORGANISATION and found != title.code:
        raise Invalid("invoice_buyer_code", field="file", found=found[:40], wanted=title.code)


def _check_sums(fapiao: Fapiao) -> None:
    """Amount, tax and their sum, and the lines, to the fen."""
    if not fapiao.amount or (fapiao.amount < ZERO) != (fapiao.net < ZERO):
        raise Invalid("invoice_amount", field="amount", value=fapiao.amount)
    if fapiao.net + fapiao.tax != fapiao.amount:
        raise Invalid("invoice_sum", field="tax", net=fapiao.net, amount=fapiao.amount)
    lines = total(item.net + item.tax for item in fapiao.items)
    if fapiao.items and lines != fapiao.amount:
        raise Invalid("invoice_lines_sum", field="file", lines=lines, amount=fapiao.amount)


def is_vague(item: Item) -> bool:
    """Whether its name says nothing about the goods."""
    return _CATEGORY.sub("", item.name).strip() in facts().vague


def plain(name: str) -> str:
    """As names are compared: width and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def rate_of(text: str) -> str:
    """A rate as it is compared: "0.09", "9%" and "9" are "9"; free of tax is "0"; else as it is."""
    said = text.strip()
    if said in facts().tax_free:
        return "0"
    try:
        number = Decimal(said.removesuffix("%"))
    except InvalidOperation:
        return said
    whole = number if said.endswith("%") or number >= 1 else number * PERCENT
    return f"{whole.normalize():f}" if whole.is_finite() else said


def standing(wanted: Money, invoiced: Money, *, has_red: bool) -> RequestState:
    """Where the sums put a request."""
    if invoiced > wanted:
        return RequestState.RED_DUE
    if invoiced < wanted:
        return RequestState.REQUESTED
    if has_red:
        return RequestState.RED_LETTERED
    return RequestState.ISSUED if wanted else RequestState.WITHDRAWN


def note(text: str) -> str:
    """Words for the other side. Raises Invalid."""
    found = text.strip()
    if not found:
        raise Invalid("reason_missing", field="note")
    return found[:LONGEST_NOTE]
