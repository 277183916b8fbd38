"""Scene: the disk is full while people order. SQLite's own limit of pages says the same as a disk
does. A test cannot fill a server's disk; a trigger says what PostgreSQL says then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, select

from marketplace.kernel.errors import DiskFull
from marketplace.orders import service
from marketplace.orders.models import Purchase
from tests.faults.ground import Ground
from tests.faults.history import FAIL, INVOKE, OK, Verdict
from tests.makers.catalog import a_listing
from tests.makers.orders import a_placement, an_address
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well

FREE = 6  # pages that are left
SAYS_FULL = """
CREATE FUNCTION says_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
END $$;
CREATE TRIGGER says_full BEFORE INSERT ON mp_order_line EXECUTE FUNCTION says_full()
"""


@contextmanager
def no_room(ground: Ground) -> Iterator[None]:
    """Until it is left, the database cannot grow."""
    engine = ground.people.runtime.engine

    def bound(connection: Any, _record: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + FREE}")

    is_server = bool(ground.place.url)
    if is_server:
        do(engine, SAYS_FULL)
    else:
        ground.leave()
        event.listen(engine, "connect", bound)
    try:
        yield
    finally:
        if is_server:
            do(engine, "DROP FUNCTION says_full() CASCADE")
        else:
            event.remove(engine, "connect", bound)
            ground.leave()


def do(engine: Engine, command: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(command)


def full(ground: Ground, times: int) -> Verdict:
    """P32: nothing half done, pages are read all the same, and with room again people buy."""
    people = ground.people
    an_approved_supplier(people)
    melon = a_listing(people, stock=9000, freight_included=True)
    address, buyer = an_address(people), people.actor("employee")
    history = ground.history("disk")

    def order() -> bool:
        wish = a_placement(address, melon)
        history.note(INVOKE, wish.key)
        try:
            with people.runtime.work(buyer) as w:
                service.place(w, wish)
        except DiskFull:
            history.note(FAIL, wish.key)
            return False
        history.note(OK, wish.key)
        return True

    for _ in range(times):
        with no_room(ground):
            while order():
                pass
            assert not order()
            with people.runtime.reading() as session:
                assert session.get(type(melon), melon.id) is not None
        assert order()
    with people.runtime.reading() as session:
        verdict = history.compared(Counter(session.scalars(select(Purchase.key))))
    assert verdict.is_well, verdict
    all_is_well(people)
    return verdict
