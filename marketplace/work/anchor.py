"""The anchor: number and hash of the trail's end, noted from time to time in a file outside the
database. Who cuts the trail's tail, or writes another trail, must find and change that file too."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

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


class Anchor:
    """One file of JSON lines, only ever added to; best where whoever writes the database may not"""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._noted_at: datetime | None = None

    def is_due(self, at: datetime) -> bool:
        """Whether this process has noted nothing for a while."""
        return self._noted_at is None or at - self._noted_at >= EVERY

    def note(self, session: Session, at: datetime) -> bool:
        """Add the present end of the trail; False when it has not moved since the last line."""
        self._noted_at = at
        head = session.get(TrailHead, HEAD)
        if head is None or not head.number:
            return False
        last = self._last()
        if last is not None and last.number >= head.number:
            return False
        line = json.dumps({"number": head.number, "hash": head.hash, "at": at.isoformat()})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
        return True

    def faults(self, session: Session) -> Iterator[str]:
        """Every line that the trail does not bear out, in words; nothing when it does."""
        try:
            anchored = list(self._lines())
        except (ValueError, KeyError, TypeError) as fault:
            yield f"trail: the anchor file cannot be read: {fault}"
            return
        before = 0
        for start in range(0, len(anchored), STEP):
            part = anchored[start : start + STEP]
            asked = select(TrailEntry.number, TrailEntry.hash).where(
                TrailEntry.number.in_([line.number for line in part])
            )
            known = {row.number: row.hash for row in session.execute(asked)}
            for line in part:
                if line.number <= before:
                    yield f"trail: the anchor file goes back at row {line.number}"
                before = line.number
                if line.number not in known:
                    yield f"trail: row {line.number}, anchored at {line.at}, is not there any more"
                elif known[line.number] != line.hash:
                    yield f"trail: row {line.number} is another one than anchored at {line.at}"

    def _last(self) -> Anchored | None:
        """The last whole line; one that a crash cut off is not counted."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 1024))
            tail = file.read().split(b"\n")[:-1]
        return _anchored(tail[-1]) if tail else None

    def _lines(self) -> Iterator[Anchored]:
        if self.path.exists():
            for line in self.path.read_bytes().split(b"\n")[:-1]:
                yield _anchored(line)


def _anchored(line: bytes) -> Anchored:
    told = json.loads(line)
    return Anchored(int(told["number"]), str(told["hash"]), str(told["at"]))
