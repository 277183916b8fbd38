"""Many rows into one table: typed as always, but column by column instead of row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Table, insert
from sqlalchemy.orm import Session


def insert_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """One statement for all rows, each with the same names in the same order.

    Every column that has a default of Python must be among the names. Raises ValueError.
    """
    if not rows:
        return
    session.flush()
    connection = session.connection()
    names = tuple(rows[0])
    plan = _plan(table, connection.dialect, names)
    columns = _columns(plan, rows)
    if plan.is_positional:
        given: list[Any] = list(zip(*columns, strict=True))
    else:
        given = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    connection.exec_driver_sql(plan.statement, given)


class _Plan(NamedTuple):
    """How rows with these names go into a table; `order` is that of the driver."""

    statement: str
    is_positional: bool
    order: tuple[str, ...]
    makers: tuple[Callable[[Any], Any] | None, ...]


@lru_cache(maxsize=64)
def _plan(table: Table, dialect: Dialect, names: tuple[str, ...]) -> _Plan:
    """Made once for each database. Raises ValueError."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    if set(compiled.binds) != set(names):
        raise ValueError(f"{table.name}: {set(compiled.binds) ^ set(names)} stand on one side only")
    order = tuple(compiled.positiontup or names) if compiled.positional else names
    makers = tuple(
        table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in order
    )
    return _Plan(str(compiled), compiled.positional, order, makers)


def _columns(plan: _Plan, rows: Sequence[dict[str, Any]]) -> Iterator[list[Any]]:
    """The values of each column as the driver takes them; what all rows share is made once."""
    for name, make in zip(plan.order, plan.makers, strict=True):
        values = [row[name] for row in rows]
        if make is None:
            yield values
        elif all(value is values[0] for value in values):
            yield [make(values[0])] * len(values)
        else:
            yield [make(value) for value in values]
