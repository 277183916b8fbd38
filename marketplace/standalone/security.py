"""Flask-Security: it checks passwords, locks and authenticator codes for our pages.

It gets no pages, no session and no database of its own; docs/decisions/0010 says why.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, cast

from flask import Flask, current_app, request
from flask_security import MailUtil, PasswordUtil, RoleMixin, Security, UserDatastore, UserMixin
from flask_security.totp import Totp
from passlib.totp import TOTP, TotpMatch

from marketplace.accounts import queries, rules, service
from marketplace.accounts.models import Person
from marketplace.kernel.errors import Invalid
from marketplace.ports.mail import Mail
from marketplace.web import door
from marketplace.web.labels import error_words
from marketplace.work import Work

ISSUER = "直通车"
# the same hashes as accounts.rules makes, so that commands need no application to make one
SETTINGS = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__type": "ID",
        "argon2__memory_cost": rules.MEMORY,
        "argon2__time_cost": rules.PASSES,
        "argon2__parallelism": rules.LANES,
    },
    "SECURITY_PASSWORD_LENGTH_MIN": rules.SHORTEST_PASSWORD,
    "SECURITY_TWO_FACTOR": True,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_TOTP_ISSUER": ISSUER,
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
}
CLOCK_SKEW = 30  # seconds: one code earlier or later is still right


class Account(UserMixin):
    """One person as Flask-Security asks for it, so that Person itself knows no web.

    Somebody unknown is an account too, whose password nobody has: what follows takes as long.
    """

    fs_uniquifier = ""  # Flask-Security looks for it on the class

    def __init__(self, login: str, person: Person | None) -> None:
        self.login = login
        self.person_id = person.id if person else None
        self.fs_uniquifier = str(self.person_id)
        self.roles = []  # ours are memberships, asked at every request
        self.active = person is not None
        self.email = (person.email if person else None) or ""
        self.password = person.password_hash if person else rules.nobodys_hash()
        self.kept_hash = self.password
        self.locked_by: service.TooManyTries | None = None
        self.locked_elsewhere: service.TooManyTries | None = None  # not for the owner at home
        self.tf_totp_secret: str | None = None
        self.last_counter: int | None = None

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """Counts this try, and says so in words when it is one too many: an answer without words
        would be taken for a success. Our pages ask before they look at a password."""
        try:
            with door.runtime().work() as w:
                self.locked_elsewhere = service.count_try(w, self.login, _address())
        except service.TooManyTries as fault:
            self.locked_by = fault
            if form_error is not None:
                form_error.append(" ".join(error_words(fault)))
        return self.locked_by is not None

    def verify_and_update_password(self, password: str) -> bool:
        """Whether it is right and opens from here; slow in either case.

        Raises TooManyTries for a wrong one, and for a stranger's, while too many places try.
        """
        right: bool = super().verify_and_update_password(password)
        if self.locked_elsewhere and not (right and self._is_home()):
            raise self.locked_elsewhere
        return right

    def _is_home(self) -> bool:
        place = rules.place_of(_address())
        with door.reading() as session:
            return queries.knows_place(session, self.login, place, door.now())

    def opened_by(self, password: str) -> bool:
        """Slow on purpose: ask it outside a unit of work. Raises TooManyTries."""
        if len(password) > rules.LONGEST_PASSWORD:
            password = ""  # cannot be right, yet takes as long as any other
        right: bool = self.verify_and_update_password(password)
        return right and self.active

    @property
    def known_id(self) -> uuid.UUID:
        """Whose account it is. Raises BadSignIn for nobody's."""
        if self.person_id is None:
            raise queries.BadSignIn
        return self.person_id

    @property
    def stronger_hash(self) -> str | None:
        """Made at this sign-in because the kept one was weaker than today's."""
        return None if self.password == self.kept_hash else self.password


class Accounts(UserDatastore):
    """People as Flask-Security looks for them; writing is the services' affair."""

    def __init__(self) -> None:
        super().__init__(Account, RoleMixin)

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> Account:
        """By `login` alone; somebody unknown is found too, see Account."""
        login = str(wanted["login"])
        with door.reading() as session:
            return Account(login, queries.person_by_login(session, login, door.now()))

    def put(self, model: Account) -> Account:
        """A new hash is written by the unit of work that admits its owner."""
        return model


class AppCodes(Totp):
    """Authenticator codes by our clock; a stored secret names the key that encrypts it."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        self._totp = TOTP.using(
            issuer=issuer,
            secrets=secrets,
            default_tag=next(iter(secrets)),
            now=lambda: door.now().timestamp(),
        )

    def get_last_counter(self, user: UserMixin) -> int | None:
        return user.last_counter if isinstance(user, Account) else None

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remembered for the unit of work, whose guarded update uses the code up."""
        if isinstance(user, Account):
            user.last_counter = tmatch.counter

    def generate_qrcode(self, username: str, totp: str) -> str:
        """None: our pages draw it themselves, since the policy lets no data: picture in."""
        return ""


class Passwords(PasswordUtil):
    """Whatever asks Flask-Security about a new password hears our rules."""

    def validate(
        self, password: str, is_register: bool, **told: Any
    ) -> tuple[list[str] | None, str]:
        user = told.get("user")
        try:
            service.checked_password(
                door.runtime().tools.config, password, *([user.login] if user else [])
            )
        except Invalid as fault:
            return [" ".join(error_words(fault))], password
        return None, password


class Letters(MailUtil):
    """Whatever Flask-Security sends leaves by our outbox; without this it raises."""

    def send_mail(  # noqa: PLR0917  # Flask-Security's own signature
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **_context: Any,
    ) -> None:
        to = recipient if isinstance(recipient, str) else recipient[1]
        with door.runtime().work() as w:
            w.send(Mail(to, subject, body or "", html or ""))


def set_up(app: Flask) -> None:
    """Put Flask-Security into our own application; a host that mounts us has none of it."""
    app.config.update(SETTINGS)
    app.config["SECURITY_PASSWORD_SALT"] = derived(app, "salt", app.config["SECRET_KEY"])
    keys = [app.config["SECRET_KEY"], *(app.config["SECRET_KEY_FALLBACKS"] or ())]
    app.config["SECURITY_TOTP_SECRETS"] = {
        derived(app, "tag", key)[:8]: derived(app, "totp", key) for key in keys
    }
    with app.app_context():  # the codes look at our clock
        security = Security(
            app,
            Accounts(),
            register_blueprint=False,
            totp_cls=AppCodes,
            password_util_cls=Passwords,
            mail_util_cls=Letters,
        )
    _be_quiet(app, security)


def derived(app: Flask, purpose: str, key: str) -> str:
    """A key for one purpose, from the application's."""
    return hashlib.sha256(f"marketplace {purpose} {key}".encode()).hexdigest()


def _address() -> str:
    return request.remote_addr or ""


def checker() -> Security:
    """Flask-Security of this application."""
    return cast(Security, current_app.extensions["security"])


def recognised(login: str, password: str) -> Account:
    """Count the try, then look (slowly, holding no lock). Raises TooManyTries, BadSignIn."""
    account = cast(Account, checker().datastore.find_user(login=login))
    if account.is_locked():
        raise account.locked_by or service.TooManyTries(minutes=1)
    if not account.opened_by(password):
        raise queries.BadSignIn
    return account


def forgive(w: Work, account: Account) -> None:
    """The password was right, and is still: its tries are forgotten, a weak hash is replaced.

    Raises BadSignIn when it was changed while it was looked at.
    """
    service.same_password(w, account.known_id, account.kept_hash)
    service.forgive(w, account.login, _address())
    if account.stronger_hash:
        service.strengthen(w, account.known_id, account.stronger_hash)


def _be_quiet(app: Flask, security: Security) -> None:
    """Who is there, our door asks. Left in, these ask it again for every stylesheet, accept a
    token in the address, and make each answer depend on a cookie."""
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    security.login_manager.request_loader(lambda _request: None)
    security.login_manager.user_loader(lambda _user_id: None)
