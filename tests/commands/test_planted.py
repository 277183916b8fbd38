"""P36: what somebody with the database in his hands changes is found by `verify`, and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from marketplace.commands import main
from marketplace.kernel.money import Money
from marketplace.ledger.models import JournalEntry, JournalTransaction
from marketplace.work.models import TrailEntry, TrailHead
from marketplace.work.trail import HEAD
from tests.databases import Place, unguard
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, paid
from tests.makers.suppliers import an_approved_supplier


@pytest.fixture
def shop(people: People) -> People:
    """Two people have paid the same; the end of the trail is anchored."""
    an_approved_supplier(people)
    melon = a_listing(people)
    for name in ("employee", "second_employee"):
        paid(people, a_purchase(people, melon, name=name))
    with people.runtime.reading() as session:
        people.runtime.anchor.note(session, people.runtime.clock.now())
    return people


def a_changed_fen(session: Session) -> None:
    """Two entries of one transaction, so that it still sums to zero."""
    entries = session.scalars(
        select(JournalEntry).join(
            JournalTransaction, JournalEntry.transaction_id == JournalTransaction.id
        ).where(JournalTransaction.event == "settled").order_by(JournalEntry.transaction_id)
    ).all()[:2]  # fmt: skip
    for entry, fen in zip(sorted(entries, key=lambda one: one.amount), (-1, 1), strict=True):
        given = update(JournalEntry).where(JournalEntry.id == entry.id)
        session.execute(given.values(amount=JournalEntry.amount + Money(fen)))


def a_deleted_row(session: Session) -> None:
    session.execute(delete(TrailEntry).where(TrailEntry.number == 9))


def a_cut_tail(session: Session) -> None:
    """So cleanly that the chain itself is whole."""
    last = session.get_one(TrailHead, HEAD).number
    session.execute(delete(TrailEntry).where(TrailEntry.number > last - 3))
    end = session.scalars(select(TrailEntry.hash).where(TrailEntry.number == last - 3)).one()
    session.execute(update(TrailHead).values(number=last - 3, hash=end))


def a_replaced_row(session: Session) -> None:
    columns = TrailEntry.__table__.columns
    row = session.execute(select(*columns).where(TrailEntry.number == 9)).mappings().one()
    a_deleted_row(session)
    session.execute(insert(TrailEntry).values({**row, "actor": "nobody"}))


def two_swapped_rows(session: Session) -> None:
    """The same amounts of two transactions: every sum and every balance is as before."""
    first, second = session.scalars(
        select(JournalTransaction.id).where(JournalTransaction.event == "settled")
    )
    named = select(JournalTransaction.id, JournalTransaction.key)
    keys = {row.id: row.key for row in session.execute(named)}
    for one, key in ((first, "for a moment"), (second, keys[first]), (first, keys[second])):
        given = update(JournalTransaction).where(JournalTransaction.id == one)
        session.execute(given.values(key=key))


PLANTED: dict[str, tuple[Callable[[Session], None], str]] = {
    "a changed fen": (a_changed_fen, "the journal is what the trail says"),
    "a deleted trail row": (a_deleted_row, "the trail is unbroken"),
    "a cut tail": (a_cut_tail, "the trail is as it was anchored"),
    "a replaced row": (a_replaced_row, "the trail is unbroken"),
    "two swapped ledger rows": (two_swapped_rows, "the journal is what the trail says"),
}


def verified(place: Place) -> tuple[int, dict[str, Any]]:
    typed = ["verify", "--json", "--data", str(place.folder)]
    environment = {"MARKETPLACE_DATABASE_URL": place.url, "SECRET_KEY": "k" * 32}
    done = CliRunner().invoke(main, typed, env=environment)
    return done.exit_code, json.loads(done.output)


def test_a_shop_in_which_nobody_meddled_is_well(shop: People, place: Place) -> None:
    code, told = verified(place)
    assert (code, told["ok"]) == (0, True), told


@pytest.mark.parametrize("what", PLANTED)
def test_each_planted_defect_is_found_and_named(shop: People, place: Place, what: str) -> None:
    """P1, P2, P30: by one who has taken the guards of the tables away first."""
    plant, check = PLANTED[what]
    with shop.runtime.work() as w:
        for table in ("mp_trail", "mp_journal_entry", "mp_journal_transaction"):
            for verb in ("UPDATE", "DELETE"):
                unguard(w.session, table, verb)
        plant(w.session)
    code, told = verified(place)
    assert code == 1
    assert told["checks"][check], told
    assert told["checks"]["append-only tables are guarded"]
