"""Keeping lists through the pages: a manager proposes, another confirms, everybody may read."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import queries as accounts
from marketplace.catalog import queries as catalog
from marketplace.kernel.clock import SetClock
from marketplace.regions import queries as regions
from marketplace.work import Runtime
from tests.fixtures import People, post
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier

SAID = {
    "source": "示例文件〔2026〕1号",
    "published": "",
    "effective_day": "2026-11-23",
    "entries": "",
    "provinces": "",
    "counties": "",
    "note": "",
}
OWN = {**SAID, "name_zh": "示例银行定点帮扶县", "name_en": "Paired counties", "counties": "昆山市"}
ClientAs = Callable[[str], FlaskClient]


def a_sheet(text: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(text.encode("gb18030")), "名录.csv"


def proposed(client: FlaskClient, slug: str, **said: object) -> str:
    """Through the form; answers the address of the proposal."""
    here = f"/desk/lists/{slug}/propose"
    answer = post(client, here, **{**SAID, **said})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def decided(client: FlaskClient, where: str, verb: str) -> int:
    """Press a button of the page; answers the status."""
    page = client.get(where).get_data(as_text=True)
    path = page.split(f'/{verb}"', 1)[0].rsplit('"', 1)[1] + f"/{verb}"
    return post(client, path, on=where).status_code


def own_list(client_as: ClientAs, people: People, **said: str) -> str:
    """The slug of an organisation's own list that two managers brought into force."""
    with people.runtime.reading() as session:
        owner = next(o for o in accounts.organisations(session) if o.name == "示例银行")
    answer = post(client_as("manager"), "/desk/lists/new", owner=str(owner.id), **{**OWN, **said})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    where = str(answer.headers["Location"])
    assert decided(client_as("second_manager"), where, "confirm") == 303
    return where.split("/")[2]


def test_a_sheet_is_shown_as_a_difference_and_counts_once_another_manager_confirms(
    client_as: ClientAs, app: Flask
) -> None:
    manager, other, visitor = client_as("manager"), client_as("second_manager"), app.test_client()
    where = proposed(manager, "key-160", sheet=a_sheet("县,摘帽年份\n静宁县,2020\n金川县,2018\n"))
    seen = other.get(where).get_data(as_text=True)
    assert "静宁县" in seen
    assert "增加 1 条" in seen
    assert "去掉 91 条" in seen
    assert visitor.get(where).status_code == 404  # a proposal is no fact
    assert "/confirm" not in manager.get(where).get_data(as_text=True)
    assert "尚不能确定" in visitor.get("/counties/620826").get_data(as_text=True)
    assert decided(other, where, "confirm") == 303
    after = visitor.get("/counties/620826").get_data(as_text=True)
    assert "示例文件〔2026〕1号（第 2 版）" in after
    assert visitor.get("/lists/key-160/1").status_code == 200  # the old version is kept


def test_who_proposed_cannot_confirm_by_posting(client_as: ClientAs) -> None:
    manager = client_as("manager")
    where = proposed(manager, "key-160", sheet=a_sheet("县\n静宁县\n"))
    path = client_as("second_manager").get(where).get_data(as_text=True)
    confirm = path.split('/confirm"', 1)[0].rsplit('"', 1)[1] + "/confirm"
    assert post(manager, confirm, on=where).status_code == 409


def test_a_broken_sheet_is_told_row_by_row_and_nothing_is_kept(client_as: ClientAs) -> None:
    manager = client_as("manager")
    sheet = a_sheet("县,起始日期\n火星县,\n城关区,\n静宁县,昨天\n")
    answer = post(manager, "/desk/lists/key-160/propose", **{**SAID, "sheet": sheet})
    told = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in ("火星县", "城关区", "不是一个日期", "共 3 处问题"):
        assert words in told
    assert "/lists/key-160/2" not in manager.get("/lists/key-160").get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", ""),
        ("effective_day", "2026-11-22"),
        ("effective_day", "morgen"),
        ("entries", "0"),
        ("provinces", "云南"),
        ("provinces", "火星 1"),
        ("note", "长" * 501),
    ],
)
def test_a_wrong_word_stands_beside_its_field(client_as: ClientAs, field: str, value: str) -> None:
    said = {**SAID, "counties": "静宁县", field: value}
    answer = post(client_as("manager"), "/desk/lists/key-160/propose", **said)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_the_same_list_again_is_told_and_not_kept(client_as: ClientAs, app: Flask) -> None:
    manager = client_as("manager")
    page = manager.get("/desk/lists/832/propose").get_data(as_text=True)
    source = page.split('name="source"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    note = page.split('name="note"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    said = {**SAID, "source": source, "note": note, "entries": "832", "qualifies": "y"}
    answer = post(manager, "/desk/lists/832/propose", **said)
    assert answer.status_code == 409
    assert "与第 1 版完全相同" in answer.get_data(as_text=True)


def test_a_version_that_was_downloaded_can_be_sent_back_as_it_is(client_as: ClientAs) -> None:
    manager = client_as("manager")
    taken = manager.get("/lists/three-regions/1.csv").data
    where = proposed(manager, "three-regions", sheet=(io.BytesIO(taken), "l.csv"), qualifies="y")
    seen = manager.get(where).get_data(as_text=True)
    assert "县没有变动" in seen
    assert "另有 212 条不变" in seen


def test_an_own_list_is_a_zone_and_a_filter_but_opens_the_zone_only_by_choice(
    client_as: ClientAs, people: People, app: Flask, runtime: Runtime, clock: SetClock
) -> None:
    slug = own_list(client_as, people, counties="伽师县\n昆山市")
    an_approved_supplier(people)
    listing = a_listing(people)
    visitor = app.test_client()
    assert "示例银行" in visitor.get("/lists").get_data(as_text=True)
    shelf = visitor.get(f"/zone/{slug}").get_data(as_text=True)
    assert listing.title in shelf
    assert "示例银行定点帮扶县" in visitor.get("/counties/320583").get_data(as_text=True)
    with runtime.reading() as session:
        assert not regions.is_designated(session, "320583", clock.now())
        facts = catalog.offer(session, listing.id, clock.now()).designations
    assert {fact.slug: fact.qualifies for fact in facts}[slug] is False


@pytest.mark.parametrize("name", ["reviewer", "auditor", "employee", "supplier", "union_buyer"])
def test_nobody_but_managers_keeps_lists(client_as: ClientAs, name: str) -> None:
    client = client_as(name)
    for path in ("/desk/lists/new", "/desk/lists/832/propose"):
        assert client.get(path).status_code == 403
        assert post(client, path, on="/lists", **SAID).status_code == 403


def test_a_county_is_found_by_old_names_and_ambiguous_ones_are_offered(app: Flask) -> None:
    visitor = app.test_client()
    assert visitor.get("/counties?q=泸水县").headers["Location"].endswith("/counties/533301")
    offered = visitor.get("/counties?q=城关区").get_data(as_text=True)
    assert offered.count("/counties/") >= 2
    assert "没有找到" in visitor.get("/counties?q=火星县").get_data(as_text=True)
    for path in ("/counties/320000", "/counties/abc", "/lists/none", "/lists/832/99"):
        assert visitor.get(path).status_code == 404


def test_the_page_of_a_county_never_says_no_where_the_list_is_incomplete(app: Flask) -> None:
    """静宁县 in Gansu: on the 832, unknown to the 160; 武侯区 in Sichuan: on none, certainly."""
    visitor = app.test_client()
    jingning = visitor.get("/counties/620826").get_data(as_text=True)
    assert jingning.count("尚不能确定") == 1
    wuhou = visitor.get("/counties/510107").get_data(as_text=True)
    assert "尚不能确定" not in wuhou
    assert wuhou.count(">不在名录上<") == 4
