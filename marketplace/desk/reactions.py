"""What the desk does when something happened elsewhere: its tasks follow."""

from __future__ import annotations

from marketplace.desk import service
from marketplace.desk.queries import Waits
from marketplace.events import (
    DecisionsNoted,
    ReviewAsked,
    ReviewDecided,
    ReviewDropped,
    SupplierApproved,
    SupplierRestored,
    SupplierSuspended,
)
from marketplace.work import Work


def open_task(w: Work, event: ReviewAsked) -> None:
    """Something waits for a reviewer."""
    service.open_task(
        w,
        Waits(
            kind=event.kind,
            subject_id=event.subject_id,
            supplier_id=event.supplier_id,
            county_code=event.county_code,
            title=event.title,
            by=event.by,
            since=event.at,
        ),
    )


def close_task(w: Work, event: ReviewDecided) -> None:
    """It is decided, unless another reviewer works on it: then the decision does not stand."""
    service.close(w, event.kind, event.subject_id, by=event.by, outcome=event.outcome)


def note_decision(w: Work, event: ReviewDecided) -> None:
    """Its supplier finds it among the notices, with the reason."""
    service.note_decision(w, event)


def tell_decisions(w: Work, event: DecisionsNoted) -> None:
    """One short message for all that was decided together."""
    service.tell_decisions(w, event.supplier_id)


def drop_task(w: Work, event: ReviewDropped) -> None:
    """It was taken back."""
    service.close(w, event.kind, event.subject_id, by=None, outcome="dropped")


def follow_papers(w: Work, event: SupplierApproved | SupplierRestored | SupplierSuspended) -> None:
    """Papers wait for themselves only while their supplier is in."""
    service.follow_papers(w, event.supplier_id)
