"""Files that strangers made are opened by a child with little memory and time, never by us.

The parent starts a fresh interpreter with `run`, or one for many files with `Kept`; the child
bounds itself with `limit` before it looks at anything. What comes back is bytes that the parent
must not trust either.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# not on every system: elsewhere the parent's clock, and the child's own counting, remain
resource: Any = import_module("resource") if find_spec("resource") else None

CHILDREN = threading.BoundedSemaphore(2)  # at once in this process; each may take all its memory
ENDED_BY_TIME = frozenset({-9, -24})  # by us or the kernel, for its time of the processor
SIZE = 8  # bytes that tell how long a file or an answer is
GRACE = 1  # second for a child that said no more to be gone
OURS = Path(__file__).parent.parent  # where the package lies


@dataclass(frozen=True, slots=True)
class Bounds:
    seconds: int  # of the processor; twice as many on the clock, the machine may be busy
    memory: int  # bytes
    output: int  # bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: its code, and what it said; `in_time` is False when it was stopped."""

    code: int
    said: bytes
    in_time: bool


class NoRoom(Exception):  # says what is, like the other errors of this package
    """Other children took all the room for too long."""


def run(module: str, order: str, data: bytes, bounds: Bounds, *, root: Path = OURS) -> Ended:
    """`python -m module order` in the folder's packages, with the file on its standard input.

    Raises NoRoom.
    """
    if not CHILDREN.acquire(timeout=bounds.seconds):
        raise NoRoom
    try:
        return _run([sys.executable, "-P", "-s", "-m", module, order], data, bounds, root)
    finally:
        CHILDREN.release()


class Kept:
    """A child that opens one file after another; each has the bounds to itself. Whoever is stopped
    or dies is followed by a fresh one. To be closed by `with`."""

    def __init__(self, module: str, order: str, bounds: Bounds, *, root: Path = OURS) -> None:
        self._command = [sys.executable, "-P", "-s", "-m", module, order]
        self._bounds, self._root = bounds, root
        self._child: subprocess.Popen[bytes] | None = None
        self.asked = 0  # files of the child that is there

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.end()

    def ask(self, data: bytes) -> Ended:
        """What the child says of a file; its code is 0 while it lives. Raises NoRoom."""
        if not CHILDREN.acquire(timeout=self._bounds.seconds):
            raise NoRoom
        try:
            return self._ask(data)
        finally:
            CHILDREN.release()

    def end(self) -> None:
        """Stop the child, if there is one."""
        child, self._child, self.asked = self._child, None, 0
        if child is not None:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                with suppress(OSError):  # what it never read
                    pipe.close() if pipe else None
            child.wait()

    def _ask(self, data: bytes) -> Ended:
        if self._child is None:
            self._child = _start(self._command, subprocess.PIPE, subprocess.PIPE, self._root)
        child, self.asked = self._child, self.asked + 1
        clock = threading.Timer(2 * self._bounds.seconds, child.kill)
        clock.start()
        try:
            return Ended(0, _told(child, data, self._bounds.output), in_time=True)
        except OSError:  # it is gone, or said too much
            with suppress(subprocess.TimeoutExpired):
                child.wait(GRACE)
            code = child.poll()
            self.end()
            return Ended(-1 if code is None else code, b"", code not in ENDED_BY_TIME)
        finally:
            clock.cancel()


def _told(child: subprocess.Popen[bytes], data: bytes, most: int) -> bytes:
    """Hand a file over and take the answer. Raises OSError when there is none, or too much."""
    if child.stdin is None or child.stdout is None:
        raise OSError
    child.stdin.write(len(data).to_bytes(SIZE, "big") + data)
    child.stdin.flush()
    size = child.stdout.read(SIZE)
    if len(size) < SIZE:
        raise BrokenPipeError
    length = int.from_bytes(size, "big")
    said = child.stdout.read(length) if length <= most else b""
    if len(said) < length:
        raise BrokenPipeError
    return said


def files(bounds: Bounds) -> Iterator[bytes]:
    """The side of the child: one file after another, each with so much time of the processor."""
    while len(size := sys.stdin.buffer.read(SIZE)) == SIZE:
        if resource is not None:
            used = resource.getrusage(resource.RUSAGE_SELF)
            _bound(
                "RLIMIT_CPU", int(used.ru_utime + used.ru_stime) + 1 + bounds.seconds, firm=False
            )
        yield sys.stdin.buffer.read(int.from_bytes(size, "big"))


def answer(said: bytes) -> None:
    """What the child says of the file that it got last."""
    sys.stdout.buffer.write(len(said).to_bytes(SIZE, "big") + said)
    sys.stdout.buffer.flush()


def limit(bounds: Bounds, *, one_file: bool = True) -> None:
    """Little memory, time and output. Done by the child: the parent may have threads.
    Whoever opens many `files` has the time for each of them."""
    _bound("RLIMIT_AS", bounds.memory)
    _bound("RLIMIT_FSIZE", bounds.output)
    _bound("RLIMIT_CORE", 0)
    _bound("RLIMIT_CPU", bounds.seconds, firm=one_file)


def _bound(name: str, most: int, *, firm: bool = True) -> None:
    """`firm`: the child cannot give itself more later."""
    with suppress(AttributeError, ValueError, OSError):  # this system has no such limit
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound if firm else hard))


def _run(command: list[str], data: bytes, bounds: Bounds, root: Path) -> Ended:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out:
        given.write(data)
        given.seek(0)
        child = _start(command, given, out, root)
        try:
            ended = child.wait(2 * bounds.seconds)
        except subprocess.TimeoutExpired:
            ended = -9
        finally:
            child.kill()
            child.wait()
        out.seek(0)
        return Ended(ended, out.read(2 * bounds.output), ended not in ENDED_BY_TIME)


def _start(command: list[str], given: Any, out: Any, root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # our own interpreter and module
        command,
        stdin=given,
        stdout=out,
        stderr=subprocess.DEVNULL,
        env=_surroundings(root),
        start_new_session=True,
    )


def _surroundings(root: Path) -> dict[str, str]:
    """Nothing of ours: no secrets, no database; only where the package lies."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(root),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OPENPYXL_LXML": "False",
        "OPENPYXL_DEFUSEDXML": "True",
    }
