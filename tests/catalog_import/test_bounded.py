"""Strangers' files are opened by a child that cannot take more than its bounds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from catalog_import.bounded import Bounds, run

ROOM = Bounds(seconds=5, memory=256 * 1024 * 1024, output=64 * 1024)
SMALL = Bounds(seconds=1, memory=256 * 1024 * 1024, output=64 * 1024)
BEGIN = """
import json, os, sys, resource
sys.path.append({root!r})
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
    ended = child("while True: pass", SMALL)
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
