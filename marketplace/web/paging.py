"""Pages of long lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")
PER_PAGE = 24
LAST_PAGE = 500
MOST_TOLD = 100  # beside a tab; of more only that they are more is told


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page: its items, its number from 1, how many pages and items there are."""

    items: Sequence[T]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    def url(self, number: int) -> str:
        """The same page of the site with another number."""
        asked = {**request.args.to_dict(), "page": number}
        return f"{request.script_root}{request.path}?{urlencode(asked)}"

    def with_items(self, make: Callable[[T], Any]) -> Page[Any]:
        """The same page with each item made into something else."""
        return Page([make(item) for item in self.items], self.number, self.total, self.per_page)


def page_number() -> int:
    """The wanted page; nonsense means the first."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return 1
    return min(max(int(text), 1), LAST_PAGE)


def paged(
    session: Session, question: Select[Any], number: int, *, per_page: int = PER_PAGE
) -> Page[Any]:
    """One page of a select of one entity."""
    counted = select(func.count()).select_from(question.order_by(None).subquery())
    items = session.scalars(question.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(items, number, session.scalar(counted) or 0, per_page)


def few(asked: Select[Any]) -> ScalarSelect[int]:
    """How many rows there are, counted to MOST_TOLD: to be asked together with others."""
    found = asked.order_by(None).limit(MOST_TOLD).subquery()
    return select(func.count()).select_from(found).scalar_subquery()
