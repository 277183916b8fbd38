"""The world that all rows are replayed in; each request finds it as it began."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fixtures import Seed
from tests.permissions.world import World


@pytest.fixture(scope="session")
def made_world(seeded: Seed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(seeded, tmp_path_factory.mktemp("world"))
    yield made
    made.runtime.engine.dispose()


@pytest.fixture
def world(made_world: World) -> Iterator[World]:
    yield made_world
    made_world.put_back()
