"""Whatever a host is before we come, it is after: to the last key, hook and byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, flash
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.fixtures import post, tokens
from tests.host.conftest import PREFIX, mount, sign_in_to_mall
from tests.host.hostile import User, make_host
from tests.house.places import modules

Enter = Callable[[str], FlaskClient]
HOOKS = (
    "before_request_funcs",
    "after_request_funcs",
    "teardown_request_funcs",
    "template_context_processors",
    "url_value_preprocessors",
    "url_default_functions",
)


def portrait(app: Flask) -> dict[str, Any]:
    """Everything of an application that another could have touched, ours left out."""
    env = app.jinja_env
    return {
        "config": {k: v for k, v in app.config.items() if not k.startswith("MARKETPLACE_")},
        "session": (id(app.session_interface), type(app.session_interface)),
        "login": (id(app.login_manager), app.login_manager.login_view),
        "globals": {name: id(what) for name, what in env.globals.items()},
        "filters": {name: id(what) for name, what in env.filters.items()},
        "tests": {name: id(what) for name, what in env.tests.items()},
        "jinja": (env.undefined, env.block_start_string, sorted(env.extensions), env.autoescape),
        "hooks": {name: list(getattr(app, name).get(None, ())) for name in HOOKS},
        "teardown": list(app.teardown_appcontext_funcs),
        "shell": list(app.shell_context_processors),
        "errors": {c: dict(found) for c, found in app.error_handler_spec[None].items() if found},
        "url errors": list(app.url_build_error_handlers),
        "rules": [(r.rule, r.endpoint, r.methods) for r in app.url_map.iter_rules()
                  if not r.endpoint.startswith("marketplace.")],
        "views": {k: id(v) for k, v in app.view_functions.items()
                  if not k.startswith("marketplace.")},
        "blueprints": [name for name in app.blueprints if name.partition(".")[0] != "marketplace"],
        "extensions": {k: id(v) for k, v in app.extensions.items() if k != "marketplace"},
        "wsgi": app.wsgi_app.__func__,
        "json": id(app.json),
        "cli": sorted(app.cli.commands),
        "secret": (app.secret_key, app.debug, app.testing),
    }  # fmt: skip


# cookies carry a time; the other two count the seconds of the host's own limiter
OF_THE_SECOND = frozenset({"Set-Cookie", "X-RateLimit-Reset", "Retry-After"})


def said(app: Flask, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
    with app.test_client().get(path) as answer:
        kept = [(k, v) for k, v in answer.headers if k not in OF_THE_SECOND]
        body = answer.get_data()
        for token in tokens(body.decode()).values():
            body = body.replace(token.encode(), b"token")
        return answer.status_code, kept, body


def test_mounting_and_serving_change_nothing_of_the_host(
    users: dict[str, User], data: Path
) -> None:
    app = make_host(users)
    before = portrait(app)
    made = mount(app, users, data)
    assert portrait(app) == before
    client = sign_in_to_mall(app, "employee")
    for path in ("/", "/orders", "/addresses", "/basket", "/listings/none", "/desk"):
        client.get(PREFIX + path)
    post(client, f"{PREFIX}/preferences", on=f"{PREFIX}/", language="en")
    assert portrait(app) == before
    made.runtime.engine.dispose()


PAGES = ["/", "/account", "/login", "/orders/7", "/boom", "/nothing", "/static/mall.css", "/note"]


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_of_the_host_are_the_same_to_the_byte(
    host: Flask, mounted: Flask, path: str
) -> None:
    mounted.test_client().get(f"{PREFIX}/")
    assert said(mounted, path) == said(host, path)


def test_the_hooks_of_the_host_run_once_for_each_request_of_ours(mounted: Flask) -> None:
    seen = mounted.extensions["mall"]
    answer = mounted.test_client().get(f"{PREFIX}/")
    assert (seen.before, seen.after, seen.torn) == (1, 1, 1)
    assert answer.headers["X-Mall"] == "yes"
    assert answer.headers["X-RateLimit-Limit"] == "10000"
    own = {"Strict-Transport-Security", "Permissions-Policy", "Referrer-Policy", "Cache-Control"}
    assert own & {name for name, _value in answer.headers} == set(), "headers are the host's"


def test_the_words_of_the_host_wait_for_its_own_page(mounted: Flask, enter: Enter) -> None:
    client = enter("employee")
    client.get("/note")
    assert "商城的话" in client.get("/").get_data(as_text=True)
    client.get("/note")
    shown = client.get(f"{PREFIX}/addresses").get_data(as_text=True)
    assert shown.count("商城的话") == 1, "by its layout, and not by our page too"


def test_our_words_are_told_once_on_our_page_and_nowhere_else(enter: Enter) -> None:
    client = enter("employee")
    where = {"recipient": "示例", "mobile": "13800000000", "county": "653129", "street": "示例路"}
    answer = post(client, f"{PREFIX}/addresses", **where)
    assert answer.status_code == 303
    assert "地址已保存" not in client.get("/").get_data(as_text=True)
    assert client.get(f"{PREFIX}/addresses").get_data(as_text=True).count("地址已保存") == 1
    assert "地址已保存" not in client.get(f"{PREFIX}/addresses").get_data(as_text=True)


def test_in_the_hosts_session_we_keep_only_keys_of_our_own(mounted: Flask, enter: Enter) -> None:
    client = enter("employee")
    with client.session_transaction() as session:
        session["csrf"] = {"the mall's": "own"}
        before = dict(session)
    post(client, f"{PREFIX}/preferences", on=f"{PREFIX}/", language="en")
    with client.session_transaction() as session:
        after = dict(session)
    assert {key for key in after if key not in before} == {"mp_csrf"}
    assert {key: after[key] for key in before} == before


def test_the_hosts_database_hears_only_the_host(mounted: Flask, enter: Enter) -> None:
    shop = mounted.extensions["mall_database"]
    heard: list[str] = []
    event.listen(shop.get_bind(), "before_cursor_execute", lambda *told: heard.append(told[2]))
    client = enter("employee")
    for path in ("/", "/orders", "/basket"):
        assert client.get(PREFIX + path).status_code == 200
    assert set(heard) == {"SELECT 1"}


def test_below_the_extension_nobody_speaks_through_the_hosts_messages() -> None:
    """`web.remark` does it; Flask's own `flash` would put our words on the host's pages."""
    said = {
        module.__name__
        for module in modules()
        if getattr(module, "flash", None) is flash
        and not module.__name__.startswith("marketplace.standalone")
    }
    assert said == set()
