"""The anchor: number and hash of the trail's end, noted from time to time in a file outside the
database. Who cuts the trail's tail, or writes another trail, must find and change that file too."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # asked for before it is used

from marketplace.work.models import TrailEntry, TrailHead
from marketplace.work.trail import HEAD

EVERY = timedelta(minutes=1)  # what was written since then could be cut off unseen
STEP = 500  # anchors compared with the trail at a time


@dataclass(frozen=True, slots=True)
class Anchored:
    """One line of the file."""

    number: int
    hash: str
    at: str
    restored: bool = False


class Anchor:
    """One file of JSON lines, only added to; best where the database's owner cannot write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._noted_at: datetime | None = None

    def is_due(self, at: datetime) -> bool:
        """Whether this process has noted nothing for a while."""
        return self._noted_at is None or at - self._noted_at >= EVERY

    def note(self, session: Session, at: datetime, *, restored: bool = False) -> bool:
        """Add the present end of the trail; False when it has not moved since the last line.

        `restored`: the database was put back to this end; what was anchored beyond it is gone for
        that reason, and the line says so. Raises OSError.
        """
        self._noted_at = at
        head = session.get(TrailHead, HEAD)
        if head is None or not head.number:
            return False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            _lock(file)  # several processes note; it ends with the file
            lines = _whole(file)
            last = max((line.number for line in _read(lines) if line), default=0)
            if not restored and last >= head.number:
                return False
            told = {"number": head.number, "hash": head.hash, "at": at.isoformat()}
            line = json.dumps({**told, "restored": True} if restored else told)
            torn = b"" if not lines or lines[-1] == b"" else b"\n"  # a crash cut the last one off
            file.write(torn + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return True

    def faults(self, session: Session) -> Iterator[str]:
        """Every line that the trail does not bear out, in words; nothing when it does."""
        head = session.get(TrailHead, HEAD)
        if not self.path.exists():
            if head is not None and head.number:
                yield f"trail: there is no anchor: {self.path} is missing"
            return
        with self.path.open("rb") as file:
            found = _read(_whole(file))
        for place, line in enumerate(found, 1):
            if line is None:
                yield f"trail: line {place} of the anchor file cannot be read"
        owed: list[Anchored] = []
        for line in filter(None, found):
            if line.restored:
                owed = [earlier for earlier in owed if earlier.number <= line.number]
            elif owed and line.number < owed[-1].number:
                yield f"trail: the anchor file goes back at row {line.number}"
            owed.append(line)
        yield from _unborne(session, owed)


def _unborne(session: Session, owed: list[Anchored]) -> Iterator[str]:
    """The lines that no row of the trail bears out."""
    for start in range(0, len(owed), STEP):
        part = owed[start : start + STEP]
        asked = select(TrailEntry.number, TrailEntry.hash).where(
            TrailEntry.number.in_([line.number for line in part])
        )
        known = {row.number: row.hash for row in session.execute(asked)}
        for line in part:
            if line.number not in known:
                yield f"trail: row {line.number}, anchored at {line.at}, is not there any more"
            elif known[line.number] != line.hash:
                yield f"trail: row {line.number} is another one than anchored at {line.at}"


def _whole(file: BinaryIO) -> list[bytes]:
    """The lines; the last is empty unless a crash cut it off."""
    file.seek(0)
    data = file.read()
    return data.split(b"\n") if data else []


def _read(lines: list[bytes]) -> list[Anchored | None]:
    """None for a line that says nothing sensible; one that was cut off in the middle is no line."""
    return [_anchored(line) for line in lines if line.endswith(b"}")]


def _anchored(line: bytes) -> Anchored | None:
    try:
        told = json.loads(line)
        is_restored = told.get("restored") is True
        return Anchored(int(told["number"]), str(told["hash"]), str(told["at"]), is_restored)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _lock(file: BinaryIO) -> None:
    if fcntl is not None:  # elsewhere two processes may write a line twice, which does no harm
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
