"""What a file says, and whether it is the invoice that was asked for; no database."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from marketplace.invoices import rules
from marketplace.invoices.states import FileKind, RequestState
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money
from marketplace.orders.states import TitleKind
from tests.makers.invoices import an_xml

UNION = rules.Title(TitleKind.ORGANISATION, "示例银行工会", "81440000MCL468545M")
SAID = {
    "number": "26652000000000000001", "issued_on": "2026-11-23", "seller_name": "示例合作社",
    "seller_code": "93653129MA00000008", "buyer_name": UNION.name, "buyer_code": UNION.code,
    "net": "108.26", "tax": "9.74", "amount": "118.00",
}  # fmt: skip
LINES = (("*水果*伽师瓜", "0.09", "100.00", "9.00"), ("*水果*西梅", "9%", "8.26", "0.74"))
WANTED = rules.Wanted(
    title=UNION,
    seller_name="示例合作社",
    seller_code="93653129MA00000008",
    ordered_on=date(2026, 11, 20),
    today=date(2026, 11, 23),
)


def fault(do: Callable[[], object]) -> str:
    with pytest.raises(Invalid) as caught:
        do()
    return caught.value.code


def test_an_xml_invoice_is_read_to_the_fen() -> None:
    read = rules.read_xml(an_xml(SAID, *LINES))
    assert (read.number, read.issued_on) == (SAID["number"], date(2026, 11, 23))
    assert (read.net, read.tax, read.amount) == (Money(10826), Money(974), Money(11800))
    assert [item.name for item in read.items] == ["*水果*伽师瓜", "*水果*西梅"]
    assert [rules.rate_of(item.rate) for item in read.items] == ["9", "9"]
    rules.check(read, WANTED)
    red = {**SAID, "remark": "被红冲蓝字数电票号码：26652000000000000007 示例"}
    assert rules.read_xml(an_xml(red, *LINES)).blue_number == "26652000000000000007"
    other = {**SAID, "remark": "合同 26652000000000000007"}
    assert rules.read_xml(an_xml(other, *LINES)).blue_number == ""


def test_a_file_that_is_no_invoice_is_refused_with_its_reason() -> None:
    """P24, P25: nothing is unpacked, nothing is fetched, nothing is expanded."""
    whole = an_xml(SAID, *LINES)
    bomb = b'<!DOCTYPE a [<!ENTITY x "y">]><EInvoice>&x;</EInvoice>'
    for data, told in (
        (whole[:-20], "invoice_xml_broken"),
        (bomb, "invoice_xml_broken"),
        (b"<" * 100, "invoice_xml_broken"),
        (b"<a/>", "invoice_xml_root"),
        (b"<EInvoice>" + b" " * 1_000_001 + b"</EInvoice>", "invoice_xml_large"),
        (an_xml(SAID), "invoice_xml_items"),
        (an_xml({**SAID, "net": "NaN"}, *LINES), "invoice_xml_amount"),
        (an_xml({**SAID, "net": "1.005"}, *LINES), "invoice_xml_amount"),
        (an_xml({**SAID, "issued_on": "2026-13-40"}, *LINES), "invoice_xml_day"),
        (whole.replace(b"<EIid>2", b"<EIid>1"), "invoice_xml_numbers"),
    ):
        assert fault(lambda data=data: rules.read_xml(data)) == told  # type: ignore[misc]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("OFD.xml", "<ofd/>")
    assert rules.file_kind(package.getvalue()) is FileKind.OFD
    assert rules.file_kind(b"%PDF-1.7") is FileKind.PDF
    assert rules.file_kind(b"\xef\xbb\xbf<EInvoice/>") is FileKind.XML
    for data in (b"", b"MZ", b"PK\x03\x04xx", package.getvalue().replace(b"OFD", b"ABC")):
        assert fault(lambda data=data: rules.file_kind(data)) == "invoice_file_kind"  # type: ignore[misc]


def test_an_invoice_that_is_not_the_one_is_refused_by_the_place() -> None:
    good = rules.read_xml(an_xml(SAID, *LINES))
    vague = replace(good.items[0], name="*食品*食品")
    for changed, told in (
        (replace(good, number="2665200000000000000"), "invoice_number"),
        (replace(good, number="２６652000000000000001"), "invoice_number"),
        (replace(good, number="25652000000000000001"), "invoice_number_year"),
        (replace(good, issued_on=date(2026, 11, 24)), "invoice_day"),
        (replace(good, issued_on=date(2026, 11, 19)), "invoice_day"),
        (replace(good, seller_name="示例公司"), "invoice_seller_name"),
        (replace(good, seller_code="1"), "invoice_seller_code"),
        (replace(good, buyer_name="示例银行"), "invoice_buyer_name"),
        (replace(good, buyer_code=""), "invoice_buyer_code"),
        (replace(good, tax=Money(973)), "invoice_sum"),
        (replace(good, net=Money(-10826)), "invoice_amount"),
        (replace(good, items=good.items[:1]), "invoice_lines_sum"),
        (replace(good, items=(vague, *good.items[1:])), "invoice_item_vague"),
    ):
        assert fault(lambda changed=changed: rules.check(changed, WANTED)) == told  # type: ignore[misc]
    on_behalf = replace(WANTED, on_behalf=True)
    rules.check(replace(good, seller_name="示例县税务局", seller_code="1"), on_behalf)
    wide = replace(good, seller_name="示例 合作社")
    rules.check(wide, WANTED)


def test_a_person_is_named_with_or_without_what_the_tax_service_adds() -> None:
    person = replace(WANTED, title=rules.Title(TitleKind.PERSON, "示例买家"))
    good = replace(rules.read_xml(an_xml(SAID, *LINES)), buyer_code="")
    for name in ("示例买家", "示例买家（个人）", "示例买家(个人)"):
        rules.check(replace(good, buyer_name=name), person)
    other = replace(good, buyer_name="示例卖家（个人）")
    assert fault(lambda: rules.check(other, person)) == "invoice_buyer_name"


def test_titles_are_kept_as_the_tax_service_wants_them() -> None:
    kind = TitleKind.ORGANISATION
    assert rules.check_title(rules.Title(kind, " 示例  工会 ", "81440000mcl468545m")).code == (
        UNION.code
    )
    assert rules.check_title(rules.Title(TitleKind.PERSON, "示例", "1")).code == ""
    for title, told in (
        (rules.Title(kind, "示例", "81440000MCL468545N"), "title_tax_number"),
        (rules.Title(kind, "示例", ""), "title_tax_number"),
        (rules.Title(TitleKind.PERSON, "示"), "title_name"),
        (rules.Title(TitleKind.PERSON, "示" * 101), "title_name"),
    ):
        assert fault(lambda title=title: rules.check_title(title)) == told  # type: ignore[misc]


def test_rates_are_compared_by_what_they_mean() -> None:
    same = {"0.09": "9", "9%": "9", "9": "9", "免税": "0", "0%": "0", "0": "0", "0.015": "1.5",
            "***": "***", "13.0%": "13"}  # fmt: skip
    assert {text: rules.rate_of(text) for text in same} == same


def test_the_sums_say_where_a_request_stands() -> None:
    ten, nine, none = Money(10), Money(9), Money(0)
    told = {
        (ten, nine, False): RequestState.REQUESTED,
        (ten, ten, False): RequestState.ISSUED,
        (ten, ten, True): RequestState.RED_LETTERED,
        (nine, ten, False): RequestState.RED_DUE,
        (none, ten, True): RequestState.RED_DUE,
        (none, none, True): RequestState.RED_LETTERED,
        (none, none, False): RequestState.WITHDRAWN,
    }
    found = {key: rules.standing(key[0], key[1], has_red=key[2]) for key in told}
    assert found == told


def test_facts_that_lack_a_field_are_refused() -> None:
    for text in ("", "[number]\nlength = 20\n"):
        with pytest.raises(ValueError, match=r"fapiao\.toml"):
            rules.read_facts(text)
