"""The verbs of accounts: people and roles, ways in, sign-ins, and the counting of tries."""

from marketplace.accounts.queries import BadSignIn
from marketplace.accounts.service.codes import Asked, BadCode, send_code, send_link, try_code
from marketplace.accounts.service.counting import (
    TooManyTries,
    count,
    count_guess,
    count_message,
    count_second,
    count_try,
    forgive,
    forgive_guess,
)
from marketplace.accounts.service.inviting import (
    BadInvitation,
    Newcomer,
    invite,
    join,
    withdraw_invitations,
)
from marketplace.accounts.service.passwords import (
    NewPassword,
    checked_password,
    set_password,
    strengthen,
)
from marketplace.accounts.service.people import (
    add_organisation,
    add_person,
    grant,
    leave,
    revoke,
)
from marketplace.accounts.service.second_factor import (
    begin_second,
    confirm_second,
    drop_second,
    new_recovery_codes,
    use_counter,
    use_recovery_code,
)
from marketplace.accounts.service.signing_in import (
    Browser,
    admit,
    end_others,
    end_sign_in,
    keep_awake,
    pass_second,
    renew,
    sign_in,
    sign_out,
)

__all__ = [
    "Asked",
    "BadCode",
    "BadInvitation",
    "BadSignIn",
    "Browser",
    "NewPassword",
    "Newcomer",
    "TooManyTries",
    "add_organisation",
    "add_person",
    "admit",
    "begin_second",
    "checked_password",
    "confirm_second",
    "count",
    "count_guess",
    "count_message",
    "count_second",
    "count_try",
    "drop_second",
    "end_others",
    "end_sign_in",
    "forgive",
    "forgive_guess",
    "grant",
    "invite",
    "join",
    "keep_awake",
    "leave",
    "new_recovery_codes",
    "pass_second",
    "renew",
    "revoke",
    "send_code",
    "send_link",
    "set_password",
    "sign_in",
    "sign_out",
    "strengthen",
    "try_code",
    "use_counter",
    "use_recovery_code",
    "withdraw_invitations",
]
