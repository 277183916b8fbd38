"""Files that strangers made are opened by a child with little memory and time, never by us.

The parent starts a fresh interpreter with `run`; the child bounds itself with `limit` before it
looks at anything. What comes back is bytes that the parent must not trust either.
"""

import os
import subprocess
import sys
import tempfile
import threading
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


def limit(bounds: Bounds) -> None:
    """Little memory, time and output. Done by the child: the parent may have threads."""
    if resource is None:
        return
    for name, most in (
        ("RLIMIT_AS", bounds.memory),
        ("RLIMIT_CPU", bounds.seconds),
        ("RLIMIT_FSIZE", bounds.output),
        ("RLIMIT_CORE", 0),
    ):
        with suppress(AttributeError, ValueError, OSError):  # this system has no such limit
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (bound, bound))


def _run(command: list[str], data: bytes, bounds: Bounds, root: Path) -> Ended:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out:
        given.write(data)
        given.seek(0)
        child = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            command,
            stdin=given,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env=_surroundings(root),
            start_new_session=True,
        )
        try:
            ended = child.wait(2 * bounds.seconds)
        except subprocess.TimeoutExpired:
            ended = -9
        finally:
            child.kill()
            child.wait()
        out.seek(0)
        return Ended(ended, out.read(2 * bounds.output), ended not in ENDED_BY_TIME)


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
