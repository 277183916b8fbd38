"""A folder that holds one index at a time and swaps it whole, for every backend on a disk.

    index/
      current.json    which of the folders below answers, how and with which words it was built
      000007/         that index, in its backend's own files
      writing.lock    held by the one who writes; the kernel lets go of it when a writer is killed

The folder may vanish or be damaged at any time. Whoever notices removes `current.json`: then
nobody asks it any more, every caller goes on without it, and the worker builds a new one.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar
from uuid import UUID

from marketplace.adapters.search import words
from marketplace.adapters.search.snapshot import Snapshot
from marketplace.ports.search import (
    Found,
    Question,
    SearchBusy,
    SearchDocument,
    SearchDown,
    Status,
)

log = logging.getLogger(__name__)
FORMAT = 1  # of our fields and columns; an index of another one is not read
PATIENCE = 10.0  # seconds to wait for another writer
TRIES = 4
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Current:
    """What `current.json` says."""

    format: int
    backend: str
    folder: str
    dictionary: str


class Reader(Protocol):
    """An opened index."""

    def looking(self) -> AbstractContextManager[Snapshot]:
        """The newest commit, which stays as it is until the block ends."""

    def count(self) -> tuple[int, int]:
        """How many documents the newest commit has, and its number; looks at nothing more."""

    def close(self) -> None:
        """Let go of its files."""


class IndexFolder(ABC):
    """The `SearchIndex` port on a folder; a backend adds how it builds, changes and opens one."""

    backend: ClassVar[str]

    def __init__(self, folder: Path, *, patience: float = PATIENCE) -> None:
        self.folder = folder
        self.patience = patience
        self._asking = threading.Lock()  # one thread asks at a time: a question takes about 1 ms
        self._opened: tuple[Current, Reader] | None = None
        self._is_told = False  # the log, of its being down
        self._is_used = False  # a new folder has no index yet, which is no trouble

    def find(self, question: Question) -> Found:
        def ask(reader: Reader) -> Found:
            with reader.looking() as snapshot:
                return snapshot.find(question)

        return self._ask(ask)

    def replace(self, ids: Collection[UUID], documents: Iterable[SearchDocument]) -> None:
        with self._writing():
            current = self._current()
            latest = {document.listing_id: document for document in documents}
            gone = set(ids).difference(latest)
            if not latest and not gone:
                return  # a commit of nothing costs as much as one of something
            try:
                self._change(self.folder / current.folder, latest, gone)
            except Exception as fault:
                raise self._judged(fault, current) from fault

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        with self._writing():
            name = f"{self._last_number() + 1:06d}"
            fresh = self.folder / name
            try:
                fresh.mkdir()
                count = self._build(fresh, _each_once(documents))
                _keep(fresh)
                self._point_at(Current(FORMAT, self.backend, name, words.version()))
            except BaseException:
                shutil.rmtree(fresh, ignore_errors=True)
                raise
            self._sweep(name)
        self._is_told, self._is_used = False, True
        return count

    def status(self) -> Status:
        try:
            current = self._current()
            documents, commit = self._ask(lambda reader: reader.count())
        except SearchDown as fault:
            return Status(
                self.backend, ready=False, current=False, problem=str(fault.data["problem"])
            )
        same_words = current.dictionary == words.version()
        generation = f"{int(current.folder)}.{commit}"
        problem = "" if same_words else "the dictionary changed"
        return Status(self.backend, True, same_words, documents, generation, problem)

    @abstractmethod
    def _build(self, fresh: Path, documents: Iterable[SearchDocument]) -> int:
        """Fill an empty folder; answers how many documents."""

    @abstractmethod
    def _change(self, at: Path, latest: dict[UUID, SearchDocument], gone: set[UUID]) -> None:
        """One commit."""

    @abstractmethod
    def _open(self, at: Path) -> Reader:
        """Raises anything when it is not whole."""

    @staticmethod
    def _is_damage(fault: Exception) -> bool:
        """Whether the index itself is to blame, not the machine (files, memory, permissions)."""
        return isinstance(fault, FileNotFoundError) or not isinstance(fault, OSError | MemoryError)

    def _ask(self, ask: Callable[[Reader], T]) -> T:
        """Ask the current index; a few times, because a commit or a swap may take files from under
        a reader that is just opening them. What fails every time is to blame."""
        with self._asking:
            for tries_left in reversed(range(TRIES)):
                current = self._current()
                try:
                    answer = ask(self._reader(current))
                except Exception as fault:  # of a damaged file anything may come
                    self._let_go()
                    if not tries_left:
                        raise self._judged(fault, current) from fault
                else:
                    self._is_told, self._is_used = False, True
                    return answer
        raise AssertionError("the last try answers or raises")

    def _reader(self, current: Current) -> Reader:
        if self._opened is None or self._opened[0] != current:
            self._let_go()
            self._opened = current, self._open(self.folder / current.folder)
        return self._opened[1]

    def _let_go(self) -> None:
        if self._opened:
            try:
                self._opened[1].close()
            except Exception:  # a damaged index may not even close
                log.debug("the old search index did not close", exc_info=True)
        self._opened = None

    def _current(self) -> Current:
        """Raises SearchDown."""
        try:
            said = json.loads((self.folder / "current.json").read_bytes())
            current = Current(**said)
        except FileNotFoundError as fault:
            raise self._down("there is no index") from fault
        except (OSError, ValueError, TypeError) as fault:
            raise self._down(f"current.json cannot be read: {fault}") from fault
        if (current.format, current.backend) != (FORMAT, self.backend):
            raise self._down(f"it was built by {current.backend!r}, format {current.format}")
        return current

    def _judged(self, fault: Exception, current: Current) -> Exception:
        """What to tell the caller; an index that is to blame is not asked again."""
        if isinstance(fault, SearchDown | SearchBusy):
            return fault
        if not self._is_damage(fault):
            return self._down(f"{type(fault).__name__}: {fault}")
        try:
            if self._current() == current:
                (self.folder / "current.json").unlink(missing_ok=True)
        except (SearchDown, OSError):
            log.debug("somebody else was quicker", exc_info=True)
        return self._down(f"damaged, {type(fault).__name__}: {fault}")

    def _down(self, problem: str) -> SearchDown:
        """Tells the log once, however many people search until it answers again."""
        if self._is_used and not self._is_told:
            self._is_told = True
            log.error("search goes on without its index in %s: %s", self.folder, problem)
        return SearchDown(problem=problem)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Nobody else writes. Raises SearchBusy.

        SQLite's file lock waits, works on every system, and ends with the process that holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = self.folder / "writing.lock"
        with closing(sqlite3.connect(lock, timeout=self.patience, isolation_level=None)) as held:
            try:
                held.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as fault:
                raise SearchBusy from fault
            yield

    def _last_number(self) -> int:
        return max((int(p.name) for p in self.folder.iterdir() if p.name.isdigit()), default=0)

    def _point_at(self, current: Current) -> None:
        """From here on everybody asks this one."""
        draft = self.folder / "current.draft"
        said = {name: getattr(current, name) for name in Current.__slots__}
        with draft.open("w", encoding="utf-8") as out:
            json.dump(said, out)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self.folder / "current.json")

    def _sweep(self, name: str) -> None:
        """Away with what nobody asks any more; where a reader keeps it open, the next time."""
        for path in self.folder.iterdir():
            if path.is_dir() and path.name != name:
                shutil.rmtree(path, ignore_errors=True)


def _each_once(documents: Iterable[SearchDocument]) -> Iterator[SearchDocument]:
    seen: set[UUID] = set()
    for document in documents:
        if document.listing_id not in seen:
            seen.add(document.listing_id)
            yield document


def _keep(folder: Path) -> None:
    """On the disk, not only in its cache, before anybody is pointed at it."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
