"""The list of those who got some of a recalled batch, to be taken along: that is written down."""

from __future__ import annotations

import uuid

from marketplace.orders import queries
from marketplace.work import Work


def export_recipients(w: Work, batch_id: uuid.UUID) -> queries.Recall:
    """The list as this reader may have it; whoever takes it stands in the trail. Raises Missing."""
    found = queries.recall_of(w.session, w.actor, batch_id)
    w.record("export_recipients", found.batch, lines=len(found.recipients))
    return found
