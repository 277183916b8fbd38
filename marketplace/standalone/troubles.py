"""Pages for what goes wrong where no blueprint is responsible: unknown address, our own fault."""

from __future__ import annotations

import logging

from flask import Flask, Response, make_response
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from marketplace.kernel.errors import MarketplaceError
from marketplace.web import pages as web

log = logging.getLogger(__name__)

# The page of last resort stands on nothing that could itself be broken.
LAST_RESORT = """<!doctype html>
<html lang="zh-Hans"><meta charset="utf-8"><title>直通车</title>
<h1>我们这边出了错</h1>
<p>这次没有保存任何改动。请过一会儿再试；如果还是这样，请把时间告诉管理员。</p>
<p lang="en">Something broke on our side. Nothing was saved. Please try again in a while; if it
stays like this, tell the administrator the time.</p></html>
"""


def register(app: Flask) -> None:
    """Our pages for the whole application: it is ours."""
    app.register_error_handler(MarketplaceError, web.refused)
    app.register_error_handler(SecurityError, unknown_host)
    app.register_error_handler(InternalServerError, our_fault)
    app.register_error_handler(HTTPException, refused_by_flask)


def refused_by_flask(fault: HTTPException) -> Response:
    """Unknown page, wrong method, too large; with the headers that HTTP asks for."""
    answer = make_response(web.broken(fault))
    for name, value in fault.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            answer.headers[name] = value
    return answer


def unknown_host(fault: SecurityError) -> Response:
    """No page: its links would be built on the very name that we do not trust."""
    text = "This host name is not one of ours (TRUSTED_HOSTS).\n"
    return Response(text, fault.code, content_type="text/plain; charset=utf-8")


def our_fault(fault: InternalServerError) -> Response:
    """Flask has logged the cause already; the page says nothing of it."""
    try:
        return make_response(web.broken(fault))
    except Exception:  # whatever broke the request may break its error page too
        log.exception("the error page could not be made")
        return Response(LAST_RESORT, 500, content_type="text/html; charset=utf-8")
