"""Our own answer to who is at the door: the sign-in cookie, looked up anew for every request."""

from __future__ import annotations

import uuid
from typing import cast

from flask import Response, after_this_request, current_app, g, make_response, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries, rules, service
from marketplace.accounts.models import SignIn
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Busy, Missing
from marketplace.standalone.security import forgive, recognised
from marketplace.web import door
from marketplace.web.words import _

COOKIE = "mp_sign_in"
SIGN_IN = "accounts.sign_in"


class OwnIdentity:
    """Fulfils `ports.identity.Identity`; a right that was withdrawn is gone at the next request."""

    def current(self) -> Actor | None:
        secret = secret_given()
        if not secret:
            return None
        runtime = door.runtime()
        at, demo = runtime.clock.now(), runtime.tools.config.demo
        longest = rules.idle_limit(frozenset(), demo=demo)
        with runtime.looking() as session:
            known = queries.signed_in(session, secret, at, idle=longest)
        if known is None or not _still_open(known[0], known[1].roles):
            return None
        found, actor = known
        g.mp_sign_in = found.id
        return actor if _kept_up(found, actor) else None

    def login_url(self, next_url: str) -> str:
        if request.endpoint == SIGN_IN:  # being there already, the way back stays what it was
            next_url = request.args.get("next", "")
        return url_for(SIGN_IN, next=next_url or None)

    def sign_out_url(self) -> str:
        return url_for("accounts.sign_out")

    def own_pages(self, actor: Actor) -> list[tuple[str, str]]:
        """What stands in the person's menu: words and address."""
        found = [(_("安全设置"), url_for("accounts.own"))]
        if Role.MANAGER in actor.roles:
            found.append((_("邀请码"), url_for("accounts.invitations")))
        return found

    def knows_again(self, password: str) -> bool:
        """A wrong one counts as a try to sign in. Raises TooManyTries."""
        person_id = uuid.UUID(door.someone().person_id)
        with door.reading() as session:
            login = queries.login_of(session, person_id)
        try:
            account = recognised(login, password)
            with door.work() as w:
                forgive(w, account)
        except queries.BadSignIn:
            return False
        return account.known_id == person_id

    def invitation_url(self, code: str) -> str:
        return url_for("accounts.register", code=code, _external=True)

    def name_of(self, person_id: str) -> str:
        """Asked once per person and request: long lists name the same few people."""
        names: dict[str, str] = g.setdefault("mp_names", {})
        if person_id not in names:
            with door.looking() as session:
                names[person_id] = queries.name_of(session, person_id)
        return names[person_id]


def cookie_name() -> str:
    """Under TLS with the prefix that keeps neighbouring host names from planting it."""
    return f"__Host-{COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE


def secret_given() -> str:
    """What this request's browser holds, or gets with the answer; empty for nothing."""
    return str(g.get("mp_secret") or request.cookies.get(cookie_name(), ""))


def this_sign_in() -> uuid.UUID:
    """The sign-in of this request, once somebody is known to be signed in."""
    return cast(uuid.UUID, g.mp_sign_in)


def give_secret(answer: ResponseReturnValue, secret: str) -> Response:
    """Let the browser hold this secret from now on."""
    g.mp_secret = secret
    made = make_response(answer)
    made.set_cookie(
        cookie_name(),
        secret,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return made


def drop_secret(answer: ResponseReturnValue) -> Response:
    """Let the browser forget it; one under the prefix is only dropped by a cookie as secure."""
    made = make_response(answer)
    made.delete_cookie(
        cookie_name(),
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return made


def _still_open(found: SignIn, roles: frozenset[Role]) -> bool:
    """Staff idle less, last less, and are nobody before their second factor."""
    demo = door.runtime().tools.config.demo
    if rules.needs_second(roles) and not demo and found.second_at is None:
        return False
    at = door.now()
    return (
        found.seen_at > at - rules.idle_limit(roles, demo=demo)
        and found.started_at > at - rules.absolute_limit(roles, demo=demo)
    )  # fmt: skip


def _kept_up(found: SignIn, actor: Actor) -> bool:
    """Note that it was seen; give it another secret when its owner may more than before.

    False for one whose secret another request has just replaced.
    """
    stale = found.seen_at <= door.now() - rules.SEEN_EVERY
    if not (found.renew or stale):
        return True
    try:
        with door.runtime().work(actor) as w:
            if not found.renew:
                service.keep_awake(w, found.id)
                return True
            secret = service.renew(w, found.id)
    except Busy:
        return True  # the page matters more; the next request notes it
    except Missing:
        return False
    g.mp_secret = secret  # whoever asks again in this request holds the old one no more
    after_this_request(_renewed)
    return True


def _renewed(answer: Response) -> Response:
    """Unless the view has said already what the browser holds from now on."""
    said = any(one.startswith(f"{cookie_name()}=") for one in answer.headers.getlist("Set-Cookie"))
    return answer if said else give_secret(answer, secret_given())
