"""Every form, posted again with the name of every column: only its own fields are written."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import Boolean, Date, DateTime, Enum, Integer, Uuid
from werkzeug.datastructures import MultiDict

from marketplace.kernel.base import Base, MoneyType
from tests.permissions import table
from tests.permissions.table import Row
from tests.permissions.test_permissions import TABLE, answered, doers
from tests.permissions.world import Rows, World, changes

Outcome = tuple[int | str, Any]  # the answer, and what was written
NOTHING: Mapping[str, Any] = {}
POSTS = [row for row in TABLE.rows if not row.is_safe and doers(row)]
ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
OFFLINE = re.compile(r"\b(?:ch|re)_[0-9a-f]{24}\b")  # numbers of the offline card, made of ids
# what is another in every run: sums over ids, and numbers that are drawn
DRAWN = frozenset({"hash", "previous_hash", "number", "reference", "key", "content_hash",
                   "approved_hash", "scan_key", "provider_ref", "money_ref", "credential",
                   "secret_hash", "request_hash", "payload", "password_hash", "secret",
                   "code_hash"})  # fmt: skip
MOST = 150  # names in one address
FOLDED = ("{}[]", "listing[{}]", "supplier.{}", "{}-0", "0-{}", "data[attributes][{}]")


def columns() -> Iterator[tuple[str, Any]]:
    for told in Base.metadata.tables.values():
        for column in told.columns:
            yield column.name, column.type


def poison(kind: Any, world: World) -> str:
    """A value that would do harm if somebody took it."""
    if isinstance(kind, Uuid):
        return world.things["other_supplier"]
    if isinstance(kind, Enum):
        return str(kind.enums[-1])
    if isinstance(kind, Boolean):
        return "true"
    if isinstance(kind, DateTime | Date):
        return "2031-01-01"
    return "1" if isinstance(kind, Integer | MoneyType) else "投毒"


def poisoned(row: Row, world: World) -> dict[str, str]:
    """Every column name that is not a field of this form, once plain and once folded as some
    frameworks unfold it."""
    own = {*row.form, *row.also}
    given: dict[str, str] = {}
    for (name, kind), fold in zip(columns(), itertools.cycle(FOLDED), strict=False):
        value = poison(kind, world)
        if name not in own:
            given[name] = value
        if name not in row.also:
            given[fold.format(name)] = value
    return given


def stored(changed: dict[str, list[tuple[Any, dict[str, Any]]]], world: World) -> Any:
    """What was written, comparable between two runs: new ids and drawn numbers are left out."""
    told = []
    for name, rows in changed.items():
        for key, cells in rows:
            same = key if key in world.before[name] else "new"
            kept = {c: known(v, world) for c, v in cells.items() if c not in DRAWN}
            told.append((name, str(same), str(sorted(kept.items()))))
    return sorted(told)


def known(value: Any, world: World) -> str:
    """A value as its words in order; ids that were made just now are all the same."""
    text = OFFLINE.sub("drawn", str(value))
    text = ID.sub(lambda hit: hit.group() if uuid.UUID(hit.group()) in world.ids else "new", text)
    return " ".join(sorted(re.split(r"[\s,\[\]{}]+", text)))  # entries lie in the order of ids


def run(
    world: World, row: Row, extra: Mapping[str, Any], query: Mapping[str, Any] = NOTHING
) -> Outcome:
    who = TABLE.who(row, next(c for c in doers(row) if c != "anonymous"))
    form: MultiDict[str, Any] = MultiDict(
        {world.said(k): world.said(v) for k, v in row.form.items()}
    )
    form.update(extra)
    address = row.address(world.app, world.said)
    if query:
        address = f"{address}?{urlencode(query)}"
    answer = world.send(who, row.method, address, form)
    after: Rows = world.rows()
    found = answered(answer), stored(changes(world.before, after), world)
    world.put_back()
    return found


@pytest.fixture(scope="module")
def plainly(made_world: World) -> Callable[[Row], Outcome]:
    """What the form alone does, asked once."""
    known: dict[int, Outcome] = {}

    def asked(row: Row) -> Outcome:
        place = POSTS.index(row)
        if place not in known:
            known[place] = run(made_world, row, NOTHING)
        return known[place]

    return asked


@pytest.mark.parametrize("row", POSTS, ids=str)
def test_a_form_writes_its_own_fields_and_no_column_beside_them(
    world: World, plainly: Callable[[Row], Outcome], row: Row
) -> None:
    """P19: state, role, approved_at, supplier_id, price and all the others are not for forms, nor
    for the address that a form is sent to."""
    assert plainly(row)[0] in {200, 303}
    extra = poisoned(row, world)
    assert run(world, row, extra, dict(list(extra.items())[:MOST])) == plainly(row)


@pytest.mark.parametrize("row", [r for r in POSTS if r.form], ids=str)
def test_of_a_field_that_comes_twice_the_first_counts(
    world: World, plainly: Callable[[Row], Outcome], row: Row
) -> None:
    """P19: a second value behind the first is not another thing that is written; a date that
    comes twice is none."""
    twice = {
        world.said(name): "1"
        for name, value in row.form.items()
        if not value.startswith("file:") and row.endpoint != table.MANY
    }
    assert run(world, row, twice) in (plainly(row), (422, []))
