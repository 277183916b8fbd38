"""A line of the bank that waits for a person, of just what the owner's transfer asks."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.banking.models import BankStatement
from tests.fixtures import People
from tests.makers.banking import a_file, came, taken, the_line

UPLOAD = (a_file(came("S-3", "3.21", "结息")), "明细.csv")


def make_lines(people: People, things: dict[str, str], mark: str) -> None:
    taken(people, came("S-1", things["placed_yuan"], "货款", party=f"{mark} 付款人"))
    line = the_line(people, "S-1")
    with people.runtime.reading() as session:
        statement_id = session.scalars(select(BankStatement.id)).one()
    things |= {"bank_line": str(line.id), "bank_statement": str(statement_id)}
