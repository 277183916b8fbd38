"""A forged licence number and a report that ran out: refused in plain words, mended, on sale."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from marketplace.commands.serving import once
from marketplace.kernel.clock import SetClock
from marketplace.suppliers import service as suppliers
from tests.fixtures import People
from tests.journeys.test_cooperative_on_a_phone import a_phone, lets_through, opens
from tests.journeys.test_spreadsheet_to_sales import press, the_supplier_declares
from tests.makers.catalog import a_draft_listing
from tests.makers.suppliers import SCAN, a_draft_supplier, a_paper, a_scan

pytestmark = pytest.mark.browser

GENUINE = "SC11765312900016"
FORGED = "SC11734020300017"  # built like one, of another county, and its last digit is wrong
DATES = {"valid_from": "2026-04-01", "valid_until": "2029-03-31"}
SOON = date(2026, 11, 25)  # the last day of the report that is handed in first
REASONS = (
    "证照编号在官网查不到，或与查到的不符，请核对后重新上传",
    "证照已过期，请上传有效期内的证照",
)


def test_a_forged_number_and_an_expired_report_are_refused_mended_and_let_through(
    people: People, clock: SetClock, browser_of: Callable[[str], Page]
) -> None:
    supplier = a_draft_supplier(people)
    with people.runtime.work(people.actor("supplier")) as w:
        suppliers.hand_in(w, supplier.id, a_paper())
    phone = a_phone(browser_of("supplier"))
    what_cannot_be_is_told_at_once(phone)
    what_could_be_is_taken_for_a_person_to_look_at(phone)
    clock.advance(days=4)  # it lay at the desk until the report had ended
    reviewer = browser_of("reviewer")
    the_reviewer_sees_the_evidence_and_returns_it(reviewer)
    phone = a_phone(browser_of("supplier"))
    the_supplier_reads_why_and_mends_it(phone)
    a_draft_listing(people, category="干果", processing="干制")  # which asks for the licence
    phone.goto("/supplier/listings")
    press(phone, re.compile("提交全部"))
    lets_through(reviewer, "供应商经办", "经办通过，交复核")
    second = browser_of("second_reviewer")
    lets_through(second, "供应商复核", "复核通过")
    lets_through(second, "新商品", "通过，上架")
    once(people.runtime)
    phone.goto("/search?q=伽师瓜")
    expect(phone.locator("main")).to_contain_text("示例 伽师瓜 2 个装")


def hands_in(page: Page, kind: str, scan: bytes = b"", **said: str) -> None:
    """From the list of kinds to the answer; what is known already stands in the form."""
    page.goto("/suppliers/mine")
    page.get_by_role("link", name="上传证照").click()
    page.get_by_role("link", name=kind, exact=True).click()
    fills(page, scan or a_scan(), **said)


def fills(page: Page, scan: bytes, **said: str) -> None:
    for name, value in said.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    paper = {"name": "扫描件.png", "mimeType": "image/png", "buffer": scan}
    page.set_input_files("[name=scan]", files=[paper])  # type: ignore[list-item]  # a FilePayload
    press(page, "上传")


LICENCE = {"number": GENUINE, "holder": "示例合作社1", "issuer": "示例机关", **DATES,
           "categories": "水果制品"}  # fmt: skip  # the fields of the paper
REPORT = {"number": "示例 0001", "holder": "示例合作社1", "issuer": "示例检验机构",
          "valid_from": "2026-04-01", "sample": "伽师瓜", "cma": "240020340567",
          "standard": "GB 2763-2021", "conclusion": "pass"}  # fmt: skip  # the fields of the paper


def what_cannot_be_is_told_at_once(page: Page) -> None:
    """Structure, a category that there is none of, an end that is past: nothing is handed in."""
    hands_in(page, "食品生产许可证", **{**LICENCE, "number": "SC1176531290001A"})
    expect(page.locator("#number-error")).to_contain_text("SC 加 14 位数字")
    fills(page, SCAN, number="SC91765312900016")
    expect(page.locator("#number-error")).to_contain_text("食品类别 917 不存在")
    hands_in(page, "检验报告", **REPORT, valid_until="2026-11-22")
    expect(page.locator("#valid_until-error")).to_contain_text("过期")
    expect(page.locator("#valid_until-error")).to_contain_text("请上传有效期内的证照")


def what_could_be_is_taken_for_a_person_to_look_at(page: Page) -> None:
    hands_in(page, "食品生产许可证", **{**LICENCE, "number": FORGED})
    expect(page.locator(".flashes")).to_contain_text("2 处提示")
    hands_in(page, "检验报告", **REPORT, valid_until=SOON.isoformat())
    expect(page.locator(".flashes")).to_contain_text("证照已上传")
    the_supplier_declares(page)
    press(page, "提交审核")
    expect(page.locator("h1 ~ *, .heading").first).to_contain_text("待审核")


def the_reviewer_sees_the_evidence_and_returns_it(page: Page) -> None:
    opens(page, "供应商经办")
    main = page.locator("main")
    expect(main).to_contain_text(f"最后一位按规则应为 3，填写的是 7：{FORGED}")
    expect(main).to_contain_text("编号里的行政区划是安徽")
    expect(main).to_contain_text("证照已在 2026-11-25 过期")
    for reason in REASONS:
        page.get_by_label(reason).check()
    press(page, "退回")
    expect(page.locator(".flashes")).to_contain_text("已办理")


def the_supplier_reads_why_and_mends_it(page: Page) -> None:
    page.goto("/notices")
    expect(page.locator("main")).to_contain_text(REASONS[0])
    page.goto("/suppliers/mine")
    for reason in REASONS:
        expect(page.locator("main")).to_contain_text(reason)
    for kind, said in (
        ("食品生产许可证", {"number": GENUINE}),
        ("检验报告", {"valid_until": (SOON + timedelta(days=200)).isoformat()}),
    ):
        page.goto("/suppliers/mine")
        page.locator("main table").get_by_role("link", name=kind).first.click()
        page.get_by_role("link", name="更正").click()
        fills(page, a_scan(), **said)
        expect(page.locator(".flashes")).to_contain_text("证照已上传")
    page.goto(f"{page.url}/steps/check")
    press(page, "提交审核")
    expect(page.locator("h1 ~ *, .heading").first).to_contain_text("待审核")
