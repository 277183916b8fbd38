"""What is known around a paper that is being handed in, for the checks by machine."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.clock import local_day
from marketplace.regions import queries as regions
from marketplace.suppliers import rules
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.rules import checks
from marketplace.suppliers.states import PaperKind, PaperState

_AUTHORISES = (PaperKind.BRAND_AUTHORISATION, PaperKind.CONTRACT_MAKING)
_COUNTS = (PaperState.PENDING, PaperState.ACCEPTED)


def known_of(
    session: Session, supplier: Supplier, paper: checks.Submission, *, sha256: str,
    goods_category: str, at: datetime, corrects_id: uuid.UUID | None = None,
) -> checks.Known:  # fmt: skip
    """What the checks ask of the database."""
    region = checks.region_of(rules.KINDS[paper.kind].code, paper.number)
    file_elsewhere, file_again = _same_file(session, supplier.id, sha256, corrects_id)
    return checks.Known(
        legal_name=supplier.legal_name,
        credit_code=supplier.credit_code or "",
        today=local_day(at),
        counties=_places(session, supplier.county_code),
        number_places=None if region is None else _places(session, region),
        links=_links(session, supplier.id, at),
        goods_category=goods_category,
        number_elsewhere=_same_number(session, supplier.id, paper),
        file_elsewhere=file_elsewhere,
        file_again=file_again,
    )


def _places(session: Session, code: str) -> tuple[checks.Place, ...]:
    """Today's places for a code of any year."""
    found: Iterable[regions.County] = regions.find_county(session, code)
    return tuple(checks.Place(one.code, one.label, one.level) for one in found)


def _links(session: Session, supplier_id: uuid.UUID, at: datetime) -> tuple[checks.Link, ...]:
    asked = select(Paper.holder, Paper.details).where(
        Paper.supplier_id == supplier_id,
        Paper.kind.in_(_AUTHORISES),
        Paper.state.in_(_COUNTS),
        or_(Paper.ends_at.is_(None), Paper.ends_at > at),
    )
    return tuple(
        checks.Link(row.holder, str(row.details.get("grantee", "")))
        for row in session.execute(asked)
    )


def _same_number(session: Session, supplier_id: uuid.UUID, paper: checks.Submission) -> bool:
    key = checks.number_key(paper.number)
    if not key:
        return False
    asked = select(Paper.id).where(
        Paper.number_key == key,
        Paper.kind == paper.kind,
        Paper.supplier_id != supplier_id,
        Paper.state.in_(_COUNTS),
    )
    return session.scalars(asked.limit(1)).first() is not None


def _same_file(
    session: Session, supplier_id: uuid.UUID, sha256: str, corrects_id: uuid.UUID | None
) -> tuple[bool, bool]:
    """Whether another supplier, or this one, has handed in the same bytes before; a correction may
    bring the scan of what it corrects."""
    asked = select(Paper.supplier_id, Paper.id).where(Paper.scan_sha256 == sha256)
    found = [row for row in session.execute(asked) if row.id != corrects_id]
    owners = {row.supplier_id for row in found}
    return bool(owners - {supplier_id}), supplier_id in owners
