"""Fixtures of all tests, and the guard that keeps them on this machine."""

pytest_plugins = [
    "tests.guard",
    "tests.telling",
    "tests.ordering",
    "tests.fixtures",
    "tests.demonstration",
    "tests.browsing",
]
