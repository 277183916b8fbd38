"""Fixtures of all tests, and the guard that keeps them on this machine."""

pytest_plugins = ["tests.guard", "tests.fixtures", "tests.demonstration", "tests.browsing"]
