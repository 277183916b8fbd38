"""One tree of errors, named for the trade; they carry data, the templates carry the words."""

from __future__ import annotations


class MarketplaceError(Exception):
    """Anything that we refuse on purpose; `status` is the answer of HTTP."""

    status = 400
    code = "bad_request"

    def __init__(self, code: str | None = None, **data: object) -> None:
        super().__init__(code or self.code)
        self.code = code or self.code
        self.data = data


class Invalid(MarketplaceError):
    """The input does not have the right shape; `data` names field and value."""

    status = 422
    code = "invalid"


class Missing(MarketplaceError):
    """There is no such thing for this actor; a stranger's thing is missing too."""

    status = 404
    code = "missing"


class Forbidden(MarketplaceError):
    """The actor's roles do not open this door."""

    status = 403
    code = "forbidden"


class SignInNeeded(MarketplaceError):
    """Nobody is signed in."""

    status = 401
    code = "sign_in_needed"


class Refused(MarketplaceError):
    """Well-formed, but the state of things does not allow it."""

    status = 409
    code = "refused"


class WrongState(Refused):
    """The verb is not open from the present state; `data`: verb, state."""

    code = "wrong_state"


class SamePerson(Refused):
    """The second pair of eyes may not belong to the first pair of hands."""

    code = "same_person"


class Busy(MarketplaceError):
    """The database could not take the change now; the same request may be sent again."""

    status = 503
    code = "busy"


class DiskFull(Busy):
    """The database has no room left; nothing of the change is kept. Whoever keeps it must make
    room, then the same request may be sent again."""

    code = "disk_full"


class Conflict(Busy):
    """Two units of work met and this one lost; nothing of it is kept, it may be done again."""


class StaleForm(MarketplaceError):
    """The form's token is missing, foreign or too old; the page must be loaded again."""

    status = 400
    code = "stale_form"
