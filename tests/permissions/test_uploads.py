"""Files come in where a form asks for one, and nowhere else."""

from __future__ import annotations

from tests.house.places import nothing_in
from tests.makers.suppliers import SCAN
from tests.permissions.table import Row
from tests.permissions.test_permissions import DONE, TABLE, doers
from tests.permissions.world import World

# of two kinds at once: a picture for who draws it, a script for who runs it
MARK = b"<?php system($_GET[0]);/*zq7*/"
FIELDS = ("scan", "shot", "photo", "picture", "file", "sheet", "people", "options[file]")
POSTS = [
    row
    for row in TABLE.rows
    if not row.is_safe and not any(value.startswith("file:") for value in row.form.values())
]


def with_the_mark(world: World) -> list[str]:
    """Every file of the shop in which it lies, the database's as well."""
    files = (path for path in world.data.rglob("*") if path.is_file())
    return [path.name for path in files if MARK in path.read_bytes()]


def send(world: World, row: Row, who: str) -> int:
    """The form of the row, with a file in every field that some form has for one."""
    form = {world.said(name): world.said(value) for name, value in row.form.items()}
    given = {**dict.fromkeys(FIELDS, "file:polyglot"), **form}
    return world.send(who, row.method, row.address(world.app, world.said), given).status_code


def test_no_address_without_a_form_for_files_keeps_one(world: World) -> None:
    """Failure 32: posted in every field, by nobody and by those who may post there."""
    world.uploads["polyglot"] = (SCAN + MARK, "zq7.php.png")
    found: list[str] = []
    for row in POSTS:
        send(world, row, "anonymous")
    found += (f"anonymous left {name}" for name in with_the_mark(world))
    world.put_back()
    for row in POSTS:
        for column in doers(row)[:1]:
            if send(world, row, TABLE.who(row, column)) in DONE:
                found += (f"{row} by {column} keeps {name}" for name in with_the_mark(world))
                world.put_back()
    nothing_in(found)


def test_where_a_form_asks_for_one_it_is_kept(world: World) -> None:
    """Else the test above would show nothing."""
    world.uploads["polyglot"] = (SCAN, "zq7.png")
    row = next(row for row in TABLE.rows if row.route == "POST marketplace.suppliers.hand_in")
    before = {path for path in world.data.rglob("*") if path.is_file()}
    assert send(world, row, TABLE.who(row, "owner")) in DONE
    after = {path for path in world.data.rglob("*") if path.is_file()}
    assert any(path.read_bytes() == SCAN for path in after - before)
