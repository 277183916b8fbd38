"""A statement is taken in: its lines are stored, each once, whichever file tells of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from catalog_import import BankRow, BankSheet
from marketplace.banking import queries, rules
from marketplace.banking.models import BankLine, BankStatement
from marketplace.banking.states import LineState
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid
from marketplace.kernel.money import Money
from marketplace.work import Work


@dataclass(frozen=True, slots=True)
class NewStatement:
    """What the manager says of a file: of which account of ours it is."""

    account: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What of a file was new; without anything new there is no statement."""

    statement_id: uuid.UUID | None
    rows: int
    fresh: int


def take_statement(w: Work, sheet: BankSheet, given: NewStatement) -> Taken:
    """Store the lines that no statement told of before; they are matched afterwards. By a manager.

    Raises Forbidden, Invalid (a sheet with problems, an account without a name, a file that was
    taken in for another account: all its lines would count twice).
    """
    if Role.MANAGER not in w.actor.roles:
        raise Forbidden(verb="take")
    account = rules.account_name(given.account)
    if sheet.problems or not sheet.rows:
        raise Invalid("statement_unusable", field="sheet")
    before = queries.taken_for(w.session, sheet.sha256)
    if before is not None and rules.plain(before) != rules.plain(account):
        raise Invalid("statement_of_another_account", field="account", account=before)
    keys = rules.keys(account, sheet.rows)
    known = queries.known_keys(w.session, keys)
    fresh = [(key, row) for key, row in zip(keys, sheet.rows, strict=True) if key not in known]
    if not fresh:
        return Taken(None, len(sheet.rows), 0)
    made = _statement(w, sheet, account, given.file_name)
    made.fresh = len(fresh)
    w.session.add(made)
    w.session.flush()  # before the lines that name it; of two files at once, one begins anew
    w.session.add_all(_line(made.id, key, row) for key, row in fresh)
    w.record("take", made, rows=made.rows, fresh=made.fresh, sha256=made.sha256)
    return Taken(made.id, made.rows, made.fresh)


def _statement(w: Work, sheet: BankSheet, account: str, file_name: str) -> BankStatement:
    days = [row.day for row in sheet.rows]
    return BankStatement(
        id=uuid.uuid4(),
        account=account,
        layout=sheet.layout.slug,
        file_name=file_name[-200:],
        sha256=sheet.sha256,
        encoding=sheet.encoding,
        rows=len(sheet.rows),
        first_day=min(days),
        last_day=max(days),
        made_at=w.now,
        made_by=w.actor.person_id,
    )


def _line(statement_id: uuid.UUID, key: str, row: BankRow) -> BankLine:
    return BankLine(
        id=uuid.uuid4(),
        statement_id=statement_id,
        row=row.row,
        key=key,
        number=rules.number_of(row, key),
        day=row.day,
        amount=Money(row.amount),
        balance=None if row.balance is None else Money(row.balance),
        party=row.party,
        party_account=row.party_account,
        text=row.text,
        state=LineState.NEW,
    )
