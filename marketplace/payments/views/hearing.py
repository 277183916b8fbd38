"""What the gateway sends by itself: signed, without a person, perhaps twice, perhaps late."""

from __future__ import annotations

import logging

from flask import request
from flask.typing import ResponseReturnValue

from marketplace.kernel.errors import Missing
from marketplace.payments import service
from marketplace.payments.views.blueprint import pages
from marketplace.ports.payments import BadEvent, GatewayRefused
from marketplace.web import now, open_to_all, takes
from marketplace.web.door import runtime

log = logging.getLogger(__name__)
LONGEST_EVENT = 256 * 1024  # bytes


@pages.post("/gateway")
@takes(LONGEST_EVENT)
@open_to_all
def gateway() -> ResponseReturnValue:
    """The signature over the very bytes is the door; no form token, no cookie, no Origin counts.

    2xx: known, whether or not it changed anything; anything else is sent again by the gateway.
    """
    card = runtime().tools.card
    if not card.is_offered or not card.page_origin:
        raise Missing
    try:
        event = card.read_event(request.get_data(), dict(request.headers), now())
    except BadEvent:
        log.warning("an event was not believed", extra={"event": "gateway_event_refused"})
        raise
    try:
        service.hear(runtime(), event)
    except GatewayRefused:  # signed, yet the gateway does not know what it is about
        log.warning("event %s is about nothing", event.id)
    return "", 204
