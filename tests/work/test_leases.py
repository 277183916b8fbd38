"""P33: a parcel is one worker's while he is at it, another's when he is gone, and a person's when
it failed too often."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from marketplace.events import ListingChanged, PurchaseLapsed
from marketplace.kernel.clock import SetClock
from marketplace.ports.mail import Mail
from marketplace.work import Outside, Runtime, Sent, Work, on, outbox, outside, post
from marketplace.work.courier import Courier
from marketplace.work.models import Parcel
from tests.databases import Place
from tests.races.listening import Heard
from tests.races.storm import just_before

PATIENCE = 30  # seconds until what does not come is a fault
Workshop = Callable[..., Runtime]


@pytest.fixture
def workshop(place: Place, bare_runtime: Runtime, clock: SetClock) -> Iterator[Workshop]:
    """`workshop(after=…, outside=…)`: a worker of its own on the same database."""
    opened = []

    def made(**wires: object) -> Runtime:
        runtime = Runtime(bare_runtime.tools, clock=clock, **wires)  # type: ignore[arg-type]  # named by the caller
        opened.append(runtime)
        return runtime

    yield made
    for runtime in opened:
        runtime.engine.dispose()


def announced(runtime: Runtime, count: int = 1) -> list[uuid.UUID]:
    """So many things that somebody is owed."""
    told = [uuid.uuid4() for _ in range(count)]
    with runtime.work() as w:
        for thing in told:
            w.announce(PurchaseLapsed(w.now, thing))
    return told


def parcels(runtime: Runtime) -> list[Parcel]:
    with runtime.reading() as session:
        return list(session.scalars(select(Parcel).order_by(Parcel.made_at, Parcel.id)))


def standing(runtime: Runtime) -> dict[str, int]:
    with runtime.reading() as session:
        return outbox.waiting(session, runtime.clock.now())


def nothing(_w: Work, _event: PurchaseLapsed) -> None:
    """A reaction that has nothing to do."""


def test_a_slow_parcel_stays_with_the_worker_whose_heart_beats(workshop: Workshop) -> None:
    is_begun, may_end = threading.Event(), threading.Event()
    brought: list[str] = []

    def slow(_o: Outside, batch: Sequence[Sent[PurchaseLapsed]]) -> None:
        brought.extend(one.key for one in batch)
        is_begun.set()
        assert may_end.wait(PATIENCE)

    wires = (outside(PurchaseLapsed, slow),)
    mine, other = workshop(outside=wires), workshop(outside=wires)
    lease = timedelta(seconds=0.06)
    mine.courier = Courier(mine, lease=lease)
    beats = threading.Semaphore(0)

    def look(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE mp_parcel SET leased_until"):
            beats.release()

    event.listen(mine.engine, "after_cursor_execute", look)
    announced(mine)
    clock = mine.clock
    assert isinstance(clock, SetClock)
    with ThreadPoolExecutor(1) as thread:
        round_ = thread.submit(mine.deliver)
        assert is_begun.wait(PATIENCE)
        for _ in range(3):
            clock.at += lease * 0.9
            assert beats.acquire(timeout=PATIENCE)
            assert beats.acquire(timeout=PATIENCE)  # the first may have begun before
            assert other.deliver() == 0
        may_end.set()
        assert round_.result(PATIENCE) == 1
    assert len(brought) == 1
    assert standing(mine) == {"due": 0, "later": 0, "held": 0, "dead": 0}


def test_what_a_dead_worker_held_is_taken_over_after_its_lease(
    workshop: Workshop, clock: SetClock
) -> None:
    wires = (on(PurchaseLapsed, nothing),)
    mine = workshop(after=wires)
    announced(mine, 3)
    with mine.work() as w:
        (first, *_) = outbox.claim(w.session, "the dead", w.now, limit=10)
    clock.advance(seconds=29)
    assert mine.deliver() == 0
    assert standing(mine)["held"] == 3
    clock.advance(seconds=1)
    assert mine.deliver() == 3
    with mine.work() as w:  # he was not dead, only slow: nothing is his any more
        assert outbox.held(w.session, first.id, "the dead") is None
        assert outbox.finish(w.session, "the dead", [first.id], w.now) == 0
        assert outbox.beat(w.session, "the dead", w.now) == 0


def test_a_reaction_that_was_overtaken_is_not_done_twice(
    workshop: Workshop, clock: SetClock
) -> None:
    """P33: the slow one comes back after another has done it, and leaves it."""
    done: list[uuid.UUID] = []

    def note(w: Work, event: PurchaseLapsed) -> None:
        w.record("heard", Heard(event.purchase_id))
        done.append(event.purchase_id)

    wires = (on(PurchaseLapsed, note),)
    slow, quick = workshop(after=wires), workshop(after=wires)
    told = announced(slow, 2)
    begun: list[int] = []

    def falls_asleep(*_given: object) -> None:
        """After its claim, before its first reaction: the lease ends, another does it all."""
        begun.append(1)
        if len(begun) == 2:
            clock.advance(seconds=30)
            assert quick.deliver() == 2

    event.listen(slow.engine, "checkout", falls_asleep)  # before it takes any lock
    assert slow.deliver() == 0
    assert sorted(done) == sorted(told)


def test_a_failure_waits_twice_as_long_each_time_and_ends_with_a_person(
    workshop: Workshop, clock: SetClock
) -> None:
    tries: list[uuid.UUID] = []

    def fails(_w: Work, event: PurchaseLapsed) -> None:
        tries.append(event.purchase_id)
        raise RuntimeError("示例：收不到")

    mine = workshop(after=(on(PurchaseLapsed, fails),))
    announced(mine)
    for wait in (5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560):
        assert mine.deliver() == 0
        (parcel,) = parcels(mine)
        assert parcel.due_at - clock.now() == timedelta(seconds=wait)
        assert parcel.fault == "RuntimeError: 示例：收不到"
        clock.advance(seconds=wait - 1)
        assert mine.deliver() == 0
        (parcel,) = parcels(mine)
        clock.advance(seconds=1)
    assert parcel.attempts == outbox.MOST_ATTEMPTS
    assert standing(mine) == {"due": 0, "later": 0, "held": 0, "dead": 1}
    clock.advance(days=30)
    assert mine.deliver() == 0
    assert len(tries) == outbox.MOST_ATTEMPTS
    with mine.reading() as session:
        assert [one.id for one in outbox.dead(session, clock.now())] == [parcel.id]


def test_what_failed_and_then_succeeds_is_done_once_and_tells_no_fault(
    workshop: Workshop, clock: SetClock
) -> None:
    tries = iter([RuntimeError("示例"), RuntimeError("示例"), None])
    done: list[uuid.UUID] = []

    def fails_twice(w: Work, event: PurchaseLapsed) -> None:
        w.record("heard", Heard(event.purchase_id))
        if fault := next(tries):
            raise fault
        done.append(event.purchase_id)

    mine = workshop(after=(on(PurchaseLapsed, fails_twice),))
    told = announced(mine)
    outcomes = []
    for _ in range(4):
        outcomes.append(mine.deliver())
        clock.advance(hours=1)
    assert (outcomes, done) == ([0, 0, 1, 0], told)
    (parcel,) = parcels(mine)
    assert (parcel.attempts, parcel.fault) == (3, None)


def test_a_handler_that_nobody_knows_any_more_waits_and_stops_nobody_else(
    workshop: Workshop, clock: SetClock
) -> None:
    """P33: a function was renamed before the outbox was empty."""

    def renamed(_w: Work, _event: PurchaseLapsed) -> None:
        raise AssertionError("nobody calls it")

    def gone(_o: Outside, _batch: object) -> None:
        raise AssertionError("nobody calls it")

    before = workshop(
        after=(on(PurchaseLapsed, renamed),), outside=(outside(ListingChanged, gone),)
    )
    announced(before)
    with before.work() as w:
        w.announce(ListingChanged(w.now, uuid.uuid4()))
    mine = workshop(after=(on(PurchaseLapsed, nothing),))
    announced(mine)
    assert mine.deliver() == 1
    faults = {one.fault for one in parcels(mine) if one.delivered_at is None}
    assert {fault.partition(":")[0] for fault in faults if fault} == {"KeyError"}
    assert standing(mine)["later"] == 2


def test_what_kills_its_worker_again_and_again_wears_out_nothing_but_itself(
    workshop: Workshop, clock: SetClock
) -> None:
    """P33: a hundred innocent parcels were claimed together with it."""
    mine = workshop(after=(on(PurchaseLapsed, nothing),))
    announced(mine, 12)
    for _ in range(outbox.SUSPECT):  # the power goes in the middle, three times
        with mine.work() as w:
            assert len(outbox.claim(w.session, "the dead", w.now, limit=100)) == 12
        clock.advance(seconds=30)
    worn = []
    for _ in range(outbox.MOST_ATTEMPTS - outbox.SUSPECT):
        with mine.work() as w:
            (alone,) = outbox.claim(w.session, "the dead", w.now, limit=100)
        worn.append(alone.id)
        clock.advance(seconds=30)
    assert len(set(worn)) == 1
    assert standing(mine) == {"due": 11, "later": 0, "held": 0, "dead": 1}
    assert [mine.deliver() for _ in range(12)] == [1] * 11 + [0]


class Killed(BaseException):
    """As the power goes."""


def test_letters_that_left_before_their_worker_died_do_not_leave_again(
    workshop: Workshop, clock: SetClock, place: Place
) -> None:
    """P33: they come again, and are known by their key."""

    def dies() -> None:
        raise Killed

    mine = workshop(outside=(outside(Mail, post.carry_mail),))
    with mine.work() as w:
        for n in range(3):
            w.send(Mail(f"a{n}@example.org", "示例", "示例"))
    with pytest.raises(Killed), just_before(mine, "delivered_at=", dies):
        mine.deliver()
    box = place.folder / "post" / "mail"
    assert len(list(box.iterdir())) == 3
    assert standing(mine)["held"] == 3
    clock.advance(seconds=30)
    assert mine.deliver() == 3
    assert len(list(box.iterdir())) == 3
