"""The `SearchIndex` port on SQLite FTS5: the same words and answers, quicker to build and change.

A file of its own, not of the database: it is rebuilt at will, per machine, also beside PostgreSQL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

from marketplace.adapters.search import words
from marketplace.adapters.search.folder import PATIENCE, IndexFolder
from marketplace.adapters.search.snapshot import Row, Snapshot
from marketplace.ports.search import SearchDocument

FILE = "index.sqlite"
# tokens come cut and joined by blanks; the tokenizer `ascii` takes every other sign as part of one
_TABLES = """
CREATE TABLE document (
  number INTEGER PRIMARY KEY, listing TEXT NOT NULL UNIQUE, gate TEXT NOT NULL,
  category TEXT NOT NULL, county TEXT NOT NULL, price INTEGER NOT NULL, since INTEGER NOT NULL,
  length INTEGER NOT NULL
) STRICT;
CREATE VIRTUAL TABLE word USING fts5(title, text, cut, tokenize='ascii', detail='column');
CREATE TABLE change (number INTEGER PRIMARY KEY) STRICT;
INSERT INTO change VALUES (1);
"""
_TRANSIENT = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_PERM,
}


class SqliteSearch(IndexFolder):
    """One SQLite file at a time; readers and the writer do not wait for each other (WAL)."""

    backend = "sqlite"

    def _build(self, fresh: Path, documents: Iterable[SearchDocument]) -> int:
        with closing(_connect(fresh / FILE)) as db:
            db.executescript(f"PRAGMA journal_mode=WAL; {_TABLES}")
            db.execute("BEGIN IMMEDIATE")
            count = 0
            for document in documents:
                _add(db, document)
                count += 1
            db.execute("COMMIT")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    def _change(self, at: Path, latest: dict[UUID, SearchDocument], gone: set[UUID]) -> None:
        with closing(_connect(at / FILE, mode="rw")) as db:
            db.execute("BEGIN IMMEDIATE")
            for listing_id in (*latest, *gone):
                _remove(db, listing_id)
            for document in latest.values():
                _add(db, document)
            db.execute("UPDATE change SET number = number + 1")
            db.execute("COMMIT")

    def _open(self, at: Path) -> _Reader:
        return _Reader(at / FILE)

    @staticmethod
    def _is_damage(fault: Exception) -> bool:
        if isinstance(fault, sqlite3.Error):
            code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
            return code & 0xFF not in _TRANSIENT  # the low byte is the kind, the rest its detail
        return IndexFolder._is_damage(fault)


class _Reader:
    """One connection, with the snapshot of the newest commit it has seen."""

    def __init__(self, file: Path) -> None:
        self._db = _connect(file, mode="rw")  # a reader of a WAL writes its shared memory
        self._db.execute("PRAGMA query_only=ON")
        self._change = 0
        self._snapshot = Snapshot((), self._postings)

    @contextmanager
    def looking(self) -> Iterator[Snapshot]:
        """One reading transaction: rows and words of the same commit."""
        self._db.execute("BEGIN")
        try:
            change = self._number()
            if change != self._change:
                self._snapshot = Snapshot(self._rows(), self._postings)
                self._change = change
            yield self._snapshot
        finally:
            self._db.execute("ROLLBACK")

    def count(self) -> tuple[int, int]:
        counted = self._db.execute("SELECT count(*) FROM document").fetchone()[0]
        return int(counted), self._number()

    def close(self) -> None:
        self._db.close()

    def _number(self) -> int:
        return int(self._db.execute("SELECT number FROM change").fetchone()[0])

    def _rows(self) -> list[Row | None]:
        last = self._db.execute("SELECT max(number) FROM document").fetchone()[0] or 0
        rows: list[Row | None] = [None] * (last + 1)
        asked = "SELECT number, listing, gate, category, county, price, since, length"
        for number, *columns in self._db.execute(f"{asked} FROM document"):
            rows[number] = Row(*columns)
        return rows

    def _postings(self, field: str, word: str) -> Iterator[int]:
        asked = f'{field} : "{word}"'  # a word holds letters and digits only, see search.words
        found = self._db.execute("SELECT rowid FROM word WHERE word MATCH ?", (asked,))
        return (row[0] for row in found)


def _connect(file: Path, mode: str = "rwc") -> sqlite3.Connection:
    """One thread at a time uses it, but not always the same one."""
    return sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )


def _add(db: sqlite3.Connection, document: SearchDocument) -> None:
    number = db.execute(
        "INSERT INTO document (listing, gate, category, county, price, since, length)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        Row.of(document),
    ).lastrowid
    told = (words.words_of(document.title), words.words_of(document.text))
    db.execute(
        "INSERT INTO word (rowid, title, text, cut) VALUES (?, ?, ?, ?)",
        (number, *map(" ".join, (*told, words.cut_words(document.title)))),
    )


def _remove(db: sqlite3.Connection, listing_id: UUID) -> None:
    found = db.execute("SELECT number FROM document WHERE listing = ?", (listing_id.hex,))
    for (number,) in found.fetchall():
        db.execute("DELETE FROM document WHERE number = ?", (number,))
        db.execute("DELETE FROM word WHERE rowid = ?", (number,))
