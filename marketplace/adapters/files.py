"""Papers as files in a private folder; written whole or not at all."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG

from marketplace.config import Config
from marketplace.kernel.errors import Invalid, Missing
from marketplace.ports.storage import Stored, checked_key, is_key

PARTIAL = ".partial"  # ends the name of what is not whole yet; no key has a full stop
_HALF = re.compile(rf"[a-z0-9-]+\.[0-9a-f]{{32}}\{PARTIAL}")


class LocalFiles:
    """The `Storage` port on the local disk. Never point a web server at the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def configured(cls, config: Config) -> LocalFiles:
        """In the data folder."""
        return cls(config.data / "papers")

    def put(self, key: str, data: bytes) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}{PARTIAL}")
        try:
            with partial.open("xb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            os.link(partial, path)  # unlike a rename it never takes the place of what is there
        except FileExistsError as fault:
            if path.read_bytes() != data:
                raise Invalid("file_exists", key=key) from fault
        finally:
            partial.unlink(missing_ok=True)

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as fault:
            raise Missing(key=key) from fault

    def drop(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def listed(self) -> Iterator[Stored]:
        for path, at in self._files():
            key = path.relative_to(self.folder).as_posix()
            if is_key(key):
                yield Stored(key, at)

    def tidy(self, before: datetime) -> int:
        left = [path for path, at in self._files() if at < before and _HALF.fullmatch(path.name)]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _files(self) -> Iterator[tuple[Path, datetime]]:
        for path in self.folder.rglob("*"):
            try:
                told = path.stat()
            except FileNotFoundError:  # it went while we looked
                continue
            if S_ISREG(told.st_mode):
                yield path, datetime.fromtimestamp(told.st_mtime, UTC)

    def _path(self, key: str) -> Path:
        return self.folder / checked_key(key)
