"""How facts are said on the zone's pages: cards, the ticket, the station line of a listing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from marketplace.catalog.models import Listing
from marketplace.catalog.queries import Evidence, Good, category, no_return_of
from marketplace.kernel.clock import SHANGHAI
from marketplace.kernel.money import Money
from marketplace.ports.search import Sort
from marketplace.regions.queries import Atlas, PublishedList

Say = Callable[..., str]
LONGEST_WORD = 12  # of a word that is tried in parts
MOST_TRIED = 12
POVERTY_LIST = "832"  # the list that counties left; the year says nothing about other lists


@dataclass(frozen=True, slots=True)
class Card:
    """What, from where, why trusted, how much, per what."""

    url: str
    title: str
    variant: str  # which size of the good; empty when there is one only
    county_label: str
    badges: tuple[tuple[str, str], ...]
    price: Money
    unit: str
    picture: str
    note: str
    photo: str = ""  # address of its first photograph; empty: the drawing


@dataclass(frozen=True, slots=True)
class Ticket:
    """入选依据: from which county, because of what, verified by whom."""

    from_label: str
    to_label: str
    facts: tuple[tuple[str, str], ...]
    valid: bool
    verifier: str
    proof: str


@dataclass(frozen=True, slots=True)
class Step:
    """One station of a line."""

    label: str
    detail: str
    state: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor looks for, as the address of the page says it."""

    words: str = ""
    category: str = ""  # slug
    province: str = ""  # six digits
    listed: str = ""  # slug of a list
    price_from: Money | None = None
    price_to: Money | None = None
    sort: Sort = Sort.BEST
    page: int = 1

    @property
    def filters(self) -> tuple[str, ...]:
        """The names of the filters that are set."""
        names = ("category", "province", "listed", "price_from", "price_to")
        return tuple(name for name in names if getattr(self, name))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the words was chosen."""
        return bool(self.filters) or self.sort is not Sort.BEST

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.filters

    def without(self, *names: str) -> Wanted:
        """The same from the first page, with these filters off."""
        off = {name: None if name.startswith("price") else "" for name in names}
        return replace(self, page=1, **off)  # type: ignore[arg-type]  # each as its field has it

    def address(self) -> dict[str, str]:
        """As parameters of the page's address; what is not set is left out."""
        said = {
            "q": self.words,
            "category": self.category,
            "province": self.province,
            "listed": self.listed,
            "price_from": self.price_from.yuan if self.price_from else "",
            "price_to": self.price_to.yuan if self.price_to else "",
            "sort": "" if self.sort is Sort.BEST else self.sort.value,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter; `count` is None when nobody counted."""

    value: str
    label: str
    count: int | None
    chosen: bool


def choices(
    names: Mapping[str, str], counts: Mapping[str, int] | None, chosen: str
) -> list[Choice]:
    """What a filter offers: all values, or those that find something, and always the chosen one."""
    return [
        Choice(value, label, None if counts is None else counts.get(value, 0), value == chosen)
        for value, label in names.items()
        if counts is None or counts.get(value) or value == chosen
    ]


def said(zh: str, en: str, language: str) -> str:
    """Data that carries both languages."""
    return zh if language == "zh" else en


def card(good: Good, atlas: Atlas, url: str, say: Say) -> Card:
    """One good; the broad list of 832 is every card's ground, so only narrower ones are badges."""
    language = "en" if say("lang") == "en" else "zh"
    facts = atlas.facts[good.county_code]
    narrow = {d.slug: said(d.label, d.label_en, language) for d in facts if d.slug != POVERTY_LIST}
    badges = [(label, "info") for label in narrow.values()][:2]
    if not badges:
        badges = [(said(d.label, d.label_en, language), "") for d in facts[:1]]
    stock = say("有货") if good.available else say("暂时无货")
    return Card(
        url=url,
        title=good.title,
        variant=good.variant,
        county_label=atlas.places[good.county_code].label,
        badges=tuple(badges),
        price=good.sale_price,
        unit=good.unit,
        picture=picture(good),
        note=f"{good.supplier_name} · {stock}",
    )


def picture(of: Good | Listing) -> str:
    """The listing's drawing, else its category's."""
    return of.picture or category(of.category).picture


def ticket(
    evidence: Evidence,
    say: Say,
    name_of: Callable[[str], str],
    *,
    unknown: Sequence[PublishedList] = (),
) -> Ticket:
    """The evidence as people read it; the credit code is shown in part. `unknown`: the lists of
    which nobody here can say whether they have the county."""
    told = evidence.facts
    rows = [(say("名录"), _list_words(entry, say)) for entry in told["designations"]]
    for one in unknown:
        name = said(one.name_zh, one.name_en, "en" if say("lang") == "en" else "zh")
        rows.append((say("尚不能确定"), say("%(list)s：该省收录不全", list=name)))
    supplier = told["supplier"]
    code = supplier["credit_code"]
    rows.append((say("供应商"), f"{supplier['name']} · {code[:8]}…{code[-2:]}"))
    for paper in told["papers"]:
        until = paper["valid_until"] or say("长期")
        rows.append(
            (
                say(f"PaperKind.{paper['kind']}"),
                say("%(number)s · 有效至 %(until)s", number=paper["number"], until=until),
            )
        )
    if told["villages"]:
        rows.append((say("村庄"), "、".join(told["villages"])))
    approved_at = told["approved_at"]
    when = _moment(datetime.fromisoformat(approved_at)) if approved_at else ""
    return Ticket(
        from_label=told["county"]["name"],
        to_label=say("帮扶专区"),
        facts=tuple(rows),
        valid=bool(any(entry["qualifies"] for entry in told["designations"]) and told["papers"]),
        verifier=f"{name_of(told['approved_by'] or '')} · {when}",
        proof=evidence.number,
    )


def _list_words(entry: dict[str, object], say: Say) -> str:
    left = entry.get("exit_year")
    label = say("%(label)s（第 %(n)s 版）", label=entry["label"], n=entry["version"])
    if left and entry["slug"] == POVERTY_LIST:
        return say("%(label)s，%(year)s 年摘帽", label=label, year=left)
    return label


def steps(listing: Listing, say: Say) -> tuple[Step, ...]:
    """The way of a listing onto the shelf, with its clock."""
    waited = ""
    if listing.submitted_at and listing.decided_at:
        hours = (listing.decided_at - listing.submitted_at).total_seconds() / 3600
        waited = say("用时 %(hours)s 小时", hours=f"{hours:.1f}")
    return (
        Step(say("提交"), _moment(listing.submitted_at), "done"),
        Step(say("人工审核"), waited, "done"),
        Step(say("上架"), _moment(listing.decided_at), "done"),
    )


def facts(listing: Listing, say: Say) -> list[tuple[str, str]]:
    """What is told of the good; empty fields are left out."""
    hours = listing.dispatch_hours
    rows = [
        (say("销售规格"), listing.variant),
        (say("规格"), listing.spec),
        (say("净含量"), listing.net_content),
        (say("毛重"), listing.gross_weight),
        (say("箱规"), listing.case_spec),
        (say("保质期"), listing.shelf_life),
        (say("贮存条件"), listing.storage),
        (say("配料"), listing.ingredients),
        (say("执行标准"), listing.standard),
        (say("生产许可证号"), listing.production_licence),
        (say("商品条码"), listing.barcode),
        (say("运费"), say("已含运费") if listing.freight_included else ""),
        (say("发货时效"), say("%(hours)s 小时内发货", hours=hours) if hours else ""),
        (say("不发货地区"), listing.no_delivery_to),
        *_terms(listing, say),
    ]
    return [(term, detail) for term, detail in rows if detail]


def _terms(listing: Listing, say: Say) -> list[tuple[str, str]]:
    """How many may be bought, when, from which day they leave, and whether they may go back."""
    unit, least, most = listing.unit, listing.min_quantity, listing.max_per_person
    opens, last = listing.orders_from, listing.orders_last
    season = say("到 %(last)s 为止", last=last) if last else ""
    if opens:
        season = say("%(first)s 起", first=opens)
    if opens and last:
        season = say("%(first)s 至 %(last)s", first=opens, last=last)
    reason = no_return_of(listing)
    why = say(f"NoReturn.{reason}") if reason else ""
    return [
        (say("起订量"), say("%(n)s %(unit)s起", n=least, unit=unit) if least else ""),
        (say("每人限购"), say("最多 %(n)s %(unit)s", n=most, unit=unit) if most else ""),
        (say("接单时间"), season),
        (say("七天无理由退货"), say("不适用：%(why)s", why=why) if why else ""),
    ]


def _moment(when: datetime | date | None) -> str:
    if not isinstance(when, datetime):
        return ""
    return when.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def lies_in(county: str, province: str) -> bool:
    """The first two digits of a code name the province; no province is any."""
    return county[:2] == province[:2] if province else True


def by_province(
    counties: Mapping[str, int], on_lists: Mapping[str, frozenset[str]], listed: str
) -> dict[str, int]:
    """Counts of counties summed up by province, of those on the chosen list alone."""
    sums: dict[str, int] = {}
    for county, count in counties.items():
        slugs = on_lists.get(county)
        if slugs and (not listed or listed in slugs):
            code = f"{county[:2]}0000"
            sums[code] = sums.get(code, 0) + count
    return sums


def by_list(
    counties: Mapping[str, int], on_lists: Mapping[str, frozenset[str]], province: str
) -> dict[str, int]:
    """Counts of counties summed up by list, of the chosen province alone; a county on two lists
    counts in both."""
    sums: dict[str, int] = {}
    for county, count in counties.items():
        if lies_in(county, province):
            for slug in on_lists.get(county, ()):
                sums[slug] = sums.get(slug, 0) + count
    return sums


def ways_out(wanted: Wanted) -> Iterator[Wanted]:
    """What to try when nothing was found: the words without filters; each word alone; of one long
    word its longest beginnings and ends first."""
    if wanted.filters and wanted.words:
        yield wanted.without(*wanted.filters)
    parts = wanted.words.split()
    if len(parts) == 1:
        word = parts[0][:LONGEST_WORD]
        parts = [piece for n in range(len(word) - 1, 1, -1) for piece in (word[:n], word[-n:])]
    yield from (Wanted(part) for part in dict.fromkeys(parts[:MOST_TRIED]))
