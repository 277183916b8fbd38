"""Decisions and their reasons, told to the supplier: in the marketplace, and once by SMS."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from marketplace.accounts import queries as accounts
from marketplace.accounts import service as notices
from marketplace.accounts.models import Notice
from marketplace.desk import queries
from marketplace.events import DecisionsNoted, ReviewDecided
from marketplace.kernel.reviews import ReviewKind
from marketplace.ports.sms import Sms
from marketplace.suppliers.models import Supplier
from marketplace.web.labels import notice_words
from marketplace.web.words import Words
from marketplace.work import Work

LONGEST_SMS = 300  # characters; the rest stands among the notices
# what waits for a second person is no result yet: it stands among the notices alone
NO_SMS = frozenset({"checked"})


def note_decision(w: Work, event: ReviewDecided) -> None:
    """Written when the unit of work is at its end: what does not hold any more is not told."""
    now = queries.state_now(w.session, event.kind, event.subject_id)
    if now is not None and now != event.outcome:
        return
    supplier = w.session.get_one(Supplier, event.supplier_id)
    data = {
        "title": event.title,
        "kind": f"ReviewKind.{event.kind.value}",
        "outcome": f"outcome.{event.outcome}",
        "note": event.note,
    }
    owed = event.outcome not in NO_SMS
    notices.notify(w, supplier.organisation_id, _code(event), data, at=_page(event), sms_owed=owed)
    if owed:
        w.announce(DecisionsNoted(w.now, supplier.id))


def tell_decisions(w: Work, supplier_id: uuid.UUID) -> None:
    """To the supplier's contact: one decision with its reason, or how many there were. The first
    of several decisions of a unit of work tells of all; the others find nothing owed."""
    supplier = w.session.get_one(Supplier, supplier_id)
    w.session.flush()
    owed = accounts.owed_by_sms(w.session, supplier.organisation_id)
    if not owed:
        return
    for notice in owed:
        notice.sms_owed = False
    w.send(Sms(supplier.contact_mobile, _message(owed)))


def _message(told: Sequence[Notice]) -> str:
    """A phone in China reads Chinese."""
    say = Words("zh")
    if len(told) > 1:
        kinds = sorted({str(notice.data["outcome"]) for notice in told})
        parts = [(sum(n.data["outcome"] == kind for n in told), say(kind)) for kind in kinds]
        counts = "，".join(f"{said} {count} 件" for count, said in parts)
        return say("sms.decisions", counts=counts)
    (one,) = told
    what, note = notice_words(one.code, one.data, say), str(one.data["note"])
    text = say("sms.decision", what=what, reason=say("sms.reason", note=note) if note else "")
    return text if len(text) <= LONGEST_SMS else f"{text[: LONGEST_SMS - 1]}…"


def _code(event: ReviewDecided) -> str:
    """A supplier's two tasks are one application to itself; the other kinds share their words."""
    if event.kind is ReviewKind.SUPPLIER and event.outcome == "approved":
        return "supplier.restored"  # who is let in anew is so by the second person
    if event.kind in {ReviewKind.SUPPLIER, ReviewKind.SUPPLIER_SECOND}:
        return f"supplier.{event.outcome}"
    return "decided"


def _page(event: ReviewDecided) -> tuple[str, dict[str, str]]:
    if event.kind is ReviewKind.LISTING:
        return "catalog.show", {"listing_id": str(event.subject_id)}
    if event.kind is ReviewKind.PAPER:
        return "suppliers.paper", {"paper_id": str(event.subject_id)}
    if event.kind is ReviewKind.DECLARATION:
        return "suppliers.declarations", {"supplier_id": str(event.supplier_id)}
    return "suppliers.show", {"supplier_id": str(event.supplier_id)}
