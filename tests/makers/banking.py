"""Makers of bank statements, and of what comes of their lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog_import import layouts, read_statement
from marketplace.banking import service
from marketplace.banking.models import BankLine
from marketplace.banking.service import Taken

if TYPE_CHECKING:
    from tests.fixtures import People

HEADINGS = "交易日期,流水号,收入,支出,余额,对方户名,对方账号,附言"
ACCOUNT = "62220001"


def came(
    serial: str, yuan: str, text: str = "", party: str = "示例付款人", day: str = "2026-11-23"
) -> str:
    return f"{day},{serial},{yuan},,,{party},,{text}"


def went(serial: str, yuan: str, text: str = "") -> str:
    return f"2026-11-23,{serial},,{yuan},,示例收款人,,{text}"


def a_file(*lines: str) -> bytes:
    return "\n".join((HEADINGS, *lines)).encode()


def taken(people: People, *lines: str, by: str = "manager", account: str = ACCOUNT) -> Taken:
    """A statement of these lines, taken in and matched."""
    sheet = read_statement(a_file(*lines), layouts())
    with people.runtime.work(people.actor(by)) as w:
        told = service.take_statement(w, sheet, service.NewStatement(account, "明细.csv"))
    service.match_lines(people.runtime)
    return told


def the_lines(people: People) -> Sequence[BankLine]:
    """All there are, as they stand in the files."""
    with people.runtime.reading() as session:
        asked = select(BankLine).order_by(BankLine.number)
        return session.scalars(asked).all()


def the_line(people: People, number: str = "S1") -> BankLine:
    with people.runtime.reading() as session:
        return session.scalars(select(BankLine).where(BankLine.number == number)).one()
