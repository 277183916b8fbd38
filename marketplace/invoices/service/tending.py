"""What the worker looks after: suppliers whose time to issue has run out are told so, once."""

from __future__ import annotations

from marketplace.invoices import queries
from marketplace.invoices.service.asking import tell_supplier
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden
from marketplace.work import Work

MOST = 200  # in one round; the next round goes on


def remind(w: Work) -> int:
    """Answers how many were told; by the system, as often as one likes. Raises Forbidden."""
    if Role.SYSTEM not in w.actor.roles:
        raise Forbidden(verb="remind")
    late = queries.to_remind(w.session, w.now, MOST)
    for found in late:
        found.reminded_at = w.now
        tell_supplier(w, found, found.order, "invoice_late")
        w.record("remind", found, due_on=found.due_on.isoformat())
    return len(late)
