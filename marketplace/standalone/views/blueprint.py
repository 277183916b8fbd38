"""The blueprint that every door hangs on, and which doors are shut where no message arrives."""

from __future__ import annotations

from flask import Blueprint, request

from marketplace.kernel.errors import MarketplaceError
from marketplace.web.door import runtime

pages = Blueprint("accounts", __name__)

BY_SMS = frozenset(
    {
        "accounts.phone",
        "accounts.phone_now",
        "accounts.phone_code",
        "accounts.phone_code_now",
        "accounts.register",
        "accounts.register_now",
        "accounts.newcomer",
        "accounts.newcomer_now",
        "accounts.reset_code",
        "accounts.reset_code_now",
    }
)
BY_ANY = frozenset({"accounts.reset", "accounts.reset_now"})


class NotOffered(MarketplaceError):
    """This way in needs a message, and none reaches anybody from here."""

    status = 404
    code = "not_offered"


def ways() -> list[str]:
    """By which messages reach people: sms, mail; without a carrier they would lie in a file."""
    config = runtime().tools.config
    reached = {"sms": config.sends_sms, "mail": config.sends_mail}
    return [way for way, is_there in reached.items() if is_there]


@pages.before_request
def refuse_unsent() -> None:
    """Raises NotOffered."""
    open_ways = ways()
    if request.endpoint in BY_SMS and "sms" not in open_ways:
        raise NotOffered
    if request.endpoint in BY_ANY and not open_ways:
        raise NotOffered
