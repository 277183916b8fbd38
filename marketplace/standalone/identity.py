"""Our own answer to who is at the door: the sign-in cookie, looked up anew for every request."""

from __future__ import annotations

from flask import g, request, url_for

from marketplace.accounts import queries, rules, service
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Busy
from marketplace.web import door

COOKIE = "mp_sign_in"
SIGN_IN = "accounts.sign_in"


class OwnIdentity:
    """Fulfils `ports.identity.Identity`; a right that was withdrawn is gone at the next request."""

    def current(self) -> Actor | None:
        secret = request.cookies.get(COOKIE)
        if not secret:
            return None
        runtime = door.runtime()
        at = runtime.clock.now()
        idle = rules.IDLE_IN_DEMO if runtime.tools.config.demo else rules.IDLE
        with runtime.reading() as session:
            found = queries.open_sign_in(session, secret, at, idle=idle)
            actor = queries.actor_of(session, str(found.person_id), at) if found else None
        if found and actor and found.seen_at <= at - rules.SEEN_EVERY:
            try:
                with runtime.work(actor) as w:
                    service.keep_awake(w, found.id)
            except Busy:
                pass  # the page matters more; the next request notes it
        return actor

    def login_url(self, next_url: str) -> str:
        if request.endpoint == SIGN_IN:  # being there already, the way back stays what it was
            next_url = request.args.get("next", "")
        return url_for(SIGN_IN, next=next_url or None)

    def sign_out_url(self) -> str:
        return url_for("accounts.sign_out")

    def name_of(self, person_id: str) -> str:
        """Asked once per person and request: long lists name the same few people."""
        names: dict[str, str] = g.setdefault("mp_names", {})
        if person_id not in names:
            with door.reading() as session:
                names[person_id] = queries.name_of(session, person_id)
        return names[person_id]
