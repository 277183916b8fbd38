"""What stands around every request of our own application: headers, and where a POST comes from.

A host has its own; nothing of this touches an application that mounts the marketplace.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from marketplace.kernel.errors import MarketplaceError
from marketplace.standalone.identity import secret_given
from marketplace.web.door import runtime

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action {}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR = "max-age=31536000"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# what is sent without a browser and proves itself by a signature over its very bytes
SIGNED = frozenset({"marketplace.payments.gateway"})


class ForeignForm(MarketplaceError):
    """Another site sent this request with the person's cookies."""

    status = 403
    code = "foreign_form"


def protect(app: Flask) -> None:
    """Put both in place."""
    app.before_request(refuse_foreign)
    app.after_request(add_headers)


def policy(page_origin: str) -> str:
    """Where a form leads, the answer's redirect included: to us, and to the page of the gateway."""
    return POLICY.format(" ".join(filter(None, ("'self'", page_origin))))


def refuse_foreign() -> None:
    """A second fence beside the form token. Raises ForeignForm."""
    if request.method in SAFE or request.endpoint in SIGNED:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        foreign = site not in {"same-origin", "none"}
    else:  # a browser from before 2020-23; something that is no browser sends neither
        foreign = origin is not None and _host_of(origin) != request.host
    if foreign:
        raise ForeignForm


def _host_of(origin: str) -> str | None:
    """The host that an Origin header names; None for one that names nothing."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def add_headers(answer: Response) -> Response:
    """An answer that already says something stricter of itself keeps it."""
    card = runtime().tools.card
    answer.headers.setdefault("Content-Security-Policy", policy(card.page_origin))
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", A_YEAR)
    if (request.endpoint or "").endswith("static"):
        return answer
    if secret_given() or request.blueprint == "accounts":  # (a picture of goods says its own)
        answer.headers.setdefault("Cache-Control", "no-store")
    else:  # a page holds its reader's form token, so no cache on the way may share it
        answer.headers.setdefault("Cache-Control", "private, no-cache")
    return answer
