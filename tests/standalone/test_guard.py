"""Headers of every answer, cookies, foreign forms, host names."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.standalone import create_app
from marketplace.standalone.identity import COOKIE
from tests.databases import Place
from tests.fixtures import PASSWORD, People, post

ClientAs = Callable[[str], FlaskClient]
KEY = "k" * 32


@pytest.fixture
def shop(place: Place, people: People) -> Iterator[Flask]:
    """The same data as a shop in earnest: no demonstration, behind TLS."""
    made = create_app({**place.settings, "TRUSTED_HOSTS": "shop.example", "SECRET_KEY": KEY})
    yield made
    made.extensions["marketplace"].runtime.engine.dispose()


# written out once more: what the code says of itself would be true of any policy
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/healthz", "/suppliers/"])
def test_every_answer_carries_the_policy(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=(), geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_pages_of_somebody_signed_in_are_kept_nowhere(client_as: ClientAs) -> None:
    client = client_as("employee")
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert client.get("/nowhere").headers["Cache-Control"] == "no-store"


def test_no_cache_on_the_way_shares_a_strangers_page(app: Flask) -> None:
    assert "private" in app.test_client().get("/").headers["Cache-Control"]


def test_a_stylesheet_may_be_kept(client_as: ClientAs) -> None:
    answer = client_as("employee").get("/static/marketplace/css/base.css")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"]
    answer.close()


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(app: Flask, people: People) -> None:
    answer = post(app.test_client(), "/sign-in", login="13500000000", password=PASSWORD)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # the demonstration runs on http://127.0.0.1


def test_in_earnest_cookies_travel_by_tls_only_and_nobody_is_listed(shop: Flask) -> None:
    client = shop.test_client()
    base = "https://shop.example"
    page = client.get("/sign-in", base_url=base)
    assert 'name="password" value="' not in page.text
    assert page.headers["Strict-Transport-Security"]
    token = page.text.split('name="csrf_token" type="hidden" value="', 1)[1].split('"', 1)[0]
    answer = client.post(
        "/sign-in",
        base_url=base,
        data={"csrf_token": token, "login": "13500000000", "password": PASSWORD},
    )
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("Secure" in cookie for cookie in cookies)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_a_token(
    client_as: ClientAs, headers: dict[str, str]
) -> None:
    client = client_as("employee")
    page = client.get("/").text
    token = page.split('name="csrf_token" type="hidden" value="', 1)[1].split('"', 1)[0]
    refused = client.post("/sign-out", data={"csrf_token": token}, headers=headers)
    assert refused.status_code == 403
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 303


def test_an_old_browser_on_our_own_page_is_let_through(client_as: ClientAs) -> None:
    client = client_as("employee")
    page = client.get("/").text
    token = page.split('name="csrf_token" type="hidden" value="', 1)[1].split('"', 1)[0]
    answer = client.post(
        "/sign-out", data={"csrf_token": token}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 303


def test_a_host_name_that_is_not_ours_gets_no_page(app: Flask) -> None:
    answer = app.test_client().get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_an_address_from_the_proxy_counts_only_when_there_is_one(
    place: Place, app: Flask, people: People
) -> None:
    for _ in range(10):
        post(app.test_client(), "/sign-in", login="13500000000", password="guess-guess")
    liar = app.test_client()
    liar.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.7"
    assert post(liar, "/sign-in", login="13500000000", password=PASSWORD).status_code == 429
    proxied = create_app(
        {**place.settings, "MARKETPLACE_DEMO": True, "SECRET_KEY": KEY, "PROXY_HOPS": 1},
        clock=people.runtime.clock,
    )
    behind = proxied.test_client()
    behind.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.7"
    answer = post(behind, "/sign-in", login="13500000000", password=PASSWORD)
    proxied.extensions["marketplace"].runtime.engine.dispose()
    assert answer.status_code == 303
