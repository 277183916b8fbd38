"""Fixtures of all tests, and the guard that keeps them on this machine."""

import gc

# A run holds many objects for long and drops few that point at each other: to look through them
# after every seven hundred new ones took a seventh of the time of tests/permissions.
gc.set_threshold(50_000, 20, 50)

pytest_plugins = [
    "tests.guard",
    "tests.telling",
    "tests.ordering",
    "tests.fixtures",
    "tests.demonstration",
    "tests.browsing",
]
