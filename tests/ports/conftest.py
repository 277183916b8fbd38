"""Every test of the search port's contract runs against each backend."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.adapters.search.folder import IndexFolder
from tests.payments.gateway import stripe_server
from tests.ports.searching import BACKENDS

__all__ = ["backend", "index", "stripe_server"]


@pytest.fixture(params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def index(backend: str, tmp_path: Path) -> IndexFolder:
    """An empty index, ready to be asked."""
    made = BACKENDS[backend](tmp_path / "index")
    made.rebuild(())
    return made
