"""What the worker looks after: periods that ended, days that ran out, payouts that may be made."""

from __future__ import annotations

from datetime import timedelta

from marketplace.settlement import queries
from marketplace.settlement.service.answering import decide
from marketplace.settlement.service.making import make_statements
from marketplace.settlement.service.paying import propose_payouts
from marketplace.work import Work


def tend(w: Work) -> None:
    """Make statements, issue drafts that nobody stopped, take silence as a yes, propose payouts; by
    the system, as often as one likes."""
    config = w.tools.config
    make_statements(w)
    seen = w.now - timedelta(days=config.statement_draft_days)
    for statement_id in queries.overdue_drafts(w.session, seen):
        decide(w, statement_id, "issue")
    silent = w.now - timedelta(days=config.statement_answer_days)
    for statement_id in queries.overdue_answers(w.session, silent):
        decide(w, statement_id, "confirm")
    propose_payouts(w)
