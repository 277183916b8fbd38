"""Which files rows of suppliers name."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.suppliers.models import Lookup, Paper, preview_of


def named_files(session: Session) -> Iterator[str]:
    """The keys of all scans with their previews, and of pictures of outside registers."""
    for key, has_preview in session.execute(select(Paper.scan_key, Paper.has_preview)):
        yield key
        if has_preview:
            yield preview_of(key)
    yield from session.scalars(select(Lookup.shot_key))
