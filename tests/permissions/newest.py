"""What stands on the first page of every list, however many things there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from marketplace.kernel.clock import SetClock
from tests.fixtures import People


@contextmanager
def newest(people: People) -> Iterator[None]:
    """A second after all else, so that it stands on the first page of every list."""
    clock = people.runtime.clock
    assert isinstance(clock, SetClock)
    clock.advance(seconds=1)
    yield
    clock.advance(seconds=-1)
