"""The chart of accounts and what stands on each, for those who look after the money."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing
from marketplace.ledger import queries, rules
from marketplace.ledger.states import AccountKind, Book
from marketplace.web import needs, page, page_number, reading, someone
from marketplace.web.words import words

pages = Blueprint("ledger", __name__, url_prefix="/ledger")

OVERSEERS = (Role.MANAGER, Role.AUDITOR)
_ORDER = ("orders.show", "order_id")
_PLAN = ("purchasing.show", "plan_id")
_PAYMENT = ("payments.show", "payment_id")
_CREDIT = ("credit.show", "grant_id")
_PAYOUT = ("settlement.payout", "payout_id")
_LINE = ("banking.line", "line_id")
# by event, the page of what caused it; what has none is told by its number
CAUSES = {
    "settled": ("orders.purchase", "purchase_id"),
    "paid": _ORDER,
    "cancelled": _ORDER,
    "part_refunded": _ORDER,
    "taken_back": _ORDER,
    "kept": _ORDER,
    "kept_back": _ORDER,
    "refunded": _ORDER,
    rules.DUE: _ORDER,
    rules.DUE_BACK: _ORDER,
    "fees": ("settlement.show", "statement_id"),
    "under_way": _PAYOUT,
    "paid_out": _PAYOUT,
    "sent_back": _PAYOUT,
    "bounced": _PAYOUT,
    "excess": _PAYMENT,
    "returned": _PAYMENT,
    "received": _LINE,
    "claimed": _LINE,
    "sent_away": _LINE,
    "dismissed": _LINE,
    "disputed": _PAYMENT,
    "dispute_won": _PAYMENT,
    "dispute_lost": _PAYMENT,
    "reserved": _PLAN,
    "committed": _PLAN,
    "spent": _PLAN,
    "released": _PLAN,
    "funded": _CREDIT,
    "credit_funded": _CREDIT,
    "credit_expired": _CREDIT,
    "credit_refunded": _CREDIT,
    "credit_reserved": _CREDIT,
    "credit_committed": _CREDIT,
    "credit_spent": _CREDIT,
    "credit_released": _CREDIT,
    "cover_held": ("orders.purchase", "purchase_id"),
    "cover_paid": ("orders.purchase", "purchase_id"),
    "cover_let_go": _ORDER,
    "cover_returned": _ORDER,
}


@pages.get("")
@needs(*OVERSEERS)
def index() -> ResponseReturnValue:
    with reading() as session:
        chart = [row for row in queries.chart(session) if row.book in _books()]
        return page("ledger/index.html", chart=chart, clears=rules.CLEARED_WITHIN)


@pages.get("/<kind>")
@needs(*OVERSEERS)
def account(kind: str) -> ResponseReturnValue:
    if kind not in set(AccountKind):
        raise Missing(kind=kind)
    found = AccountKind(kind)
    if rules.book_of(found) not in _books():
        raise Missing(kind=kind)
    with reading() as session:
        return page(
            "ledger/account.html",
            kind=found,
            book=rules.book_of(found),
            balance=queries.balance(session, found),
            entries=queries.written(session, found, page_number()),
            cause_url=_cause_url,
            event_label=lambda event: words()(f"ledger.event.{event}"),
        )


def _books() -> frozenset[Book]:
    """Budgets are their unions' own: of the operator's people the auditor alone reads them."""
    return frozenset(Book) if Role.AUDITOR in someone().roles else frozenset({Book.MONEY})


def _cause_url(entry: queries.Written) -> str | None:
    """None for a grant, whose number is all there is to tell."""
    if entry.event not in CAUSES:
        return None
    endpoint, place = CAUSES[entry.event]
    places: dict[str, Any] = {place: entry.subject_id}
    return url_for(f"marketplace.{endpoint}", **places)
