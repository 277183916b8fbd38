"""What does not add up about the lists, in words: for `marketplace verify`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.regions.models import Designation, ListVersion
from marketplace.regions.rules import versions as rules
from marketplace.regions.states import VersionState


def faults(session: Session) -> Iterator[str]:
    """Every gap between versions, every entry whose instants are not those of its version and its
    dates, every proposal that counts."""
    confirmed = session.scalars(
        select(ListVersion)
        .where(ListVersion.state == VersionState.CONFIRMED)
        .order_by(ListVersion.list_slug, ListVersion.number)
    ).all()
    for slug, chain in groupby(confirmed, key=lambda version: version.list_slug):
        yield from _gaps(slug, list(chain))
    for version in confirmed:
        yield from _entries(session, version)
    counting = (
        select(func.count())
        .join(ListVersion, ListVersion.id == Designation.version_id)
        .where(
            ListVersion.state != VersionState.CONFIRMED,
            or_(Designation.holds_from.is_not(None), Designation.holds_until.is_not(None)),
        )
        .select_from(Designation)
    )
    if found := session.scalar(counting):
        yield f"lists: {found} entries count though nobody confirmed their version"


def _gaps(slug: str, chain: Sequence[ListVersion]) -> Iterator[str]:
    for one, after in pairwise(chain):
        if one.ends_at != after.starts_at:
            yield f"lists: {slug} version {one.number} does not end where {after.number} begins"
    if chain[-1].ends_at != rules.FOREVER:
        yield f"lists: {slug} version {chain[-1].number} ends and nothing follows"
    for one in chain:
        if one.decided_by is None or (
            one.decided_by == one.proposed_by and one.origin != "packaged"
        ):
            yield f"lists: {slug} version {one.number}: nobody else confirmed it"


def _entries(session: Session, version: ListVersion) -> Iterator[str]:
    name = f"lists: {version.list_slug} version {version.number}"
    if version.starts_at is None or version.ends_at is None:
        yield f"{name}: confirmed without its instants"
        return
    rows = session.scalars(
        select(Designation).where(Designation.version_id == version.id).order_by(Designation.seq)
    ).all()
    if len(rows) != version.known:
        yield f"{name}: {len(rows)} entries, {version.known} are said to be known"
    for row in rows:
        span = rules.span(row.valid_from, row.valid_until, version.starts_at, version.ends_at)
        if (row.holds_from, row.holds_until) != span or row.qualifies != version.qualifies:
            yield f"{name}: entry {row.seq} ({row.name_as_listed}) does not hold when it says"
