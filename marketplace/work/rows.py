"""Many rows into one table: typed as always, but column by column instead of row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

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
    names = list(rows[0])
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=names)
    if set(compiled.binds) != set(names):
        raise ValueError(f"{table.name}: {set(compiled.binds) ^ set(names)} stand on one side only")
    order = compiled.positiontup if compiled.positional else names
    columns = _columns(table, connection.dialect, order or names, rows)
    if compiled.positional:
        given: list[Any] = list(zip(*columns, strict=True))
    else:
        given = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    connection.exec_driver_sql(str(compiled), given)


def _columns(
    table: Table, dialect: Dialect, names: Sequence[str], rows: Sequence[dict[str, Any]]
) -> Iterator[list[Any]]:
    """The values of each column as the driver takes them; what all rows share is made once."""
    for name in names:
        values = [row[name] for row in rows]
        make = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        if make is None:
            yield values
        elif all(value is values[0] for value in values):
            yield [make(values[0])] * len(values)
        else:
            yield [make(value) for value in values]
