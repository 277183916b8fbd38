"""Papers as they come in: their bytes, their fields, and what a machine can say of them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from marketplace.adapters import scans
from marketplace.kernel.errors import Invalid
from marketplace.ports.storage import Storage
from marketplace.suppliers import queries, rules
from marketplace.suppliers.models import Paper, Supplier, preview_of
from marketplace.suppliers.rules import checks
from marketplace.suppliers.states import PaperKind, PaperState
from marketplace.work import Work


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One paper with the bytes of its scan; `valid_until` is its last day, None: long-term."""

    kind: PaperKind
    number: str
    holder: str
    issuer: str
    valid_from: date
    valid_until: date | None
    scan_name: str
    scan: bytes
    details: Mapping[str, object] = field(default_factory=dict)  # the fields of its kind
    goods_id: uuid.UUID | None = None  # the listing or batch that it is about
    goods_category: str = ""  # the shelf of those goods, where it is known
    corrects_id: uuid.UUID | None = None  # the submission that this one takes the place of
    look: scans.Look | None = None  # what the scan is; found out here when nobody did before
    key: str = ""  # where it was put by already, see `received`


class ChecksFailed(Invalid):
    """A check by machine failed; `findings` are all that were made, `field` the first to mend."""

    code = "paper_checks_failed"

    def __init__(self, findings: tuple[rules.Finding, ...]) -> None:
        failed = rules.failures(findings)
        super().__init__(field=failed[0].field, count=len(failed))
        self.findings = findings


def received(storage: Storage, given: HandedIn) -> HandedIn:
    """The same with its scan opened and put by: done before a unit of work, for both take a while.

    Raises Invalid (scan_…), Refused (scan_busy), Busy.
    """
    look, key = put_by(storage, given.scan)
    return replace(given, look=look, key=key)


def put_by(storage: Storage, scan: bytes) -> tuple[scans.Look, str]:
    """What a scan is, and where it lies from now on. Raises as `received`."""
    look = scans.look(scan)
    key = f"scans/{uuid.uuid4()}"
    put(storage, key, scan, look)
    return look, key


def put(storage: Storage, key: str, scan: bytes, look: scans.Look) -> None:
    """The original and, where there is one, its preview beside it."""
    storage.put(key, scan)
    if look.preview:
        try:
            storage.put(preview_of(key), look.preview)
        except Exception:
            storage.drop(key)
            raise


def examined(w: Work, supplier: Supplier, given: HandedIn) -> tuple[Paper, scans.Look]:
    """The paper as it will be kept, with its findings, and its look; nothing is written yet.

    Raises Invalid (size, dates, scan, details), ChecksFailed.
    """
    if len(given.scan) > w.tools.config.upload_bytes:
        raise Invalid("scan_too_large", field="scan")
    typed = checks.Submission(
        kind=given.kind,
        number=given.number,
        holder=given.holder,
        valid_from=given.valid_from,
        valid_until=given.valid_until,
        details=checks.details_of(given.kind, given.details),
    )
    look = given.look
    if look is None or look.sha256 != hashlib.sha256(given.scan).hexdigest():
        look = scans.look(given.scan)
    row = _row(w, supplier, given, typed)
    row.scan_type, row.scan_sha256 = look.type, look.sha256
    row.has_preview = bool(look.preview)
    known = queries.known_of(
        w.session, supplier, typed, sha256=row.scan_sha256,
        goods_category=given.goods_category, at=w.now, corrects_id=given.corrects_id,
    )  # fmt: skip  # one question
    findings = checks.look_at(typed, known)
    if rules.failures(findings):
        raise ChecksFailed(findings)
    row.findings = [one.as_json() for one in findings]
    return row, look


def _row(w: Work, supplier: Supplier, given: HandedIn, typed: checks.Submission) -> Paper:
    starts_at, ends_at = rules.period(given.valid_from, given.valid_until)
    return Paper(
        id=uuid.uuid4(),
        supplier_id=supplier.id,
        goods_id=given.goods_id,
        corrects_id=given.corrects_id,
        kind=given.kind,
        number=given.number,
        number_key=checks.number_key(given.number),
        holder=given.holder,
        issuer=given.issuer,
        valid_from=given.valid_from,
        valid_until=given.valid_until,
        starts_at=starts_at,
        ends_at=ends_at,
        scan_name=given.scan_name,
        details=dict(typed.details),
        state=PaperState.PENDING,
        added_at=w.now,
        added_by=w.actor.person_id,
    )
