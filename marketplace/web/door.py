"""The door: who may use which route, and the unit of work that a request opens.

Each view function states its access; a house test walks the routes and fails for one that does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import wraps
from itertools import chain
from typing import Any, ParamSpec, TypeVar, cast

from flask import current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.config import Config
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Forbidden, Invalid, SignInNeeded
from marketplace.ports.identity import Identity
from marketplace.ports.search import SearchIndex
from marketplace.ports.storage import Storage
from marketplace.work import Runtime, Work

P = ParamSpec("P")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
EVERYONE = "everyone"
SIGNED_IN = "signed in"
LONGEST_RESUMED = 40  # signs of a field that is carried through the sign-in
LONGEST_ID = 64  # characters of a host's user id: every column that keeps one has room for these


def runtime() -> Runtime:
    """The marketplace of this application."""
    return cast(Runtime, current_app.extensions["marketplace"].runtime)


def identity() -> Identity:
    """Who answers the question of who is at the door: host or standalone."""
    return cast(Identity, current_app.extensions["marketplace"].identity)


def actor() -> Actor | None:
    """The person of this request, asked once."""
    if "mp_actor" not in g:
        found = identity().current()
        if found and not 0 < len(found.person_id) <= LONGEST_ID:
            raise ValueError(f"a person's id has 1 to {LONGEST_ID} characters: {found.person_id!r}")
        g.mp_actor = found
    return cast(Actor | None, g.mp_actor)


def someone() -> Actor:
    """The signed-in person. Raises SignInNeeded."""
    found = actor()
    if found is None:
        raise SignInNeeded
    return found


def work() -> AbstractContextManager[Work]:
    """A unit of work in the name of the signed-in person."""
    return runtime().work(someone())


def now() -> datetime:
    """This instant by the marketplace's clock."""
    return runtime().clock.now()


@contextmanager
def reading() -> Iterator[Session]:
    """A read-only session."""
    with runtime().reading() as session, _shared(session):
        yield session


@contextmanager
def looking() -> Iterator[Session]:
    """The same for few short questions, see `Runtime.looking`; within another read-only session of
    this request that one: a page takes one."""
    known: Session | None = g.get("mp_reading")
    if known is not None:
        yield known
        return
    with runtime().looking() as session, _shared(session):
        yield session


@contextmanager
def _shared(session: Session) -> Iterator[None]:
    before = g.get("mp_reading")
    g.mp_reading = session
    try:
        yield
    finally:
        g.mp_reading = before


def kept_files() -> Storage:
    """The private files of this application."""
    return runtime().tools.storage


def settings() -> Config:
    """How this application was set up."""
    return runtime().tools.config


def search_index() -> SearchIndex:
    """The search of this application; it may fail, its callers go on without it."""
    return runtime().tools.search


def needs(*roles: Role) -> Callable[[View], View]:
    """Only for people who hold one of the roles; whose thing it is, the query decides."""

    def may() -> None:
        if not someone().roles & set(roles):
            raise Forbidden

    def guard(view: View) -> View:
        return _declare(_guarded(view, may), tuple(role.value for role in roles))

    return guard


def signed_in(view: View) -> View:
    """For everyone who is signed in."""

    return _declare(_guarded(view, someone), (SIGNED_IN,))


def open_to_all(view: View) -> View:
    """For everyone, also without signing in."""
    return _declare(_guarded(view, lambda: None), (EVERYONE,))


def resumes(endpoint: str, *names: str) -> Callable[[View], View]:
    """Whoever has to sign in before this POST comes to that page afterwards, with its parts of the
    address and these fields of the form; stands above the access."""

    def back(view: View) -> View:
        view.mp_resumes = (endpoint, names)  # type: ignore[attr-defined]  # as the access is kept
        return view

    return back


def resumed() -> str | None:
    """The address of that page for the present request, if its view names one."""
    view = current_app.view_functions.get(request.endpoint or "")
    endpoint, names = getattr(view, "mp_resumes", ("", ()))
    if not endpoint:
        return None
    kept = [name for name in names if name in request.form]
    said: dict[str, Any] = {name: request.form[name][:LONGEST_RESUMED] for name in kept}
    return url_for(endpoint, **(request.view_args or {}), **said)


def takes(most: int) -> Callable[[View], View]:
    """Also bodies of up to `most` bytes, more than other posts may have; stands above the access,
    because the door looks into the body."""

    def roomier(view: View) -> View:
        @wraps(view)
        def roomy(*args: object, **kwargs: object) -> ResponseReturnValue:
            request.max_content_length = most
            return view(*args, **kwargs)

        return cast(View, roomy)

    return roomier


def _guarded(view: View, may: Callable[[], object]) -> View:
    """The view behind its door. When its unit of work met another one, the whole view is done
    again, on the rights and facts of that instant; what a repeated post must not do twice, a
    repeated view does not either."""

    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
        _refuse_nul()

        def once() -> ResponseReturnValue:
            g.pop("mp_actor", None)
            may()  # before anything looks into the body: a stranger's is not even read
            if g.get("mp_repeated"):
                for file in chain.from_iterable(request.files.listvalues()):
                    file.seek(0)
            g.mp_repeated = True
            return view(*args, **kwargs)

        if request.method in ("GET", "HEAD"):  # reads meet nobody
            may()
            return view(*args, **kwargs)
        return runtime().again(once)

    return cast(View, guarded)


def _refuse_nul() -> None:
    """PostgreSQL keeps no NUL and SQLite stops reading at it; forms refuse it field by field."""
    asked = (request.path, *(text for values in request.args.listvalues() for text in values))
    if any("\x00" in text for text in asked):
        raise Invalid("control_character")


def _declare(view: View, access: tuple[str, ...]) -> View:
    view.__access__ = access  # type: ignore[attr-defined]  # read by the house test of routes
    return view
