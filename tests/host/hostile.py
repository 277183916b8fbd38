"""A mall with ways of its own in everything that an application can have its own way in.

Own sign-in (Flask-Login), own server-side session, CSRF over every POST (Flask-WTF), own words, own
limits, own spelling of templates, own error pages, hooks, headers, database session and stylesheet.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, flash, g, redirect, render_template, request, url_for
from flask.sessions import SessionInterface, SessionMixin
from flask_limiter import Limiter
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from werkzeug.datastructures import CallbackDict
from werkzeug.exceptions import HTTPException

from marketplace.kernel.actor import Actor, Grant

HERE = Path(__file__).parent
WORDS = {"home": "商城首页", "welcome": "欢迎光临", "foot": "商城敬上"}


class User(UserMixin):
    """Somebody of the mall; `grants` is what the mall lets them do with us."""

    def __init__(self, id_: str, name: str, grants: frozenset[Grant]) -> None:
        self.id, self.name, self.grants = id_, name, grants


class Drawer(CallbackDict[str, Any], SessionMixin):
    """One browser's drawer on the server."""


class Drawers(SessionInterface):
    """Sessions in memory under a random name."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def open_session(self, app: Flask, request: Request) -> Drawer:
        return Drawer(dict(self.kept.get(request.cookies.get("mall_sid", ""), {})))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        name = request.cookies.get("mall_sid") or secrets.token_hex(16)
        self.kept[name] = dict(session)
        response.set_cookie("mall_sid", name, httponly=True)


@dataclass
class Seen:
    """What the mall's own hooks saw."""

    before: int = 0
    after: int = 0
    torn: int = 0
    faults: list[str] = field(default_factory=list)


def make_host(users: Mapping[str, User], **settings: object) -> Flask:
    """The mall without us."""
    app = Flask("mall", template_folder=str(HERE / "templates"), static_folder=str(HERE / "static"))
    app.jinja_options = {
        "block_start_string": "[%", "block_end_string": "%]",
        "variable_start_string": "[[", "variable_end_string": "]]",
        "extensions": ["jinja2.ext.i18n"], "undefined": StrictUndefined,
    }  # fmt: skip
    app.config.update(SECRET_KEY="m" * 40, TESTING=True, PROPAGATE_EXCEPTIONS=False,
                      WTF_CSRF_TIME_LIMIT=None, RATELIMIT_HEADERS_ENABLED=True)  # fmt: skip
    app.config.update(settings)
    app.session_interface = Drawers()
    app.jinja_env.globals["_"] = lambda said: WORDS.get(said, f"?{said}?")
    app.jinja_env.filters["urlencode"] = app.jinja_env.filters["default"] = lambda *_any: "!mall!"
    app.jinja_env.globals["money"] = "the mall's money"
    app.context_processor(lambda: {"mall": "示例商城", "lang": "zh-mall", "actor": "mall actor"})
    CSRFProtect(app)
    Limiter(lambda: request.remote_addr or "", app=app, default_limits=["10000 per minute"],
            storage_uri="memory://")  # fmt: skip
    manager = LoginManager(app)
    manager.login_view = "login"
    manager.user_loader(users.get)
    _hooks(app)
    _errors(app)
    _routes(app, users)
    return app


def _hooks(app: Flask) -> None:
    seen = app.extensions["mall"] = Seen()
    engine = create_engine("sqlite://")
    shop = scoped_session(sessionmaker(engine))
    app.extensions["mall_database"] = shop

    @app.before_request
    def count() -> None:
        seen.before += 1
        g.shop = shop
        shop.execute(text("SELECT 1"))

    @app.after_request
    def sign(answer: Response) -> Response:
        seen.after += 1
        answer.headers["X-Mall"] = "yes"
        answer.headers["Content-Security-Policy"] = "default-src 'self'; img-src 'self' data:"
        return answer

    @app.teardown_request
    def close(_fault: BaseException | None) -> None:
        seen.torn += 1
        kept: Session = shop()
        assert kept.is_active
        shop.remove()


def _errors(app: Flask) -> None:
    def page(code: int) -> Callable[[Exception], tuple[str, int]]:
        def show(fault: Exception) -> tuple[str, int]:
            app.extensions["mall"].faults.append(type(fault).__name__)
            return f"mall error {code}", code

        return show

    for code in (400, 403, 404, 405, 409, 413, 422, 500):
        app.register_error_handler(code, page(code))
    app.register_error_handler(HTTPException, page(418))
    app.register_error_handler(Exception, page(500))


def _routes(app: Flask, users: Mapping[str, User]) -> None:
    @app.get("/")
    def home() -> str:
        return render_template("mall_home.html")

    @app.get("/account")
    @login_required
    def account() -> str:
        return str(current_user.name)

    @app.get("/boom")
    def boom() -> str:
        raise ZeroDivisionError

    @app.get("/note")
    def note() -> Response:
        flash("商城的话")
        return redirect(url_for("home"))  # type: ignore[return-value]  # werkzeug's Response

    @app.route("/login", methods=["GET", "POST"])
    def login() -> Any:
        if request.method == "GET":
            return render_template("mall_form.html")
        login_user(users[request.form["login"]])
        return redirect(request.args.get("next") or url_for("home"))

    @app.get("/orders/<order_id>")
    def show(order_id: str) -> str:
        return f"mall order {order_id}"


class MallIdentity:
    """The bridge that a host writes."""

    def __init__(self, users: Mapping[str, User]) -> None:
        self.users = users

    def current(self) -> Actor | None:
        if not current_user.is_authenticated:
            return None
        return Actor(current_user.id, current_user.name, current_user.grants)

    def login_url(self, next_url: str) -> str:
        return url_for("login", next=next_url)

    def name_of(self, person_id: str) -> str:
        user = self.users.get(person_id)
        return user.name if user else ""
