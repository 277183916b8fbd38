"""Questions about people, organisations and sign-ins; each takes a Session."""

from marketplace.accounts.queries.inviting import (
    BatchRow,
    OpenInvitation,
    batches,
    open_invitation,
    places_to_invite,
)
from marketplace.accounts.queries.people import (
    PersonRow,
    actor_of,
    in_force,
    login_of,
    name_of,
    organisation,
    organisations,
    people,
    person_by_login,
    subtree,
)
from marketplace.accounts.queries.signing_in import (
    BadSignIn,
    half_sign_in,
    knows_place,
    open_sign_in,
    recognised,
    recovery_codes_left,
    second_factor,
    seen,
    sign_ins_of,
)

__all__ = [
    "BadSignIn",
    "BatchRow",
    "OpenInvitation",
    "PersonRow",
    "actor_of",
    "batches",
    "half_sign_in",
    "in_force",
    "knows_place",
    "login_of",
    "name_of",
    "open_invitation",
    "open_sign_in",
    "organisation",
    "organisations",
    "people",
    "person_by_login",
    "places_to_invite",
    "recognised",
    "recovery_codes_left",
    "second_factor",
    "seen",
    "sign_ins_of",
    "subtree",
]
