"""Our pages in a mall: its layout around them, its people in them, our errors on our ground."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.config import Misconfigured
from tests.fixtures import post, tokens
from tests.host.conftest import IDS, PREFIX, MallPeople, mount
from tests.host.hostile import User, make_host
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier

Enter = Callable[[str], FlaskClient]
LINK = re.compile(r'(?:href|src|action)="([^"#][^"]*)"')


def text_of(client: FlaskClient, path: str, status: int = 200, **more: object) -> str:
    answer = client.get(path, **more)  # type: ignore[arg-type]  # passed on as it came
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def ours(page: str) -> str:
    """What stands in the block of the layout."""
    return page.split("<main>", 1)[1].split("</main>\n", 1)[0]


def test_our_page_stands_in_the_block_of_the_hosts_layout(mounted: Flask) -> None:
    page = text_of(mounted.test_client(), f"{PREFIX}/")
    head, body = page.split("<main>", 1)
    assert re.search(r"<title>[^<|]+ \| 示例商城</title>", head)
    assert "商城首页 |" not in head
    assert "<h1>示例商城</h1>" in head
    assert '<div class="mp guest"' in body
    assert page.count("<!doctype html>") == 1
    assert "商城敬上 mall actor" in body, "the layout reads its own context, not ours"
    assert "!mall!" not in page, "the host's filters do not touch our page"


def test_every_link_of_our_page_stays_below_the_prefix(mounted: Flask, enter: Enter) -> None:
    for client in (mounted.test_client(), enter("employee"), enter("supplier")):
        for path in ("/", "/search?q=瓜", "/villages"):
            links = LINK.findall(ours(text_of(client, PREFIX + path)))
            assert len(links) > 5
            away = [link for link in links if not link.startswith((f"{PREFIX}/", "/login?next="))]
            assert away == []


def test_our_assets_are_served_below_the_prefix(mounted: Flask) -> None:
    client = mounted.test_client()
    sheets = [link for link in LINK.findall(text_of(client, f"{PREFIX}/")) if link.endswith(".css")]
    own = [link for link in sheets if link.startswith(f"{PREFIX}/static/marketplace/css/")]
    assert len(own) >= 6
    for link in own:
        with client.get(link) as answer:
            assert answer.status_code == 200


def test_a_stranger_is_sent_to_the_hosts_sign_in_and_comes_back(mounted: Flask) -> None:
    client = mounted.test_client()
    away = client.get(f"{PREFIX}/orders?page=2")
    assert away.status_code == 303
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    assert asked == {"next": [f"{PREFIX}/orders?page=2"]}
    back = post(client, away.headers["Location"], login=IDS["employee"])
    assert back.headers["Location"] == f"{PREFIX}/orders?page=2"
    assert client.get(back.headers["Location"]).status_code == 200


def test_the_people_of_the_host_are_ours_by_name_and_role(enter: Enter) -> None:
    page = text_of(enter("employee"), f"{PREFIX}/")
    assert "商城 employee" in page
    assert f'href="{PREFIX}/orders"' in page
    assert f'href="{PREFIX}/desk"' not in page
    assert "退出登录" not in page, "signing out is the host's affair"
    assert f'href="{PREFIX}/desk"' in text_of(enter("reviewer"), f"{PREFIX}/")
    assert enter("employee").get(f"{PREFIX}/desk").status_code == 403


def test_an_id_that_would_not_fit_is_an_error_and_is_never_cut(
    mounted: Flask, users: dict[str, User]
) -> None:
    for long, status in (("u" * 64, 200), ("u" * 65, 500)):
        users[long] = User(long, "示例", users[IDS["employee"]].grants)
        client = mounted.test_client()
        post(client, "/login", login=long)
        assert client.get(f"{PREFIX}/").status_code == status
    assert mounted.extensions["mall"].faults == ["ValueError"]


def test_what_we_refuse_is_told_on_our_page_and_never_reaches_the_host(
    mounted: Flask, enter: Enter
) -> None:
    page = text_of(enter("employee"), f"{PREFIX}/orders/{uuid.uuid4()}", 404)
    assert "mall error" not in page
    assert '<div class="mp guest"' in page
    assert mounted.extensions["mall"].faults == []


def test_an_address_that_is_nobodys_gets_the_hosts_page(mounted: Flask) -> None:
    client = mounted.test_client()
    assert text_of(client, f"{PREFIX}/no/such/page", 404) == "mall error 404"
    assert client.put(f"{PREFIX}/orders").get_data(as_text=True) == "mall error 405"


def test_forms_carry_the_hosts_token_and_ours_and_both_are_asked_for(enter: Enter) -> None:
    client = enter("employee")
    both = tokens(text_of(client, f"{PREFIX}/addresses"))
    assert both.keys() == {"csrf_token", "mp_csrf_token"}
    where = {"recipient": "示例", "mobile": "13800000000", "county": "653129", "street": "示例路"}
    hosts = {"csrf_token": both["csrf_token"]}
    refused = client.post(f"{PREFIX}/addresses", data={**where, **hosts})
    assert refused.status_code == 422
    own = {"mp_csrf_token": both["mp_csrf_token"]}
    answer = client.post(f"{PREFIX}/addresses", data={**where, **own})
    assert (answer.status_code, answer.get_data(as_text=True)) == (400, "mall error 400")
    assert "示例路" not in text_of(client, f"{PREFIX}/addresses")
    assert client.post(f"{PREFIX}/addresses", data={**where, **both}).status_code == 303
    assert "示例路" in text_of(client, f"{PREFIX}/addresses")


def test_every_form_of_ours_that_posts_carries_both_tokens(
    mounted: Flask, mall_people: MallPeople, enter: Enter
) -> None:
    an_approved_supplier(mall_people)  # type: ignore[arg-type]  # people of the mall
    listing = a_listing(mall_people)  # type: ignore[arg-type]  # the same
    pages = {
        "employee": (f"/listings/{listing.id}", "/addresses", "/basket"),
        "supplier": ("/supplier/listings/new", f"/supplier/listings/{listing.id}"),
        "reviewer": ("/desk", f"/desk/listings/{listing.id}"),
        "union_buyer": ("/plans/new",),
    }  # fmt: skip
    for name, paths in pages.items():
        client = enter(name)
        for path in paths:
            forms = ours(text_of(client, PREFIX + path)).split("<form")[1:]
            posting = [form for form in forms if re.search(r'^[^>]*method="post"', form)]
            assert posting
            for form in posting:
                assert 'name="csrf_token"' in form, path
                assert 'name="mp_csrf_token"' in form, path


def test_below_a_script_name_every_link_carries_it(mounted: Flask, enter: Enter) -> None:
    below = {"environ_overrides": {"SCRIPT_NAME": "/shop"}}
    client = enter("employee")
    page = text_of(client, f"{PREFIX}/orders?page=1", **below)
    links = LINK.findall(ours(page))
    assert links
    assert [link for link in links if not link.startswith(f"/shop{PREFIX}/")] == []
    assert f'href="/shop{PREFIX}/orders" aria-current="page"' in page
    assert f'name="next" value="/shop{PREFIX}/orders?page=1"' in page
    said = {**tokens(page), "language": "en", "next": f"/shop{PREFIX}/orders?page=1"}
    back = client.post(f"{PREFIX}/preferences", data=said, **below)
    assert back.headers["Location"] == f"/shop{PREFIX}/orders?page=1"
    away = mounted.test_client().get(f"{PREFIX}/orders", **below)
    assert away.headers["Location"] == f"/shop/login?next=/shop{PREFIX}/orders"


def test_a_host_may_write_any_page_of_ours_anew(mounted: Flask) -> None:
    page = text_of(mounted.test_client(), f"{PREFIX}/villages")
    assert "商城自己写的这一页" in page
    assert "<title>商城的村庄 | 示例商城</title>" in page


def test_a_layout_that_is_not_there_is_told_at_the_start(
    users: dict[str, User], data: Path
) -> None:
    app = make_host(users)
    with pytest.raises(Misconfigured, match=r"no template 'nothing\.html'"):
        mount(app, users, data, LAYOUT="nothing.html")
    with pytest.raises(Misconfigured, match="no name of a block"):
        mount(make_host(users), users, data, LAYOUT_BLOCK="main %}{{ config }}")


def test_a_layout_without_the_block_is_an_error_and_no_empty_page(
    users: dict[str, User], data: Path
) -> None:
    app = make_host(users)
    made = mount(app, users, data, LAYOUT_BLOCK="middle")
    assert text_of(app.test_client(), f"{PREFIX}/", 500) == "mall error 500"
    assert app.extensions["mall"].faults == ["BlockMissing"]
    made.runtime.engine.dispose()
