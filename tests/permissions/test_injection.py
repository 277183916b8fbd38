"""Failure 30: what a browser sends reaches the database as a value, never as a part of a question.

Each address of the table is asked by somebody whom it lets through, with a text that ends a
question in every parameter that the address looks at, in cookies, headers and its path.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Request
from sqlalchemy import Engine, event
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse

from tests.house.places import MIGRATIONS, ROOT, nothing_in, told
from tests.permissions.table import Row
from tests.permissions.test_permissions import TABLE, doers
from tests.permissions.world import World

MARK = "zq7"
PAYLOADS = (
    f"{MARK}' OR '1'='1",
    f'{MARK}") UNION SELECT name, password_hash FROM mp_person --',  # noqa: S608  # of an attacker
    f"{MARK}`;DROP TABLE mp_trail;--%s%(x)s:x?",
)
# one row of each address
READING = [*{row.route: row for row in TABLE.rows if row.is_safe and doers(row)}.values()]
# takes a statement, whose text must be written by us alone
ASKING = frozenset({"text", "exec_driver_sql", "literal_column", "DDL"})
OWN_NAMES = {
    "marketplace/work/schema.py": "tables and triggers of our own, while they are made",
    "marketplace/suppliers/models.py": "a state of our own, in the condition of an index",
}


class Noting(ImmutableMultiDict[str, str]):
    """Arguments that note the names that are asked for."""

    asked: set[str] = set()  # noqa: RUF012  # one list for all requests of this file

    def __getitem__(self, key: Any) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def get(self, key: Any, *rest: Any, **options: Any) -> Any:
        self.asked.add(key)
        return super().get(key, *rest, **options)

    def getlist(self, key: Any, *rest: Any) -> Any:
        self.asked.add(key)
        return super().getlist(key, *rest)


class NotingRequest(Request):
    parameter_storage_class = Noting


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that had a sent text in its words, of any database."""
    found: list[str] = []

    def listen(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if MARK in statement:
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    yield found
    event.remove(Engine, "before_cursor_execute", listen)


def ask(
    world: World, row: Row, query: dict[str, str], *, headers: dict[str, str] | None = None,
    cookies: str = "",
) -> TestResponse:  # fmt: skip  # more than one line anyway
    """As the first person whom the row lets through, with more than the page ever sends."""
    browser = world.browsers[TABLE.who(row, doers(row)[0])]
    sent = {"Cookie": f"{browser.cookies}; {cookies}".strip("; "), **(headers or {})}
    client = world.app.test_client(use_cookies=False)
    place = row.address(world.app, world.said).partition("?")[0]
    return client.get(place, query_string=query, headers=sent)


def ask_all(world: World, row: Row, payload: str) -> Iterator[tuple[str, int]]:
    """Every name that this address asks for, one at a time, and what was answered."""
    Noting.asked.clear()
    ask(world, row, {"x": "1"})
    for name in sorted(Noting.asked):
        yield name, ask(world, row, {**row.query, name: payload}).status_code
    answer = ask(world, row, {}, headers=dict.fromkeys(HEADERS, payload), cookies=COOKIES % payload)
    yield "headers and cookies", answer.status_code


HEADERS = ("Accept-Language", "Referer", "User-Agent", "X-Forwarded-For", "X-Requested-With")
COOKIES = "mp_lang=%s; mp_view=1; mp_sid=1"


def test_no_parameter_cookie_or_header_becomes_a_part_of_a_question(
    world: World, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failure 30: by language, order, filter, page, cookie and header of every address."""
    monkeypatch.setattr(world.app, "request_class", NotingRequest)
    faults, tried = [], 0
    for place, row in enumerate(READING):
        for name, status in ask_all(world, row, PAYLOADS[place % len(PAYLOADS)]):
            tried += 1
            if status >= 500:
                faults.append(f"{row}: {name} was answered with {status}")
    nothing_in([*faults, *statements])
    assert tried > 2 * len(READING), "the names are no longer noted"


def test_no_part_of_an_address_becomes_a_part_of_a_question(
    world: World, statements: list[str]
) -> None:
    """Failure 30: places of an address that take any text, by whoever asks."""
    faults = []
    finder = world.app.url_map.bind("localhost")
    nothing = world.things["nothing"]
    for rule in world.app.url_map.iter_rules():
        kinds = {name: type(kind).__name__ for name, kind in rule._converters.items()}
        if not {*kinds.values()} & {"UnicodeConverter"} or "GET" not in (rule.methods or ()):
            continue
        for payload in PAYLOADS:
            filled = {n: payload if k == "UnicodeConverter" else 1 if k == "IntegerConverter"
                      else nothing for n, k in kinds.items()}  # fmt: skip  # by its kind
            address = finder.build(rule.endpoint, filled, method="GET")
            for who in ("anonymous", "manager", "reviewer", "supplier"):
                status = world.send(who, "GET", address).status_code
                if status >= 500:
                    faults.append(f"{who} {address}: {status}")
    nothing_in([*faults, *statements])


def test_no_statement_is_put_together_from_texts() -> None:
    """Failure 30: what takes a statement is given a text that stands in our code as a whole."""
    nothing_in(
        f"{told(path)}:{node.lineno}"
        for path in sorted((ROOT / "marketplace").rglob("*.py"))
        if MIGRATIONS not in path.parents and told(path) not in OWN_NAMES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and _name(node.func) in ASKING and node.args
        if _is_put_together(node.args[0])
    )


def _name(asked: ast.expr) -> str:
    return asked.attr if isinstance(asked, ast.Attribute) else getattr(asked, "id", "")


def _is_put_together(given: ast.expr) -> bool:
    """By f"", +, % or .format, however deep."""
    return any(
        isinstance(node, ast.JoinedStr | ast.BinOp)
        or (isinstance(node, ast.Call) and _name(node.func) in {"format", "join", "replace"})
        for node in ast.walk(given)
    )
