"""What a scene stands on: a shop's data, its people, and a folder for logs and pipes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from marketplace.extension import make_runtime
from marketplace.kernel.clock import SetClock
from marketplace.work import Runtime
from tests.databases import NOON, Databases, Place
from tests.faults.history import History
from tests.fixtures import People, settle


@dataclass(frozen=True)
class Ground:
    """`place` is opened by children of a scene too: nobody else may change it meanwhile."""

    people: People
    place: Place
    folder: Path

    def history(self, name: str) -> History:
        return History(self.folder / f"{name}.jsonl")

    def leave(self) -> None:
        """Give the connections back, so that children may have the database."""
        self.people.runtime.engine.dispose()


@contextmanager
def prepared() -> Iterator[Databases]:
    """For whoever is not pytest."""
    with tempfile.TemporaryDirectory(prefix="mp-faults-") as folder:

        def people(runtime: Runtime) -> dict[str, str]:
            with runtime.work() as w:
                return settle(w)

        databases = Databases(Path(folder), people)
        try:
            yield databases
        finally:
            databases.stop()


@contextmanager
def a_ground(databases: Databases, kind: str) -> Iterator[Ground]:
    """A new place on this kind of database."""
    place = databases.anew(kind)
    runtime = make_runtime(place.config, clock=SetClock(NOON))
    with tempfile.TemporaryDirectory(prefix="mp-scene-") as folder:
        try:
            yield Ground(People(runtime, dict(databases.ids(kind))), place, Path(folder))
        finally:
            runtime.engine.dispose()
