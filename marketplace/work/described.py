"""A cursor of psycopg that makes the description of a result when somebody reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import psycopg


class Described(psycopg.Cursor[Any]):
    """SQLAlchemy knows the columns of a question that it has asked before and only looks whether
    there are any; psycopg would make an object of each, every time."""

    @property
    def description(self) -> Any:
        """The columns of the result, or None where there is no result; as psycopg tells them."""
        result = self.pgresult
        if result is None or not result.nfields:
            return super().description
        return _Columns(self, result.nfields)

    def read(self) -> list[psycopg.Column]:
        """What psycopg itself says."""
        return super().description or []


class _Columns(Sequence[psycopg.Column]):
    def __init__(self, cursor: Described, count: int) -> None:
        self._cursor, self._count = cursor, count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> psycopg.Column: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[psycopg.Column]: ...
    def __getitem__(self, place: int | slice) -> Any:
        return self._cursor.read()[place]
