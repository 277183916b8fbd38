"""P30: whoever changes the trail behind our back is found, and where is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.kernel.errors import Refused
from marketplace.work import Runtime, schema, trail
from marketplace.work.anchor import Anchor
from marketplace.work.models import APPEND_ONLY, TrailEntry, TrailHead
from tests.databases import unguard
from tests.races.listening import Heard

ROWS, AT = 12, 7  # rows of this test after those of its preparation; the one that is tampered with


@pytest.fixture
def first(bare_runtime: Runtime) -> int:
    """Twelve rows stand after this number."""
    with bare_runtime.reading() as session:
        before = session.get_one(TrailHead, trail.HEAD).number
    for _ in range(ROWS):
        with bare_runtime.work() as w:
            w.record("heard", Heard(uuid.uuid4()))
    return before


@pytest.fixture
def anchor(bare_runtime: Runtime, first: int, tmp_path: Path) -> Anchor:
    """Noted after the twelve, in a file elsewhere."""
    made = Anchor(tmp_path / "elsewhere" / "anchor")
    with bare_runtime.reading() as session:
        assert made.note(session, bare_runtime.clock.now())
    return made


def row(first: int) -> int:
    return first + AT


def an_entry(session: Session, number: int) -> dict[str, object]:
    found = session.get_one(TrailEntry, number)
    return {column.key: getattr(found, column.key) for column in TrailEntry.__table__.columns}


def edit(session: Session, number: int) -> None:
    session.execute(update(TrailEntry).where(TrailEntry.number == number).values(actor="nobody"))


def edit_the_time(session: Session, number: int) -> None:
    at = session.get_one(TrailEntry, number).at
    changed = update(TrailEntry).where(TrailEntry.number == number)
    session.execute(changed.values(at=at.replace(year=at.year - 1)))


def edit_and_hash_anew(session: Session, number: int) -> None:
    """By one who reads our code; the next row tells on him."""
    changed = {**an_entry(session, number), "actor": "nobody"}
    given = update(TrailEntry).where(TrailEntry.number == number)
    session.execute(given.values(actor="nobody", hash=trail._hash(changed)))


def cut_out(session: Session, number: int) -> None:
    session.execute(delete(TrailEntry).where(TrailEntry.number == number))


def cut_out_and_close_the_gap(session: Session, number: int) -> None:
    cut_out(session, number)
    last = session.get_one(TrailHead, trail.HEAD).number
    for later in range(number + 1, last + 1):
        moved = update(TrailEntry).where(TrailEntry.number == later)
        session.execute(moved.values(number=later - 1))
    session.execute(update(TrailHead).values(number=last - 1))


def put_in_between(session: Session, number: int) -> None:
    last = session.get_one(TrailHead, trail.HEAD).number
    for later in range(last, number - 1, -1):
        moved = update(TrailEntry).where(TrailEntry.number == later)
        session.execute(moved.values(number=later + 1))
    copied = an_entry(session, number + 1)
    session.execute(insert(TrailEntry).values({**copied, "number": number, "actor": "nobody"}))
    session.execute(update(TrailHead).values(number=last + 1))


def swap(session: Session, number: int) -> None:
    far = 1_000_000
    for source, target in ((number, far), (number + 1, number), (far, number + 1)):
        moved = update(TrailEntry).where(TrailEntry.number == source)
        session.execute(moved.values(number=target))


def add_at_the_end(session: Session, number: int) -> None:
    """A row that nobody did, chained to the wrong end."""
    last = session.get_one(TrailHead, trail.HEAD).number
    copied = an_entry(session, number)
    session.execute(insert(TrailEntry).values({**copied, "number": last + 1}))
    session.execute(update(TrailHead).values(number=last + 1))


TAMPERING: dict[str, tuple[Callable[[Session, int], None], str]] = {
    "edit": (edit, "trail: row {at} was changed"),
    "edit the time": (edit_the_time, "trail: row {at} was changed"),
    "edit with a right hash": (edit_and_hash_anew, "trail: row {after} was changed"),
    "deletion": (cut_out, "trail: row {at} is missing, {after} stands in its place"),
    "deletion without a gap": (cut_out_and_close_the_gap, "trail: row {at} was changed"),
    "insertion": (put_in_between, "trail: row {at} was changed"),
    "reorder": (swap, "trail: row {at} was changed"),
    "a forged end": (add_at_the_end, "trail: row {end} was changed"),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_what_was_done_to_the_trail_is_found_with_its_row(
    bare_runtime: Runtime, first: int, how: str
) -> None:
    """P30: edit, deletion, insertion, reorder: each is named with its number."""
    tamper, told = TAMPERING[how]
    with bare_runtime.work() as w:
        for verb in ("UPDATE", "DELETE"):
            unguard(w.session, "mp_trail", verb)
        tamper(w.session, row(first))
    with bare_runtime.reading() as session:
        found = list(trail.faults(session))
    said = told.format(at=row(first), after=row(first) + 1, end=first + ROWS + 1)
    assert found[0] == said


@pytest.mark.parametrize("how", [name for name in TAMPERING if name != "a forged end"])
def test_while_its_triggers_stand_the_database_refuses_it(
    bare_runtime: Runtime, first: int, how: str
) -> None:
    """P1, P30: edit, deletion, insertion and reorder need more than a statement."""
    tamper, _told = TAMPERING[how]
    with pytest.raises(DBAPIError, match="append-only"), bare_runtime.work() as w:
        tamper(w.session, row(first))
    with bare_runtime.reading() as session:
        assert list(trail.faults(session)) == []


def test_replacing_a_row_is_refused_too(bare_runtime: Runtime, first: int) -> None:
    """P30: INSERT OR REPLACE, and ON CONFLICT DO UPDATE, are deletions and updates in disguise."""
    with bare_runtime.reading() as session:
        copied = an_entry(session, row(first))
    # names of our own columns, and a number: nothing here comes from outside
    names = ", ".join(copied)
    same = ", ".join("'nobody'" if name == "actor" else name for name in copied)
    forged = f"INTO mp_trail ({names}) SELECT {same} FROM mp_trail WHERE number = {row(first)}"  # noqa: S608  # as said
    ways = [f"INSERT {forged} ON CONFLICT (number) DO UPDATE SET actor = excluded.actor"]
    if bare_runtime.engine.dialect.name == "sqlite":
        ways.append(f"INSERT OR REPLACE {forged}")
    for way in ways:
        with pytest.raises(DBAPIError, match="append-only"), bare_runtime.work() as w:
            w.session.execute(text(way))


def test_a_tail_that_was_cut_cleanly_is_found_by_the_anchor_alone(
    bare_runtime: Runtime, first: int, anchor: Anchor
) -> None:
    """P30: rows and head fit each other again; only the file outside remembers."""
    with bare_runtime.work() as w:
        unguard(w.session, "mp_trail", "DELETE")
        w.session.execute(delete(TrailEntry).where(TrailEntry.number > row(first)))
        last = w.session.get_one(TrailEntry, row(first))
        w.session.execute(update(TrailHead).values(number=last.number, hash=last.hash))
    with bare_runtime.reading() as session:
        assert list(trail.faults(session)) == []
        (told,) = anchor.faults(session)
    assert told.startswith(f"trail: row {first + ROWS}, anchored at ")


def test_a_tail_written_anew_is_found_by_the_anchor_alone(
    bare_runtime: Runtime, first: int, anchor: Anchor
) -> None:
    """P30: a cut, and as many other rows with right hashes in its place."""
    with bare_runtime.work() as w:
        unguard(w.session, "mp_trail", "DELETE")
        w.session.execute(delete(TrailEntry).where(TrailEntry.number > row(first)))
        last = w.session.get_one(TrailEntry, row(first))
        w.session.execute(update(TrailHead).values(number=last.number, hash=last.hash))
    for _ in range(ROWS):
        with bare_runtime.work() as w:
            w.record("heard", Heard(uuid.uuid4()))
    with bare_runtime.reading() as session:
        assert list(trail.faults(session)) == []
        (told,) = anchor.faults(session)
    assert told.startswith(f"trail: row {first + ROWS} is another one than anchored at ")


def test_a_head_that_was_moved_is_found(bare_runtime: Runtime, first: int) -> None:
    """P30: count and hash of the end are compared with the rows."""
    with bare_runtime.work() as w:
        w.session.execute(update(TrailHead).values(number=TrailHead.number - 1))
    with bare_runtime.reading() as session:
        assert list(trail.faults(session)) == [
            f"trail: the head says {first + ROWS - 1} rows, there are {first + ROWS}"
        ]


def test_a_head_with_another_hash_is_found(bare_runtime: Runtime) -> None:
    """P30: else the last row could be exchanged together with its own hash."""
    with bare_runtime.work() as w:
        w.session.execute(update(TrailHead).values(hash="0" * 64))
    with bare_runtime.reading() as session:
        assert list(trail.faults(session)) == ["trail: the head does not close the chain"]


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_a_missing_trigger_is_told_with_table_and_verb(bare_runtime: Runtime, table: str) -> None:
    """P1, P30: without it the next change would leave no trace of being one."""
    for verb in ("UPDATE", "DELETE"):
        with bare_runtime.work() as w:
            unguard(w.session, table, verb)
        with bare_runtime.engine.connect() as connection:
            told = list(schema.trigger_faults(connection))
        assert f"{table}: the trigger that refuses {verb} is missing" in str(told)
    assert len(told) == 2


def test_what_is_rolled_back_leaves_no_row(bare_runtime: Runtime, first: int) -> None:
    """P29: the row stands in the same transaction as what it tells of, or not at all."""
    with pytest.raises(Refused), bare_runtime.work() as w:
        w.record("heard", Heard(uuid.uuid4()))
        raise Refused
    with bare_runtime.reading() as session:
        assert session.get_one(TrailHead, trail.HEAD).number == first + ROWS
        rows = select(TrailEntry.number).where(TrailEntry.number > first)
        assert len(session.scalars(rows).all()) == ROWS
