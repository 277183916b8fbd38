"""Many rows into one table: typed as always, but column by column instead of row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Table, insert, inspect
from sqlalchemy.orm import Mapper, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from marketplace.kernel.base import Base

Side = Sequence[Mapping[str, Any]]  # rows, each with the same names in the same order
SOME = 16  # values of a column that tell whether many rows hold the same
_NOTHING: Mapping[str, Any] = {}


def insert_rows(
    session: Session, table: Table, rows: Side, *, same: Mapping[str, Any] = _NOTHING
) -> None:
    """One statement for all rows, each with the same names; `same` is what all of them share.

    Every column that has a default of Python must be among the names. Raises ValueError.
    """
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        insert_columns(session, table, columns, same=same)


def insert_columns(
    session: Session,
    table: Table,
    columns: Mapping[str, Sequence[Any]],
    *,
    same: Mapping[str, Any] = _NOTHING,
    typed: Mapping[str, Sequence[Any]] = _NOTHING,
) -> None:
    """The same of whole columns, at least one of them and all equally long; `typed` are already as
    the driver takes them. Raises ValueError."""
    count = len(next(iter(columns.values())))
    session.flush()
    connection = session.connection()
    names = (*columns, *same, *typed)
    plan = _plan(table, connection.dialect, names)
    ready: list[Sequence[Any]] = []
    for name, make in zip(plan.order, plan.makers, strict=True):
        if name in columns:
            ready.append(_made(make, columns[name]))
        elif name in typed:
            ready.append(typed[name])
        else:
            ready.append([make(same[name]) if make else same[name]] * count)
    rows: Iterator[tuple[Any, ...]] = zip(*ready, strict=True)
    if plan.is_positional:
        given: list[Any] = list(rows)
    else:
        given = [dict(zip(names, values, strict=True)) for values in rows]
    connection.exec_driver_sql(plan.statement, given if count > 1 else given[0])


def insert_things(session: Session, things: Sequence[Base]) -> None:
    """New things of one kind, each with its id, in one statement, at once: whoever names them comes
    after. The session knows them then as if it had written them, for which it takes far longer."""
    mapper = inspect(type(things[0]))
    table: Table = things[0].__table__  # type: ignore[assignment]  # a mapped class has a Table
    insert_rows(session, table, [_row(thing, mapper) for thing in things])
    for thing in things:
        make_transient_to_detached(thing)
        session.add(thing)


def _row(thing: Base, mapper: Mapper[Any]) -> dict[str, Any]:
    """What it says, and the defaults of what it does not."""
    said = vars(thing)
    row = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if attribute.key not in said:
            default = column.default
            value = default.arg if isinstance(default, ScalarElementColumnDefault) else None
            set_committed_value(thing, attribute.key, value)
        row[column.name] = said[attribute.key]
    return row


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


def _made(make: Callable[[Any], Any] | None, values: Sequence[Any]) -> Sequence[Any]:
    """The values as the driver takes them; what many rows hold is made once."""
    if make is None:
        return values
    some = values[:SOME]
    if len({id(value) for value in some}) > len(some) // 2:
        return [make(value) for value in values]
    apart = {id(value): value for value in values}  # the rows hold them: no id stands for two
    made = {key: make(value) for key, value in apart.items()}
    return [made[id(value)] for value in values]
