"""The world that all rows are replayed in; each request finds it as it began."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.permissions.world import World


@pytest.fixture(scope="session")
def made_world(databases: Databases, quick_folder: Path) -> Iterator[World]:
    """On SQLite: whose a thing is does not hang on the database, and files are put back quickly."""
    folder = quick_folder / "world"
    folder.mkdir()
    databases.copy("sqlite", folder / "data")
    made = World(folder, databases.ids("sqlite"))
    yield made
    made.runtime.engine.dispose()


@pytest.fixture
def world(made_world: World) -> Iterator[World]:
    yield made_world
    made_world.put_back()
