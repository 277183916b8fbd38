"""Data files of rules: a broken one is refused, with the line and the reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

_LINE = re.compile(r"at line (\d+)")


class BrokenFile(ValueError):
    """A data file that cannot be used; `line` counts from 1."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name}, line {line}: {reason}")
        self.name, self.line, self.reason = name, line, reason


class Row(BaseModel):
    """One entry of a data file: nothing but what is known, and never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


Entry = TypeVar("Entry", bound=Row)


def packaged(name: str) -> str:
    """The text of a data file that lies beside the capability."""
    return resources.files("marketplace.suppliers").joinpath(name).read_text("utf-8")


def entries(name: str, text: str, table: str, kind: type[Entry]) -> tuple[Entry, ...]:
    """The rows `[[table]]` of a TOML text in their order. Raises BrokenFile."""
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = _LINE.search(str(fault))
        last = text.count("\n") + 1  # the decoder says "end of document" otherwise
        raise BrokenFile(name, int(found[1]) if found else last, str(fault)) from fault
    if unknown := sorted(set(read) - {table}):
        raise BrokenFile(name, line_of(text, unknown[0]), f"unknown table {unknown[0]}")
    made = []
    for number, row in enumerate(read.get(table, ())):
        try:
            made.append(kind.model_validate(row))
        except ValidationError as fault:
            first = fault.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            line = line_of(text, table, (number, *first["loc"]))
            raise BrokenFile(name, line, f"{where}: {first['msg']}") from fault
    if not made:
        raise BrokenFile(name, 1, f"no [[{table}]]")
    return tuple(made)


def line_of(text: str, table: str, path: Sequence[int | str] = ()) -> int:
    """The line where the n-th `[[table]]` begins, or the key or inner table that `path` leads to
    from there: `line_of(text, "kind", (3, "field", 1, "name"))`."""
    lines = text.splitlines()
    first, last, name = 0, len(lines), table
    for step in path:
        if isinstance(step, int):
            heads = [n for n in range(first, last) if lines[n].strip() == f"[[{name}]]"]
            if step >= len(heads):
                break
            first, last = heads[step], [*heads, last][step + 1]
        else:
            name = f"{name}.{step}"
            key = re.compile(rf"{re.escape(step)}\s*[=.]")
            found = next((n for n in range(first, last) if key.match(lines[n].strip())), None)
            if found is not None:
                return found + 1
    if not path:
        heading = re.compile(rf"(\[\[?{re.escape(table)}[\].])|({re.escape(table)}\s*[=.])")
        first = next((n for n, line in enumerate(lines) if heading.match(line.strip())), 0)
    return first + 1
