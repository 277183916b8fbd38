"""What makers make again and again is made once for each worker, and then put there.

A maker goes through the services, as people would, which takes longer than most tests. What it
left behind is kept: the rows and files that it changed, and what it answered. Who asks the same of
the same world again finds it so. A world is known by the end of its trail, which every change
moves, by how many rows each table has, and by the hour; for a test that did anything before, or
asks for anything else, the maker works anew.
"""

from __future__ import annotations

import functools
import pickle
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from marketplace.kernel.base import Base

if TYPE_CHECKING:
    from tests.fixtures import People

P = ParamSpec("P")
T = TypeVar("T")
MOST = 60  # worlds that a worker remembers, of a megabyte or two each
BULK = {"mp_division", "mp_designation", "mp_list_coverage", "mp_village"}  # facts of regions
DATABASE = "marketplace.sqlite"
NO_LOG = b"\x01\x01"  # in the head of a database; in memory there is no write-ahead log
Files = dict[Path, bytes]
Rows = dict[str, bytes]  # of a table, as PostgreSQL writes them out
States = dict[str, tuple[object, ...]]


@dataclass(frozen=True)
class World:
    """What a maker left: the whole of an SQLite database, or the tables that it changed."""

    answer: bytes  # pickled: nobody gets what another test held in its hands
    files: Files
    whole: bytes = b""
    tables: Rows | None = None
    sequences: tuple[tuple[str, int | None], ...] = ()


_KNOWN: OrderedDict[tuple[object, ...], World] = OrderedDict()


def kept(maker: Callable[Concatenate[People, P], T]) -> Callable[Concatenate[People, P], T]:
    """A maker whose second call in the same world puts there what the first one made."""

    @functools.wraps(maker)
    def made(people: People, *args: P.args, **kwargs: P.kwargs) -> T:
        now = people.runtime.clock.now()
        # whose people act: those of a host have other ids
        whose = type(people).__name__
        asked = repr((whose, maker.__name__, args, sorted(kwargs.items()), now))
        data = people.runtime.tools.config.data
        with _opened(people.runtime.engine) as opened:
            before = opened.states()
            key = (type(opened), asked, *opened.world(before))
            if found := _KNOWN.get(key):
                _KNOWN.move_to_end(key)
                opened.put(found)
                _put_files(data, found.files)
                return pickle.loads(found.answer)  # type: ignore[no-any-return]  # noqa: S301  # ours
        answer = maker(people, *args, **kwargs)
        with _opened(people.runtime.engine) as opened:
            _KNOWN[key] = opened.take(before, pickle.dumps(answer), _files(data))
        if len(_KNOWN) > MOST:
            _KNOWN.popitem(last=False)
        return answer

    return made


def _files(data: Path) -> Files:
    return {
        path.relative_to(data): path.read_bytes()
        for path in data.rglob("*")
        if path.is_file() and not path.name.startswith(DATABASE)
    }


def _put_files(data: Path, wanted: Files) -> None:
    for path in _files(data).keys() - wanted.keys():
        (data / path).unlink()
    for path, content in wanted.items():
        place = data / path
        if not place.exists() or place.read_bytes() != content:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)


@contextmanager
def _opened(engine: Engine) -> Iterator[_Sqlite | _Postgres]:
    """The database by a connection of the application's own: a new one costs more than all else."""
    with closing(engine.raw_connection()) as connection:
        raw: Any = connection.driver_connection
        yield _Sqlite(raw) if engine.dialect.name == "sqlite" else _Postgres(raw)


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def states(self) -> States:
        return {name: tuple(state) for name, *state in self._connection.execute(_COUNTED)}

    def world(self, states: States) -> tuple[object, ...]:
        return (*self._connection.execute(_END).fetchone(), *sorted(states.items()))

    def take(self, _before: States, answer: bytes, files: Files) -> World:
        with closing(sqlite3.connect(":memory:")) as copy:
            self._connection.backup(copy)
            whole = copy.serialize()
        return World(answer, files, whole=whole[:18] + NO_LOG + whole[20:])

    def put(self, world: World) -> None:
        with closing(sqlite3.connect(":memory:")) as copy:
            copy.deserialize(world.whole)
            copy.backup(self._connection)


class _Postgres:
    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self._connection = connection

    def states(self) -> States:
        """Any row that came, went or changed changes one of the two."""
        return {str(name): tuple(state) for name, *state in self._connection.execute(_MOVED)}

    def world(self, states: States) -> tuple[object, ...]:
        end = self._connection.execute(_END).fetchone() or ()
        return (*end, *sorted((name, count) for name, (count, _) in states.items()))

    def take(self, before: States, answer: bytes, files: Files) -> World:
        moved = [name for name, state in self.states().items() if state != before[name]]
        tables = {name: self._written_out(name) for name in moved}
        return World(answer, files, tables=tables, sequences=tuple(self._sequences()))

    def put(self, world: World) -> None:
        connection = self._connection
        with connection.transaction(), connection.cursor() as cursor:
            connection.execute("SET LOCAL session_replication_role = replica")  # no trigger, no key
            for name, rows in (world.tables or {}).items():
                connection.execute(_on("DELETE FROM {table}", name))
                with cursor.copy(_on("COPY {table} FROM STDIN (FORMAT binary)", name)) as copy:
                    copy.write(rows)
            for name, last in world.sequences:
                asked = "SELECT setval(%s::regclass, %s, %s)"
                connection.execute(asked, (name, last or 1, last is not None))
        connection.commit()

    def _written_out(self, name: str) -> bytes:
        asked = _on("COPY {table} TO STDOUT (FORMAT binary)", name)
        with self._connection.cursor() as cursor, cursor.copy(asked) as copy:
            return b"".join(bytes(part) for part in copy)

    def _sequences(self) -> list[tuple[str, int | None]]:
        asked = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
        return [(str(name), last) for name, last in self._connection.execute(asked)]  # type: ignore[misc]  # a number


def _on(command: str, name: str) -> sql.Composed:
    return sql.SQL(command).format(table=sql.Identifier("public", name))


def _each(question: str) -> str:
    # named: a union comes in any order
    asked = (f"SELECT '{name}', {question} FROM {name}" for name in _TABLES)  # noqa: S608  # ours
    return " UNION ALL ".join(asked)


_TABLES = [name for name in sorted(Base.metadata.tables) if name not in BULK]
_COUNTED = _each("count(*)")
_MOVED = _each("count(*), max(xmin::text::bigint)")
_END = "SELECT number, hash FROM mp_trail_head"
