"""What goods are: their categories, drawings, fingerprints and stock arithmetic."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from operator import attrgetter
from typing import Any

from catalog_import import Lang, ListingRow, Problem, as_read
from marketplace.kernel.errors import Invalid, MarketplaceError, Missing
from marketplace.kernel.money import Money
from marketplace.suppliers.rules import Make
from marketplace.suppliers.states import Maker, Packaging, Processing

_HTML = re.compile(r"</?[a-zA-Z!]|&[a-zA-Z]{2,8};|&#")
MOST_STOCK = 99_999_999  # pieces, as the importer has it
MOST_QUANTITY = 9_999  # pieces in one line of an order


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of goods; `also` are the words of sheets that mean it."""

    slug: str
    zh: str
    en: str
    picture: str
    also: tuple[str, ...]
    usual: tuple[Processing, Packaging]
    claim_hours: int  # from receipt
    perishable: bool  # not taken back without a reason

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What a supplier says of one good. County, category and villages are words, not looked up."""

    sku: str
    title: str
    category: str
    county: str
    processing: str = ""  # "": as is usual for the category
    packaging: str = ""
    maker: str = ""
    unit: str
    supply_price: Money
    sale_price: Money
    villages: tuple[str, ...] = ()
    spec: str = ""
    net_content: str = ""
    gross_weight: str = ""
    case_spec: str = ""
    shelf_life: str = ""
    storage: str = ""
    ingredients: str = ""
    standard: str = ""
    production_licence: str = ""
    barcode: str = ""
    tax_rate: str = ""
    no_delivery_to: str = ""
    dispatch_hours: int | None = None
    freight_included: bool = False
    group_code: str = ""
    variant: str = ""
    min_quantity: int | None = None
    max_per_person: int | None = None
    orders_from: date | None = None
    orders_last: date | None = None
    ships_from: date | None = None
    made_to_order: bool = False
    sealed: bool = False


LOOKED_UP = frozenset({"category", "county", "villages", "processing", "packaging", "maker"})
MAKE = ("processing", "packaging", "maker")
DAYS = ("orders_from", "orders_last", "ships_from")
YES_OR_NO = ("freight_included", "made_to_order", "sealed")
NUMBERS = ("dispatch_hours", "min_quantity", "max_per_person")
PHOTOS = "photos"  # ids in their order: not in a sheet, yet part of what a listing says
Content = dict[str, Any]  # name of PLAIN → plain value, prices in fen, days as ISO text
PLAIN = tuple(f.name for f in fields(Goods) if f.name not in LOOKED_UP)  # as the listing has them


@dataclass(frozen=True, slots=True)
class RowFault:
    """One thing that only the marketplace knows to be wrong, with its place in the sheet.

    `fault.data["field"]` names the column; `column` is its heading in the file, if it has one.
    """

    row: int
    column: str
    value: str
    fault: MarketplaceError


Found = Problem | RowFault


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many rows did (or, when there are problems, would have done) what.

    With problems nothing was written; `hidden` more were found than are listed.
    `encoding_to_confirm`: the file was read as GB18030, which fits almost any bytes, so a person
    should look at the words.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: tuple[Found, ...] = ()
    hidden: int = 0
    notices: tuple[Problem, ...] = ()
    rows_read: int = 0
    refused: int = 0  # rows that have a problem
    encoding_to_confirm: bool = False

    @property
    def faults(self) -> int:
        """All problems, listed or not."""
        return len(self.problems) + self.hidden


@dataclass(frozen=True, slots=True)
class Told:
    """A problem of a sheet in words. `row` is None for the file as a whole."""

    row: int | None
    column: str
    value: str
    what: str
    remedy: str


def plain(word: str) -> str:
    """As words are compared: half width, lower case, without blanks."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())


@cache
def categories() -> tuple[Category, ...]:
    """In the order of the zone. Raises ValueError when a word stands twice in the file."""
    read = tomllib.loads(_data("categories.toml"))["category"]
    found = tuple(
        Category(**{**row, "also": tuple(row["also"]), "usual": _usual(*row["usual"])})
        for row in read
    )
    words = [word for c in found for word in {plain(w) for w in (c.slug, c.zh, c.en, *c.also)}]
    if twice := {word for word in words if words.count(word) > 1}:
        raise ValueError(f"categories.toml: {sorted(twice)} stand for more than one category")
    return found


def _usual(processing: str, packaging: str) -> tuple[Processing, Packaging]:
    return Processing(processing), Packaging(packaging)


@cache
def _makes() -> dict[str, dict[str, str]]:
    """Part → plain word → value. Raises ValueError when a word stands for two."""
    found: dict[str, dict[str, str]] = {}
    for part, values in tomllib.loads(_data("makes.toml")).items():
        known = found.setdefault(part, {})
        for value, words in values.items():
            for word in {plain(one) for one in (value, *words)}:
                if known.setdefault(word, value) != value:
                    raise ValueError(f"makes.toml: {word} stands for {known[word]} and {value}")
    return found


@lru_cache(2_000)
def make_word(part: str, text: str) -> str:
    """The value that a sheet's word for processing, packaging or maker means; "" for "".

    Raises Invalid, which lists the choices.
    """
    if not text:
        return ""
    known = _makes()[part]
    if (value := known.get(plain(text))) is None:
        choices = "、".join(words[0] for words in tomllib.loads(_data("makes.toml"))[part].values())
        raise Invalid(f"{part}_unknown", field=part, value=text, choices=choices)
    return value


def make_names(part: str) -> list[str]:
    """Every value of a part of a make, as a sheet says it."""
    return [make_name(part, value, "zh") for value in tomllib.loads(_data("makes.toml"))[part]]


@lru_cache(100)
def make_name(part: str, value: str, lang: str) -> str:
    """A value of a make as people read it."""
    words: list[str] = tomllib.loads(_data("makes.toml"))[part][value]
    return words[0] if lang == "zh" else words[-1]


def make_of(kind: Category, words: Iterable[str], claims: Iterable[str] = ()) -> Make:
    """What decides which papers a good needs; `words` are processing, packaging and maker as a
    sheet says them, empty ones as is usual for the category. Raises Invalid."""
    return _make(kind.slug, tuple(words), frozenset(claims))


@lru_cache(2_000)
def _make(slug: str, words: tuple[str, ...], claims: frozenset[str]) -> Make:
    said = dict(zip(MAKE, words, strict=True))
    processing, packaging = category(slug).usual
    found = {part: make_word(part, text) for part, text in said.items()}
    return Make(
        slug,
        Processing(found["processing"] or processing),
        Packaging(found["packaging"] or packaging),
        Maker(found["maker"] or Maker.OWN),
        claims,
    )


@cache
def category(slug: str) -> Category:
    """By its slug. Raises Missing."""
    for known in categories():
        if known.slug == slug:
            return known
    raise Missing(category=slug)


@lru_cache(2_000)
def category_of(text: str) -> Category:
    """By any of its words, as a sheet writes them. Raises Invalid, which lists the choices."""
    wanted = plain(text)
    for known in categories():
        if wanted in {plain(w) for w in (known.slug, known.zh, known.en, *known.also)}:
            return known
    choices = "、".join(f"{known.zh} {known.en}" for known in categories())
    raise Invalid("category_unknown", field="category", value=text, choices=choices)


@cache
def _pictures() -> tuple[tuple[str, str], ...]:
    table: dict[str, str] = tomllib.loads(_data("pictures.toml"))["pictures"]
    return tuple(sorted(table.items(), key=lambda pair: -len(pair[0])))


def picture_for(title: str, kind: Category) -> str:
    """The drawing for a title: by its longest known word, else the category's."""
    return next((name for word, name in _pictures() if word in title), kind.picture)


_PLAIN_OF = attrgetter(*PLAIN)
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def fingerprint(
    said: Content, category: str, county: str, villages: Iterable[str], make: Iterable[str]
) -> str:
    """SHA-256 of the content, stock apart: the same goods in other words are the same.

    Category, county, villages and make as they were looked up: slug, code, ids, values in the order
    of MAKE; `said` in the order of PLAIN.
    """
    content = [*said.values(), category, county, sorted(villages), *make]
    return hashlib.sha256(_CANONICAL(content).encode()).hexdigest()


def fingerprint_of(content: Content) -> str:
    """Of the whole content of a listing: PLAIN, and what was looked up under its own name."""
    said = {name: content[name] for name in PLAIN}
    make = [content[name] for name in MAKE]
    words = fingerprint(said, content["category"], content["county"], content["villages"], make)
    return with_photos(words, content[PHOTOS])


def with_photos(words: str, photos: Sequence[str]) -> str:
    """The fingerprint of these words together with these photographs in this order."""
    if not photos:
        return words
    return hashlib.sha256(":".join([words, *photos]).encode()).hexdigest()


def make_in(content: Content, claims: Iterable[str]) -> Make:
    """The make of a listing that says this, with the words on it that need a proof."""
    return make_of(category(content["category"]), (content[name] for name in MAKE), claims)


def words_of(said: Goods | ListingRow) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """The words that are looked up: category, county, villages, make."""
    make = (said.processing, said.packaging, said.maker)
    return said.category, said.county, said.villages, make


def content_of_goods(goods: Goods) -> Content:
    """What was typed of a good, as plain values; prices in fen, days as ISO text."""
    said: Content = {name: getattr(goods, name) for name in PLAIN}
    said["supply_price"], said["sale_price"] = goods.supply_price.fen, goods.sale_price.fen
    return said | {name: str(said[name] or "") for name in DAYS}


def day_of(said: str) -> date | None:
    """A day of a content as a listing has it."""
    return date.fromisoformat(said) if said else None


def content_of_row(row: ListingRow) -> Content:
    """What a good row of a sheet says, as plain values; prices in fen."""
    said: Content = dict(zip(PLAIN, _PLAIN_OF(row), strict=True))
    for name in YES_OR_NO:
        said[name] = bool(said[name])
    said["tax_rate"] = "" if row.tax_rate is None else str(row.tax_rate)
    said["no_delivery_to"] = "、".join(row.no_delivery_to)
    return said


def check_prices(goods: Goods) -> None:
    """Raises Invalid when a price is not above zero or the supplier gets more than is paid."""
    check_two_prices(goods.supply_price, goods.sale_price)


def check_two_prices(supply: Money, sale: Money) -> None:
    """The same of two prices. Raises Invalid."""
    for field, price in (("supply_price", supply), ("sale_price", sale)):
        if price.fen <= 0:
            raise Invalid("price_not_positive", field=field, value=price)
    if supply > sale:
        raise Invalid("supply_above_sale", field="supply_price", value=supply.yuan)


def check_texts(goods: Goods) -> None:
    """Raises Invalid for a text that no sheet may say in these words: web code (html_tags), hidden
    characters and the like (text_unfit). So what is exported and imported again is the same."""
    for field in PLAIN:
        value = getattr(goods, field)
        if not isinstance(value, str):
            continue
        if _HTML.search(value):
            raise Invalid("html_tags", field=field, value=value[:60])
        try:
            is_same = as_read(field, value) == value
        except ValueError:
            is_same = False
        if not is_same:
            raise Invalid("text_unfit", field=field, value=value[:60])


def check_quantity(quantity: int) -> None:
    """Raises Invalid for anything but 1 … 9,999 whole pieces."""
    if not 1 <= quantity <= MOST_QUANTITY:
        raise Invalid("quantity", field="quantity", value=quantity, most=MOST_QUANTITY)


def check_stock(pieces: int) -> None:
    """Raises Invalid for anything but 0 … 99,999,999 whole pieces."""
    if not 0 <= pieces <= MOST_STOCK:
        raise Invalid("stock", field="stock", value=pieces, most=MOST_STOCK)


def told(found: Problem | RowFault, say: Callable[..., str], lang: Lang) -> Told:
    """A problem in words; `say` turns a key of the catalogues and its places into a text."""
    if isinstance(found, Problem):
        column, value = found.heading(lang), found.value
        return Told(found.row, column, value, found.what(lang), found.remedy(lang))
    places = {key: str(value) for key, value in found.fault.data.items()} | {"value": found.value}
    return Told(
        found.row,
        found.column,
        found.value,
        say(f"error.{found.fault.code}", **places),
        say(f"remedy.{found.fault.code}", **places),
    )


def told_again(row: int, code: str, data: dict[str, str], say: Callable[..., str]) -> Told:
    """A refusal that was kept with its code and data, in words."""
    told, remedy = say(f"error.{code}", **data), say(f"remedy.{code}", **data)
    return Told(row, "", data.get("value", ""), told, remedy)


def _data(name: str) -> str:
    return resources.files("marketplace.catalog").joinpath(name).read_text("utf-8")
