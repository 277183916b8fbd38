"""Reminding suppliers of papers that run out: each paper and day once, whoever does it and when."""

from __future__ import annotations

from marketplace.accounts import service as notices
from marketplace.ports.sms import Sms
from marketplace.suppliers import queries
from marketplace.suppliers.models import ExpiryReminder, Paper
from marketplace.suppliers.rules import expiring
from marketplace.suppliers.rules.kinds import KINDS
from marketplace.web.words import Words
from marketplace.work import Work


def remind_of_papers(w: Work) -> int:
    """Tell of every paper whose day has come; answers how many. By the system.

    A worker that was down over several days tells of the nearest alone.
    """
    told = 0
    for paper in queries.running_out(w.session, w.now):
        assert paper.ends_at is not None  # noqa: S101  # only such are asked for; tells mypy
        days = expiring.due_reminder(
            paper.ends_at,
            KINDS[paper.kind].remind,
            since=paper.decided_at or paper.added_at,
            at=w.now,
        )
        if days is None or days in queries.reminded(w.session, paper.id):
            continue
        w.session.add(ExpiryReminder(paper_id=paper.id, days=days, at=w.now))
        w.record("remind", paper, days=days)
        _tell(w, paper)
        told += 1
    return told


def _tell(w: Work, paper: Paper) -> None:
    """The contact by SMS, the staff by a notice, of which a letter tells too."""
    assert paper.ends_at is not None and paper.valid_until is not None  # noqa: S101, PT018  # see above
    supplier = paper.supplier
    label = Words("zh")(f"PaperKind.{paper.kind}")
    left = expiring.days_left(paper.ends_at, w.now)
    text = expiring.reminder_text(label, paper.number, paper.valid_until, left)
    w.send(Sms(supplier.contact_mobile, text))
    told = {"kind": f"PaperKind.{paper.kind}", "number": paper.number, "left": str(left)}
    page = ("suppliers.paper", {"paper_id": str(paper.id)})
    notices.notify(w, supplier.organisation_id, "paper_runs_out", told, at=page)
