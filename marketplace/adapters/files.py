"""Papers as files in a private folder; written whole or not at all."""

from __future__ import annotations

import os
import re
from pathlib import Path

from marketplace.kernel.errors import Invalid, Missing

_KEY = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*", re.ASCII)


class LocalFiles:
    """The `Storage` port on the local disk. Never point a web server at the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, data: bytes) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            raise Invalid("file_exists", key=key)
        partial = path.with_suffix(".partial")
        with partial.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        partial.rename(path)

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as fault:
            raise Missing(key=key) from fault

    def drop(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise Invalid("file_key", key=key)
        return self.folder / key
