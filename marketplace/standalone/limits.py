"""How often, and how much, each door takes: two tables by endpoint, so that no view knows of it and
a host that mounts us has its own.

What guards passwords and codes is counted in the database instead (accounts.service.counting): it
outlives a restart, is the same for all servers, and without the database nobody comes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, current_app, make_response, request
from flask.typing import RouteCallable as View
from flask_limiter import Limiter, RateLimitExceeded
from werkzeug.exceptions import RequestEntityTooLarge

from marketplace.accounts import rules
from marketplace.kernel.clock import SystemClock
from marketplace.kernel.errors import MarketplaceError
from marketplace.web import door
from marketplace.web import pages as web

MEGABYTE = 1024 * 1024
FORM_ROOM = MEGABYTE // 4  # for what stands in the form beside the file


@dataclass(frozen=True, slots=True)
class Often:
    """So often for one person, or for one place of people who are not signed in."""

    name: str
    at_most: str
    doors: tuple[str, ...]

    @property
    def code(self) -> str:
        """The key of its words in the catalogues."""
        return f"often_{self.name}"


UPLOADS = (
    "marketplace.accounts.take",
    "marketplace.banking.take",
    "marketplace.catalog.compare_price",
    "marketplace.catalog.draft",
    "marketplace.catalog.import_now",
    "marketplace.catalog.name_columns",
    "marketplace.catalog.paper_batch",
    "marketplace.catalog.paper_goods",
    "marketplace.catalog.show_photos",
    "marketplace.claims.open_claim",
    "marketplace.desk.add_list",
    "marketplace.desk.compare_price",
    "marketplace.desk.take_list",
    "marketplace.desk.write_down",
    "marketplace.invoices.decide_invoice",
    "marketplace.invoices.enter",
    "marketplace.orders.take_tracking",
    "marketplace.purchasing.set_people",
    "marketplace.suppliers.hand_in",
    "marketplace.suppliers.propose_account",
)
OFTEN = (
    Often("search", "120 per minute", ("marketplace.zone.search",)),
    Often("upload", "40 per 10 minutes", UPLOADS),
    Often(
        "checkout",
        "30 per 10 minutes",
        ("marketplace.orders.place", "marketplace.payments.pay"),
    ),
    Often(
        "register",
        "60 per hour",
        ("accounts.register_now", "accounts.newcomer_now", "marketplace.suppliers.register_now"),
    ),
    Often(
        "reset",
        "60 per hour",
        ("accounts.reset_now", "accounts.reset_code_now", "accounts.reset_link_now"),
    ),
    # above what the database counts: whoever knocks without end is not even heard
    Often(
        "sign_in",
        "300 per 10 minutes",
        (
            "accounts.sign_in_now",
            "accounts.phone_now",
            "accounts.phone_code_now",
            "accounts.second_now",
        ),
    ),
)


class TooOften(MarketplaceError):
    """A limit of the table is reached; `data`: seconds to wait."""

    status = 429
    code = "too_often"


class TooLarge(MarketplaceError):
    """More was sent than this door takes; `data`: megabytes and parts it does take."""

    status = 413
    code = "too_large"


def set_up(app: Flask) -> None:
    """Both tables, and the pages that say when to come back and how much is taken.

    Raises KeyError for a row whose door is not there.
    """
    limiter = Limiter(
        who,
        app=app,
        storage_uri=app.config["RATE_LIMIT_STORE"],
        strategy="fixed-window",
        in_memory_fallback_enabled=True,  # a shared store that is gone stops nobody from buying
    )
    for row in OFTEN:
        limited = limiter.shared_limit(row.at_most, scope=row.name, error_message=row.code)
        for name in row.doors:
            app.view_functions[name] = cast(View, limited(app.view_functions[name]))
    app.before_request(measure)
    app.extensions["marketplace.limiter"] = limiter
    app.register_error_handler(RateLimitExceeded, too_often)
    app.register_error_handler(RequestEntityTooLarge, too_large)


def who() -> str:
    """The person, or the place of somebody who is nobody yet."""
    actor = door.actor()
    return actor.person_id if actor else rules.place_of(request.remote_addr or "")


def measure() -> None:
    """Uploads may be as large as one file with its form; everything else is text."""
    if request.endpoint in UPLOADS:
        request.max_content_length = door.runtime().tools.config.upload_bytes + FORM_ROOM


def too_often(fault: RateLimitExceeded) -> Response:
    found = current_app.extensions["marketplace.limiter"].current_limit
    seconds = max(1, found.reset_at - int(SystemClock().now().timestamp())) if found else 60
    answer = make_response(web.refused(TooOften(str(fault.description), seconds=seconds)))
    answer.headers["Retry-After"] = str(seconds)
    return answer


def too_large(_fault: RequestEntityTooLarge) -> Response:
    most = (request.max_content_length or 0) / MEGABYTE
    return make_response(
        web.refused(TooLarge(megabytes=f"{most:.0f}", parts=request.max_form_parts))
    )
