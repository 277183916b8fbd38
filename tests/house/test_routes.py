"""Every route says who may use it, and means it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from marketplace.kernel.actor import Role
from marketplace.web.door import EVERYONE, SIGNED_IN

WORDS = {EVERYONE, SIGNED_IN, *(role.value for role in Role)}
NOTHING = {"uuid": UUID(int=0), "int": 0, "string": "none", "default": "none", "path": "none"}
SAFE = {"GET", "HEAD", "OPTIONS"}
# what may be sent without a sign-in: it changes nothing but the sender's own browser
OPEN_POSTS = {
    "marketplace.payments.gateway",  # signed by the gateway over its very bytes
    "accounts.sign_in_now",
    "accounts.sign_out",
    "marketplace.web.preferences",
    # the other ways in: each counts its tries, and opens nothing without a code, a link or paper
    "accounts.newcomer_now",
    "accounts.phone_code_now",
    "accounts.phone_now",
    "accounts.register_now",
    "accounts.reset_code_now",
    "accounts.reset_link_now",
    "accounts.reset_now",
    "accounts.second_now",
}


@pytest.fixture
def routes(app: Flask) -> list[tuple[Rule, Callable[..., object]]]:
    """Every route but those that hand out our own static files."""
    found: list[tuple[Rule, Callable[..., object]]] = [
        (rule, app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if rule.endpoint.rpartition(".")[2] != "static"
    ]
    assert found
    return found


def access(view: Callable[..., object]) -> set[str]:
    return set(getattr(view, "__access__", ()))


def calls(app: Flask, rule: Rule) -> Iterator[tuple[str, str]]:
    """Each method of a route with an address that names nothing that exists."""
    kinds = {name: type(c).__name__.removesuffix("Converter").lower()
             for name, c in rule._converters.items()}  # fmt: skip
    places = {
        name: min(c.items) if isinstance(c, AnyConverter) else NOTHING.get(kinds[name], "none")
        for name, c in rule._converters.items()
    }
    with app.test_request_context():
        address = app.url_map.bind("localhost").build(rule.endpoint, places)
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        yield method, address


def test_every_route_says_who_may_use_it(routes: list[tuple[Rule, Callable[..., object]]]) -> None:
    silent = [rule.rule for rule, view in routes if not access(view)]
    unknown = [rule.rule for rule, view in routes if access(view) - WORDS]
    assert (silent, unknown) == ([], [])


def test_what_is_open_to_all_only_reads(routes: list[tuple[Rule, Callable[..., object]]]) -> None:
    open_writes = {
        rule.endpoint
        for rule, view in routes
        if EVERYONE in access(view) and (rule.methods or set()) - SAFE
    }
    assert open_writes <= OPEN_POSTS


def test_auditors_only_read(routes: list[tuple[Rule, Callable[..., object]]]) -> None:
    written = [
        rule.rule
        for rule, view in routes
        if Role.AUDITOR.value in access(view) and (rule.methods or set()) - SAFE
    ]
    assert written == []


def test_a_stranger_is_sent_to_the_sign_in_by_every_closed_route(
    app: Flask, routes: list[tuple[Rule, Callable[..., object]]]
) -> None:
    client = app.test_client()
    passed = []
    for rule, view in routes:
        if EVERYONE in access(view):
            continue
        for method, address in calls(app, rule):
            answer = client.open(address, method=method)
            if answer.status_code != 303 or "/sign-in" not in answer.headers["Location"]:
                passed.append(f"{method} {address}: {answer.status_code}")
    assert passed == []
