"""A supplier is told why a paper was refused, in words that nobody else reads."""

from __future__ import annotations

import uuid

from marketplace.kernel.clock import SetClock
from marketplace.suppliers import service as suppliers
from tests.fixtures import People
from tests.makers.suppliers import a_paper

MARK = "示例审核意见"


def add(people: People, supplier_id: uuid.UUID) -> None:
    """The newest notice: the others, all of one instant, fill more than a page."""
    with people.runtime.work(people.actor("supplier")) as w:
        told = suppliers.hand_in(w, supplier_id, a_paper())
    clock = people.runtime.clock
    assert isinstance(clock, SetClock)
    clock.advance(seconds=1)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.refuse_paper(w, told.id, MARK)
    clock.advance(seconds=-1)
