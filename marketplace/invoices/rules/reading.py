"""What a file is, and what an XML invoice says: bytes → Fapiao. Nothing is guessed."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]  # ships no types
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # the same

from marketplace.invoices.rules.facts import Facts, facts
from marketplace.invoices.states import FileKind
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money, parse_yuan

OFD_ENTRY = "OFD.xml"  # GB/T 33190: the entry of every OFD package
MOST_ENTRIES = 2000
LONGEST = 200  # signs of a name
_DAY = re.compile(r"([0-9]{4})[-年/]([0-9]{1,2})[-月/]([0-9]{1,2})")
_NUMBER = re.compile(r"[0-9]{20}")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an invoice; `rate` as it is written: "0.09", "9%", "免税"."""

    name: str
    quantity: str
    rate: str
    net: Money
    tax: Money

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "quantity": self.quantity,
            "rate": self.rate,
            "net": self.net.fen,
            "tax": self.tax.fen,
        }


@dataclass(frozen=True, slots=True)
class Fapiao:
    """What one invoice says; a red one's amounts are below zero and `blue_number` names another."""

    number: str
    issued_on: date
    seller_name: str
    seller_code: str
    buyer_name: str
    buyer_code: str
    net: Money
    tax: Money
    amount: Money
    items: tuple[Item, ...] = ()
    blue_number: str = ""


def file_kind(data: bytes) -> FileKind:
    """By its content, not by its name. Raises Invalid."""
    if data.startswith(b"%PDF-"):
        return FileKind.PDF
    if data.startswith(b"PK\x03\x04"):
        return _package(data)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return FileKind.XML
    raise Invalid("invoice_file_kind", field="file")


def _package(data: bytes) -> FileKind:
    """Its directory is read, nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as fault:
        raise Invalid("invoice_file_kind", field="file") from fault
    if OFD_ENTRY not in names or len(names) > MOST_ENTRIES:
        raise Invalid("invoice_file_kind", field="file")
    return FileKind.OFD


def read_xml(data: bytes) -> Fapiao:
    """What the file says. Raises Invalid that names the place (invoice_xml_…)."""
    known = facts()
    if len(data) > known.most_bytes:
        raise Invalid("invoice_xml_large", field="file", most=known.most_bytes)
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as fault:
        raise Invalid("invoice_xml_broken", field="file") from fault
    if root.tag != known.root:
        raise Invalid("invoice_xml_root", field="file", found=str(root.tag)[:40])
    return _fapiao(root, known)


def _fapiao(root: Element, known: Facts) -> Fapiao:
    def told(name: str) -> str:
        return _text(root, known.fields[name])

    number = told("number")
    if told("same_number") not in {"", number}:
        raise Invalid("invoice_xml_numbers", field="file", one=number[:40])
    return Fapiao(
        number=number,
        issued_on=_day(told("issued_on"), known.fields["issued_on"]),
        seller_name=told("seller_name"),
        seller_code=told("seller_code"),
        buyer_name=told("buyer_name"),
        buyer_code=told("buyer_code"),
        net=_money(told("net"), known.fields["net"]),
        tax=_money(told("tax") or "0", known.fields["tax"]),
        amount=_money(told("amount"), known.fields["amount"]),
        items=_items(root, known),
        blue_number=_blue_number(told("remark"), known),
    )


def _items(root: Element, known: Facts) -> tuple[Item, ...]:
    places = known.items
    found = root.findall(places["path"])
    if not found or len(found) > known.most_items:
        raise Invalid("invoice_xml_items", field="file", most=known.most_items)
    return tuple(
        Item(
            name=_text(line, places["name"]),
            quantity=_text(line, places["quantity"])[:40],
            rate=_text(line, places["rate"])[:40],
            net=_money(_text(line, places["net"]), places["net"]),
            tax=_money(_text(line, places["tax"]) or "0", places["tax"]),
        )
        for line in found
    )


def _text(element: Element, place: str) -> str:
    return " ".join((element.findtext(place) or "").split())[:LONGEST]


def _money(text: str, place: str) -> Money:
    """Of "19.19", "-19.19"; more places than two are taken only when they are noughts."""
    whole, dot, rest = text.partition(".")
    try:
        return parse_yuan(f"{whole}.{rest[:2]}" if dot and not rest[2:].strip("0") else text)
    except ValueError as fault:
        raise Invalid("invoice_xml_amount", field="file", place=place, value=text[:40]) from fault


def _day(text: str, place: str) -> date:
    found = _DAY.match(text)
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    raise Invalid("invoice_xml_day", field="file", place=place, value=text[:40])


def _blue_number(remark: str, known: Facts) -> str:
    """The 20 digits behind the words that name what a red invoice takes back."""
    for words in known.blue_number:
        _before, said, after = remark.partition(words)
        found = _NUMBER.search(after)
        if said and found:
            return found[0]
    return ""
