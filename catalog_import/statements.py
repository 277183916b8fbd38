"""A bank's statement: bytes to lines with a day, a signed amount and the bank's words.

Which heading means what, how days are written and how money that came is told from money that went
is data (data/banks.toml, or an operator's own file).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from catalog_import import mapping as headings
from catalog_import.opening import open_table
from catalog_import.problems import Problem, unreadable
from catalog_import.refusal import CellRefused, halfwidth, refuse
from catalog_import.synonyms import heading_table, plain_heading
from catalog_import.table import LIMITS, OpenTable, TableRow, ragged_problem
from catalog_import.wanted import Wanted

STATEMENT_LIMITS = replace(LIMITS, rows=2_000, size=8 * 1024 * 1024)
FOOT = re.compile(r"(本页|本期|累计)?(合计|总计|小计)")  # sums below the lines
AMOUNT = re.compile(
    r"(?P<sign>[-+−]?)(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?P<part>[0-9]{1,2}))?"
)
BLANK = frozenset({"", "-", "--", "—"})
NOTHING = BLANK | {"0", "0.0", "0.00"}
NUMBER = re.compile(r"[^\W_0]")  # a serial of noughts and strokes alone is none
LARGEST = 10**12  # fen
LONGEST = 40  # characters of an amount
NAMES = frozenset(
    {
        "day", "time", "serial", "received", "paid", "amount", "direction", "balance", "party",
        "party_account", "text",
    }
)  # fmt: skip
CODES = frozenset({"serial", "party_account"})


class Layout(BaseModel):
    """How one bank writes its statements."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    slug: str
    name: str
    source: str
    days: list[str]
    sign: Literal["columns", "word", "sign"]
    needed: list[str]
    columns: dict[str, list[str]]
    came: list[str] = []
    went: list[str] = []

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        asked = {
            "columns": {"received", "paid"}, "word": {"amount", "direction"}, "sign": {"amount"},
        }[self.sign]  # fmt: skip
        unknown = (set(self.columns) | set(self.needed)) - NAMES
        lacking = (asked | {"day"}) - set(self.needed) | (set(self.needed) - set(self.columns))
        if unknown or lacking:
            raise ValueError(f"{self.slug}: unknown {sorted(unknown)}, lacking {sorted(lacking)}")
        if self.sign == "word" and (not (self.came and self.went) or {*self.came} & {*self.went}):
            raise ValueError(f"{self.slug}: the words for money that came and went are unclear")
        if not self.days:
            raise ValueError(f"{self.slug}: no way of writing a day")
        return self


class _Layouts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    layout: list[Layout]


@dataclass(frozen=True, kw_only=True, slots=True)
class BankRow:
    """One line: money that came is above zero, money that went below; amounts in fen."""

    row: int
    line: int
    day: date
    time: str
    serial: str
    amount: int
    balance: int | None
    party: str
    party_account: str
    text: str


@dataclass(frozen=True, slots=True)
class BankSheet:
    """A whole statement; with problems nothing of it is to be used."""

    layout: Layout
    rows: tuple[BankRow, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    encoding: str
    sha256: str


@cache
def layouts(path: Path | None = None) -> tuple[Layout, ...]:
    """The packaged layouts, or those of an operator's file. Raises ValueError, OSError."""
    packaged = files("catalog_import") / "data" / "banks.toml"
    found = _Layouts.model_validate(tomllib.loads((path or packaged).read_text("utf-8"))).layout
    slugs = [one.slug for one in found]
    if len(set(slugs)) != len(slugs):
        raise ValueError(f"a layout stands twice: {slugs}")
    return tuple(found)


def read_statement(data: bytes, known: Sequence[Layout], slug: str = "") -> BankSheet:
    """Every line of a statement, in the layout that its headings show or that was chosen.

    Raises UnreadableFile: not one layout fits, several do, or the chosen one lacks columns.
    """
    named = [h for one in known for said in one.columns.values() for h in said]
    wanted = Wanted("statement", headings.Mapping(tuple((each, "") for each in named)))
    table = open_table(data, wanted, limits=STATEMENT_LIMITS)
    chosen = [one for one in known if one.slug == slug]
    layout = chosen[0] if chosen else _recognised(table.heading, known)
    reading = _Reading(layout, table)
    rows = tuple(reading.rows())
    return BankSheet(
        layout, rows, (*table.problems, *reading.problems), table.notices,
        table.encoding, table.sha256,
    )  # fmt: skip


def _recognised(heading: TableRow, known: Sequence[Layout]) -> Layout:
    fitting = [(len(_places(one, heading)), one) for one in known if not _lacking(one, heading)]
    if not fitting:
        raise unreadable("layout_unknown", heading.line)
    most = max(count for count, _one in fitting)
    best = [one for count, one in fitting if count == most]
    if len(best) > 1:
        raise unreadable("layout_unclear", heading.line, names="、".join(one.name for one in best))
    return best[0]


def _places(layout: Layout, heading: TableRow) -> Mapping[str, tuple[int, ...]]:
    """Where each field stands; a text may be put together from several columns."""
    plain = [plain_heading(cell) for cell in heading.cells]
    found = {}
    for name, said in layout.columns.items():
        there = [plain.index(one) for each in said if (one := plain_heading(each)) in plain]
        if there:
            found[name] = tuple(dict.fromkeys(there)) if name == "text" else (there[0],)
    return found


def _lacking(layout: Layout, heading: TableRow) -> list[str]:
    places = _places(layout, heading)
    return [layout.columns[name][0] for name in layout.needed if name not in places]


class _Reading:
    """One pass over the lines of a statement."""

    def __init__(self, layout: Layout, table: OpenTable) -> None:
        lacking = _lacking(layout, table.heading)
        if lacking:
            raise unreadable(
                "layout_lacks", table.heading.line, name=layout.name, columns="、".join(lacking)
            )
        self.layout, self.table = layout, table
        self.places = _places(layout, table.heading)
        self.problems: list[Problem] = []
        self.field, self.value = "", ""

    def rows(self) -> Iterator[BankRow]:
        for record in self.table.rows:
            cells = record.cells
            while len(cells) > self.table.width and not cells[-1].strip():
                cells = cells[:-1]  # a separator at the end of every line
            if self._is_foot(cells):
                continue
            if len(cells) != self.table.width:
                self.problems.append(
                    replace(ragged_problem(record, self.table.heading), kind="statement")
                )
                continue
            try:
                yield self._row(record, cells)
            except CellRefused as fault:
                self.problems.append(self._problem(record, fault))

    def _is_foot(self, cells: Sequence[str]) -> bool:
        """A sum below the lines: it begins with such a word, and has no day."""
        first = next((cell.strip() for cell in cells if cell.strip()), "")
        at = self.places["day"][0]
        day = cells[at].strip() if at < len(cells) else ""
        return FOOT.match(first) is not None and day in {"", first}

    def _problem(self, record: TableRow, fault: CellRefused) -> Problem:
        places = self.places.get(self.field, ())
        return Problem(
            fault.code, row=record.row, line=record.line, field=self.field, value=self.value,
            column=self.table.heading.cells[places[0]].strip() if places else "",
            data=fault.data, kind="statement",
        )  # fmt: skip

    def _row(self, record: TableRow, cells: Sequence[str]) -> BankRow:
        def said(name: str) -> str:
            places = self.places.get(name, ())
            self.field, self.value = name, " ".join(cells[at].strip() for at in places)
            for at in places:
                self._refuse_mark(record.marks.get(at), name)
            return self.value.strip()

        balance = _amount(told) if (told := said("balance")) not in BLANK else None
        return BankRow(
            row=record.row, line=record.line, day=self._day(said("day")), time=said("time"),
            serial=_serial(said("serial")), amount=self._signed(said), balance=balance,
            party=said("party"), party_account=said("party_account"), text=said("text"),
        )  # fmt: skip

    def _refuse_mark(self, mark: str | None, name: str) -> None:
        """A formula is no value; a number that is not shown in full is none where it is a code."""
        if mark == "cell_formula" or (mark == "cell_number" and name in CODES):
            raise refuse(mark)

    def _day(self, value: str) -> date:
        plain = " ".join(halfwidth(value).split())
        for way in (*self.layout.days, "%Y-%m-%d"):  # as a workbook shows a day
            try:
                return datetime.strptime(plain, way).date()  # noqa: DTZ007  # a day has no zone
            except ValueError:
                continue
        raise refuse("day_unlike", example=date(2026, 11, 23).strftime(self.layout.days[0]))

    def _signed(self, said: Callable[[str], str]) -> int:
        if self.layout.sign == "columns":
            return _one_of(said)
        amount = _amount(said("amount"))
        if self.layout.sign == "sign":
            return _not_zero(amount)
        word = halfwidth(said("direction"))
        if word in self.layout.came and amount >= 0:
            return _not_zero(amount)
        if word in self.layout.went:
            return -_not_zero(abs(amount))
        raise refuse("direction_unclear", words="、".join((*self.layout.came, *self.layout.went)))


def _serial(value: str) -> str:
    """The bank's number. Where a bank has none it writes "0" or "-", the same for every line."""
    return value if NUMBER.search(value) else ""


def _one_of(said: Callable[[str], str]) -> int:
    """The one that is filled. A bank reverses an entry by a figure below zero in its column."""
    came, went = (halfwidth(said(name)) not in NOTHING for name in ("received", "paid"))
    if came and went:
        raise refuse("amount_twice")
    if not (came or went):
        raise refuse("amount_absent")
    return _amount(said("received")) if came else -_amount(said("paid"))


def _not_zero(amount: int) -> int:
    if not amount:
        raise refuse("amount_absent")
    return amount


def _amount(value: str) -> int:
    """Fen, with the sign as written."""
    plain = halfwidth(value).removeprefix("¥").strip()
    found = AMOUNT.fullmatch(plain) if len(plain) <= LONGEST else None
    if not found:
        raise refuse("amount_unclear")
    fen = int(found["whole"].replace(",", "")) * 100 + int((found["part"] or "").ljust(2, "0"))
    if fen > LARGEST:
        raise refuse("amount_unclear")
    return -fen if found["sign"] in {"-", "−"} else fen


def our_names() -> tuple[str, ...]:
    """The headings of our own template, in order."""
    fields = heading_table().fields("statement")
    mine = layouts()[0]
    return tuple(fields[name].zh for name in mine.columns)
