"""Loaded by tests/conftest.py: the folders whose files take longest come first, so that no worker
is left alone with one of them at the end."""

from __future__ import annotations

import pytest

LONGEST = ("look", "demo", "races", "journeys", "host", "benchmarks", "permissions")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.parent.name, len(LONGEST)))
