"""Several applications with the marketplace in one process do not meet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from marketplace.extension import Marketplace, Mounted
from marketplace.kernel.clock import SetClock
from marketplace.standalone import create_app
from tests.fixtures import NOON
from tests.host.conftest import PREFIX, MallPeople, copied, mount, sign_in_to_mall
from tests.host.hostile import MallIdentity, User, make_host
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier


@pytest.fixture
def other(users: dict[str, User], data: Path) -> Iterator[Flask]:
    """Another mall on data of its own, with its own way of carrying us."""
    app = make_host(users, SECRET_KEY="o" * 40)
    made = mount(app, users, copied(data, "other"))
    yield app
    made.runtime.engine.dispose()


@pytest.fixture
def alone(data: Path) -> Iterator[Flask]:
    """Our own application, on data of its own."""
    settings = {"MARKETPLACE_DATA": copied(data, "alone"), "MARKETPLACE_DEMO": True}
    app = create_app({**settings, "SECRET_KEY": "a" * 32}, clock=SetClock(NOON))
    yield app
    market(app).runtime.engine.dispose()


def market(app: Flask) -> Mounted:
    found: Mounted = app.extensions["marketplace"]
    return found


def test_two_malls_and_our_own_application_serve_side_by_side(
    alone: Flask, mounted: Flask, other: Flask, users: dict[str, User]
) -> None:
    here = MallPeople(market(mounted).runtime, users)
    an_approved_supplier(here)  # type: ignore[arg-type]  # people of the mall
    listing = a_listing(here, title="示例 只在这一家")  # type: ignore[arg-type]  # the same
    first, second = sign_in_to_mall(mounted, "employee"), sign_in_to_mall(other, "employee")
    own = alone.test_client()
    for _round in range(3):
        page = first.get(f"{PREFIX}/listings/{listing.id}").get_data(as_text=True)
        assert "示例 只在这一家" in page
        assert f'action="{PREFIX}/basket/' in page
        assert second.get(f"{PREFIX}/listings/{listing.id}").status_code == 404
        assert own.get(f"/listings/{listing.id}").status_code == 404
        page = own.get("/").get_data(as_text=True)
        assert '<body class="mp"' in page
        assert f'"{PREFIX}/' not in page
        assert "示例商城" not in page


def test_one_extension_serves_two_applications(users: dict[str, User], data: Path) -> None:
    both = Marketplace(identity=MallIdentity(users), clock=SetClock(NOON))
    apps = []
    for name, prefix in (("one", "/aid"), ("two", "/help/aid")):
        app = make_host(users)
        app.config.update(MARKETPLACE_DATA=copied(data, name), MARKETPLACE_LAYOUT="mall.html",
                          MARKETPLACE_LAYOUT_BLOCK="main")  # fmt: skip
        both.init_app(app, url_prefix=prefix)
        apps.append((app, prefix))
    for app, prefix in apps:
        people = MallPeople(market(app).runtime, users)
        an_approved_supplier(people)  # type: ignore[arg-type]  # people of the mall
        page = app.test_client().get(f"{prefix}/").get_data(as_text=True)
        assert f'href="{prefix}/search' in page or f'action="{prefix}/search"' in page
        market(app).runtime.engine.dispose()
