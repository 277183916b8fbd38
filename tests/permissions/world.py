"""One world for all rows: everybody signed in, every thing there, put back after each request."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict, iter_multi_items
from werkzeug.test import TestResponse

from marketplace.kernel.base import Base
from marketplace.kernel.clock import SetClock
from marketplace.standalone import create_app
from marketplace.work import Runtime
from tests.fixtures import NOON, People, sign_in, tokens
from tests.permissions.people import add_everybody, numbers
from tests.permissions.things import UPLOADS, Things, make_things

# long to read: divisions no request may touch, and no entry changes without its version
STILL = frozenset({"mp_division", "mp_designation"})
Rows = dict[str, dict[Any, dict[str, Any]]]  # table → primary key → column → value
PLACE = re.compile(r"\{(\w+)\}")


@dataclass
class Browser:
    """What one signed-in browser sends: its cookies and its form tokens."""

    cookies: str = ""
    tokens: dict[str, str] = field(default_factory=dict)


class World:
    """The application, its people and things, and the way back to how it all began."""

    def __init__(self, folder: Path, ids: Mapping[str, str]) -> None:
        """`folder` holds the prepared database in `data`, with the people of `ids`."""
        self.data, self.kept = folder / "data", folder / "kept"
        self.uploads = dict(UPLOADS)
        settings = {"MARKETPLACE_DATA": self.data, "MARKETPLACE_DEMO": True, "SECRET_KEY": "a" * 32}
        self.app: Flask = create_app({**settings, "TESTING": True}, clock=SetClock(NOON))
        self.app.config["MAX_FORM_PARTS"] = 5_000  # all names of all columns in one post
        self.runtime: Runtime = self.app.extensions["marketplace"].runtime
        self.people = People(self.runtime, dict(ids))
        add_everybody(self.people)
        self.things: Things = make_things(self.people)
        mobiles = numbers(self.people.ids)
        self.browsers = {name: self._browser(mobile) for name, mobile in mobiles.items()}
        self.browsers["anonymous"] = self._browser(None)
        self.runtime.engine.dispose()
        shutil.copytree(self.data, self.kept)
        self.before = self._read(name for name in Base.metadata.tables if name not in STILL)
        self.ids = {
            key[0] for rows in self.before.values() for key in rows if isinstance(key[0], uuid.UUID)
        }
        self._watch()
        self._raw = {name: self._plain(name) for name in self.before}
        self._files = self._there()

    def _browser(self, mobile: str | None) -> Browser:
        client = sign_in(self.app, mobile) if mobile else self.app.test_client()
        page = client.get("/").get_data(as_text=True)
        sent = client.get("/healthz").request.headers.get("Cookie", "")
        return Browser(sent, tokens(page))

    def send(
        self, who: str, method: str, address: str, form: Mapping[str, Any] | None = None
    ) -> TestResponse:
        """One request as that person's browser sends it; answers are those of a fresh world."""
        browser = self.browsers[who]
        headers = {"Cookie": browser.cookies, "Sec-Fetch-Site": "same-origin"}
        reads = method in {"GET", "HEAD"}
        given: MultiDict[str, Any] = MultiDict({} if reads else browser.tokens)
        for name, value in iter_multi_items(form or {}):
            given.add(name, self._upload(value))
        kind = None if reads else "multipart/form-data"
        client = self.app.test_client(use_cookies=False)
        return client.open(address, method=method, data=given, headers=headers, content_type=kind)

    def _upload(self, value: str) -> Any:
        """ "file:goods" is a file of that name, everything else a text."""
        name = value.removeprefix("file:")
        if name == value:
            return value
        data, filename = self.uploads[name]
        return io.BytesIO(data), filename

    def said(self, value: str) -> str:
        """A text of the table with its things put in."""
        return PLACE.sub(lambda found: self.things[found.group(1)], value)

    def _watch(self) -> None:
        """From now on: SQLite tells a connection whether any other has written."""
        self._watcher = sqlite3.connect(self.runtime.engine.url.database or "")
        self._seen = self._version()

    def _version(self) -> int:
        return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def rows(self) -> Rows:
        """Everything that is stored, but the standing facts."""
        if self._version() == self._seen:
            return self.before
        other = [name for name, rows in self._raw.items() if rows != self._plain(name)]
        return {**self.before, **self._read(other)}

    def _plain(self, name: str) -> list[tuple[object, ...]]:
        """As the file holds it: quick to compare, and only what differs is read for its sense."""
        return self._watcher.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608  # our own

    def _read(self, names: Iterable[str]) -> Rows:
        found: Rows = {}
        with self.runtime.reading() as session:
            for name in names:
                table = Base.metadata.tables[name]
                key = tuple(column.name for column in table.primary_key)
                rows = session.execute(select(table)).mappings()
                found[name] = {tuple(row[part] for part in key): dict(row) for row in rows}
        return found

    def _there(self) -> dict[str, int]:
        """The files beside the database, with their sizes."""
        paths = (path for path in self.data.rglob("*") if path.is_file())
        return {str(p): p.stat().st_size for p in paths if ".sqlite" not in p.name}

    def put_back(self) -> None:
        """As it was before the last request; nobody has come too often yet."""
        self.app.extensions["marketplace.limiter"].reset()
        if self._version() == self._seen and self._there() == self._files:
            return
        self._watcher.close()
        self.runtime.engine.dispose()
        shutil.rmtree(self.data)
        shutil.copytree(self.kept, self.data)
        self._watch()


def changes(before: Rows, after: Rows) -> dict[str, list[tuple[Any, dict[str, Any]]]]:
    """table → (key, column → new value) of every row that is new or not as it was; a row that went
    has no columns."""
    found: dict[str, list[tuple[Any, dict[str, Any]]]] = {}
    for table, rows in after.items():
        was = before[table]
        if rows is was:
            continue
        changed = [
            (key, {name: value for name, value in row.items() if was.get(key, {}).get(name) != value
                   or key not in was})
            for key, row in rows.items()
            if was.get(key) != row
        ]  # fmt: skip
        gone: list[tuple[Any, dict[str, Any]]] = [(key, {}) for key in was if key not in rows]
        if changed or gone:
            found[table] = [*changed, *gone]
    return found
