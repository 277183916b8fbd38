"""Addresses in forms, sheets and papers stay texts: nobody calls at them."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from marketplace.commands.serving import once
from tests.catalog_import.books import a_book, by_hand, rows_xml
from tests.catalog_import.sheets import GOOD
from tests.fixtures import People, post
from tests.makers.catalog import a_listing
from tests.makers.suppliers import a_credit_code, an_approved_supplier
from tests.suppliers.test_scans import a_pdf

pytestmark = pytest.mark.sqlite_only  # what goes out does not hang on the database
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody who hears every knock on this machine."""
    with socket.socket() as heard:
        heard.bind(("127.0.0.1", 0))
        heard.listen(16)
        heard.setblocking(False)
        yield heard


def addresses(listener: socket.socket) -> tuple[str, ...]:
    port = listener.getsockname()[1]
    hosts = ("127.0.0.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "localhost")
    return tuple(f"http://{host}:{port}/x.png" for host in hosts)


def knocks(listener: socket.socket) -> int:
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def linked(address: str) -> bytes:
    """A workbook that wants a part of it from elsewhere."""
    rels = (f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{LINK}" '
            f'Target="{address}" TargetMode="External"/></Relationships>')  # fmt: skip  # one part
    return by_hand(
        rows_xml([list(GOOD), list(GOOD.values())]),
        xl__externalLinks__externalLink1="<externalLink/>",
        **{"xl__externalLinks___rels__externalLink1.xml.rels": rels},
    )


def test_no_address_that_somebody_gives_is_called_at(
    people: People, client_as: Callable[[str], FlaskClient], listener: socket.socket
) -> None:
    """Failure 31: every field that takes a text, sheets with links, papers with actions."""
    supplier, first = an_approved_supplier(people), addresses(listener)[0]
    melon, client = a_listing(people), client_as("supplier")
    here, home = f"/supplier/listings/{melon.id}", f"/suppliers/{supplier.id}"
    for address in addresses(listener):
        told = {"source": address, "remark": address, "price": "12.00", "amount": "500克"}
        post(client, f"{here}/comparisons", on=here, day="2026-11-20", **told)
        sheet = a_book({"品名": address, "图片": address, "货号": f'=WEBSERVICE("{address}")'})
        books = {"链接.xlsx": linked(address), "公式.xlsx": sheet}
        for name, data in books.items():
            post(client, "/supplier/import", file=(io.BytesIO(data), name))
        story = f'{address} <img src="{address}">'
        post(client, f"{home}/steps/story", story=story)
    opening = a_pdf(script=f"app.launchURL('{first}')")
    for name, data in {"执照.pdf": opening, "执照.svg": svg(first)}.items():
        said = {"kind": "licence", "number": a_credit_code(1), "holder": "示例合作社1",
                "issuer": first, "valid_from": "2025-04-01"}  # fmt: skip  # the fields of the paper
        post(client, f"{home}/papers", on=f"{home}/papers/new?kind=licence", **said,
             scan=(io.BytesIO(data), name))  # fmt: skip  # one form
    once(people.runtime)
    assert first in client.get(here).text  # it stands there, as what it is
    assert knocks(listener) == 0


def svg(address: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}"/></svg>'.encode()


def test_a_knock_would_be_heard(listener: socket.socket) -> None:
    with socket.create_connection(listener.getsockname(), timeout=5):
        assert knocks(listener) == 1
