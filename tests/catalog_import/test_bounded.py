"""Strangers' files are opened by a child that cannot take more than its bounds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from catalog_import.bounded import Bounds, Kept, run

ROOM = Bounds(seconds=5, memory=256 * 1024 * 1024, output=64 * 1024)
SMALL = Bounds(seconds=1, memory=256 * 1024 * 1024, output=64 * 1024)
BEGIN = """
import json, os, sys, resource
sys.path.insert(0, {root!r})
from catalog_import.bounded import Bounds, limit
limit(Bounds(**json.loads(sys.argv[1])))
"""
FLOOD = """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.stdout.write("x" * 10**7)
sys.stdout.flush()
"""


@pytest.fixture
def child(tmp_path: Path):  # type: ignore[no-untyped-def]  # a function that runs a child
    """A child that bounds itself and then does what it is told."""
    root = str(Path(__file__).parents[2])

    def runs(body: str, bounds: Bounds = ROOM, data: bytes = b""):  # type: ignore[no-untyped-def]  # Ended
        (tmp_path / "child_of_test.py").write_text(BEGIN.format(root=root) + body, "utf-8")
        order = (
            f'{{"seconds": {bounds.seconds}, "memory": {bounds.memory}, "output": {bounds.output}}}'
        )
        return run("child_of_test", order, data, bounds, root=tmp_path)

    return runs


def test_what_a_child_says_comes_back_whole(child) -> None:  # type: ignore[no-untyped-def]
    ended = child("sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])", data=b"abc")
    assert (ended.code, ended.said, ended.in_time) == (0, b"cba", True)


def test_a_child_that_never_ends_is_ended(child) -> None:  # type: ignore[no-untyped-def]
    begun = time.monotonic()
    for endless in ("while True: pass", "import time\ntime.sleep(1_000)"):  # busy, and idle
        ended = child(endless, SMALL)
        assert not ended.in_time
    assert time.monotonic() - begun < 30


def test_a_child_that_wants_gigabytes_gets_none(child) -> None:  # type: ignore[no-untyped-def]
    """P25: memory is bounded, also for what a library takes."""
    ended = child("held = bytearray(2 * 1024**3)\nprint('taken')")
    assert ended.code != 0
    assert ended.in_time  # refused at once, not stopped while it took
    assert b"taken" not in ended.said


def test_a_child_that_writes_without_end_fills_no_disk(child) -> None:  # type: ignore[no-untyped-def]
    ended = child(FLOOD)
    assert len(ended.said) <= ROOM.output


def test_a_child_knows_nothing_of_us(child, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("MARKETPLACE_SECRET_KEY", "not for children")
    ended = child("print(sorted(os.environ))")
    assert b"SECRET" not in ended.said
    assert b"HOME" not in ended.said


MANY = """
import json, os, resource, sys, time
sys.path.insert(0, {root!r})
from catalog_import.bounded import Bounds, answer, files, limit
bounds = Bounds(**json.loads(sys.argv[1]))
limit(bounds, one_file=False)
for data in files(bounds):
    left = resource.getrlimit(resource.RLIMIT_CPU)[0] - time.process_time()
    if data == b"die":
        os._exit(7)
    while data == b"stay" or (data == b"work" and time.process_time() < 0.8):
        pass
    answer(b"x" * 10**6 if data == b"flood" else json.dumps([os.getpid(), left]).encode())
"""


@pytest.fixture
def many(tmp_path: Path) -> Callable[[Bounds], Kept]:
    """A child that opens one file after another."""
    root = str(Path(__file__).parents[2])
    (tmp_path / "child_of_many.py").write_text(MANY.format(root=root), "utf-8")

    def kept(bounds: Bounds) -> Kept:
        return Kept("child_of_many", json.dumps(asdict(bounds)), bounds, root=tmp_path)

    return kept


def test_one_child_opens_many_files_and_each_has_the_time_to_itself(
    many: Callable[[Bounds], Kept],
) -> None:
    with many(ROOM) as child:
        said = [json.loads(child.ask(data).said) for data in (b"work", b"good", b"good")]
    assert len({pid for pid, _left in said}) == 1
    assert all(left >= ROOM.seconds for _pid, left in said)  # whatever the others took


def test_a_file_that_ends_the_child_harms_no_other_file(
    many: Callable[[Bounds], Kept],
) -> None:
    ends = {b"die": True, b"stay": False, b"flood": True}
    pids = set()
    with many(replace(ROOM, seconds=3)) as child:
        for bad, in_time in ends.items():
            pids.add(json.loads(child.ask(b"good").said)[0])
            ended = child.ask(bad)
            assert (ended.said, ended.in_time) == (b"", in_time), bad
            assert ended.code != 0
        pids.add(json.loads(child.ask(b"good").said)[0])
    assert len(pids) == len(ends) + 1  # each time a fresh one
