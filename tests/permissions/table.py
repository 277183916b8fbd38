"""The table of permissions as the tests use it: rows, their people, and what a new row is like."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

FILE = Path(__file__).with_name("permissions.toml")
SIGN_IN = "sign-in"
MANY = "marketplace.desk.approve_many"  # its field is a list by design


@dataclass(frozen=True)
class Row:
    """A route, the thing it is asked about, and the answer to each column; a nested one is asked
    by one person alone."""

    route: str
    answers: tuple[int | str, ...] = ()
    at: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    of: str = "employee"
    mark: str | bool = ""
    sees: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    says: str = ""
    asker: str = ""
    answer: int = 0

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def endpoint(self) -> str:
        return self.route.partition(" ")[2]

    @property
    def is_safe(self) -> bool:
        return self.method == "GET"

    def address(self, app: Flask, said: Any) -> str:
        """Where the request goes; `said` puts the things of the world in."""
        places = {name: said(value) for name, value in {**self.at, **self.query}.items()}
        return app.url_map.bind("localhost").build(self.endpoint, places, method=self.method)

    def __str__(self) -> str:
        things = " ".join(value.strip("{}") for value in (*self.at.values(), *self.query.values()))
        return " ".join(part for part in (self.route, things, f"of {self.of}", self.says) if part)


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    casts: dict[str, dict[str, str]]
    rows: tuple[Row, ...]
    nested: tuple[Row, ...]

    def who(self, row: Row, column: str) -> str:
        """The person who stands in this column of that row: employee, second_employee, …"""
        return self.casts[row.of].get(column) or self.casts["everywhere"].get(column) or column


def read() -> Table:
    """Raises TypeError for a key that no row knows."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    kinds = ("row", "nested")
    rows, nested = (tuple(_row(one) for one in told.get(kind, ())) for kind in kinds)
    return Table(tuple(told["columns"]), told["cast"], rows, nested)


def _row(told: dict[str, Any]) -> Row:
    lists = {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
    plain = {{"as": "asker"}.get(name, name): value for name, value in {**told, **lists}.items()}
    return Row(**plain)


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """ "POST marketplace.orders.place" and its rule; HEAD and OPTIONS follow their GET."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.endpoint}", rule


def proposal(route: str, rule: Rule, columns: tuple[str, ...]) -> str:
    """A row to copy into the file, think about and fill in."""
    lines = ["[[row]]", f'route = "{route}"']
    if rule.arguments:
        places = ", ".join(f'{name} = "{{…}}"' for name in sorted(rule.arguments))
        lines.append(f"at = {{ {places} }}  # a thing of the owner, by its name in things.py")
    if route.startswith("POST"):
        lines.append("form = { … }  # what the form may write, filled so that the owner succeeds")
        lines.append("trail = []  # the trail rows of one success, as Kind.verb")
    lines.append('of = "…"  # whose thing it is: a [cast]')
    lines.append(f"answers = [{', '.join(f'…{column}' for column in columns)}]")
    return "\n".join(lines)
