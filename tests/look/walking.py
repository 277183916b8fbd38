"""Every page of the application, found as people find it: by following links from the home page.

A new page needs nothing here as long as a link leads one of the READERS to it. Otherwise the walk
fails and names its endpoint; then add one row below:
  ADDRESSES   a page that only a form leads to, or a state worth seeing on its own
  NOT_PAGES   a route that answers with a file or only sends on, and why it is no page
  READERS     somebody for whom no one on the list stands yet
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urldefrag

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.look.reading import PageReader

# in this order: whoever comes first shows a page that several may see
READERS: tuple[str, ...] = (
    "guest", "lin", "head-buyer", "head-approver", "head-treasurer", "reviewer", "manager",
    "auditor", "sandu-staff", "leishan-staff", "newcomer", "beginner",
    # on the way in: conftest.py says what each of them did before
    "careful", "by-phone", "forgetful", "invited",
)  # fmt: skip
ADDRESSES: tuple[tuple[str, str], ...] = (
    ("guest", "/search?q=木耳"),
    ("guest", "/search?q=rocket"),  # nothing found
    ("guest", "/styleguide"),
    ("guest", "/counties?q=伽师"),
    ("guest", "/counties?q=鼓楼区"),  # several
    ("guest", "/reset/sent"),
    ("guest", "/reset/link/a-link-that-came-by-mail"),
    ("careful", "/sign-in/second"),
    ("by-phone", "/sign-in/phone/code"),
    ("forgetful", "/reset/code"),
    ("invited", "/register/confirm"),
    ("newcomer", "/security/second"),
    ("manager", "/statistics/by/supplier"),  # linked only when a table is cut short
    ("manager", "/statistics?month_from=nonsense"),  # a question that is not understood
    ("head-buyer", "/plans?state=approved"),  # an empty list
    ("guest", "/nowhere"),  # 404
    ("lin", "/desk"),  # 403
    *(("guest", f"/trouble/{code}") for code in (400, 409, 413, 429, 500, 503)),
)
# a page as it answers a form: (reader, address, what is pressed there)
PRESSED: tuple[tuple[str, str, str], ...] = (
    ("guest", "/sign-in", "main form.panel .btn.go"),
    ("newcomer", "/suppliers/register", "main form.panel .btn.go"),
    ("head-buyer", "/plans/new", "main form.panel .btn.go"),
    ("sandu-staff", "/supplier/import", "main form.panel .btn.go"),
    ("manager", "/invitations", "main form.form .btn.main"),
)
NOT_PAGES: dict[str, str] = {
    "accounts.message": "a part of a page: the message that the demonstration shows",
    "health.check": "for machines",
    "marketplace.accounts.sample": "a CSV file",
    "marketplace.catalog.marked": "a workbook with the faults of a sheet marked in it",
    "marketplace.catalog.marked_rows": "a sheet with the rows that were left alone marked in it",
    "marketplace.catalog.sample": "a CSV file",
    "marketplace.catalog.sample_workbook": "a workbook",
    "marketplace.catalog.comparison_file": "what is attached to a price, to download",
    "marketplace.catalog.export": "a workbook",
    "marketplace.catalog.batch": "of a supplier who is no reader; see tests/orders/test_leaving.py",
    "marketplace.catalog.batch_paper": "likewise",
    "marketplace.catalog.photo": "a picture",
    "marketplace.catalog.show_columns": "of a sheet whose columns are asked about",
    "marketplace.claims.photo": "a picture",
    "marketplace.credit.report": "a CSV file",
    "marketplace.desk.shot": "a picture to download",
    "marketplace.invoices.book": "a workbook",
    "marketplace.invoices.file": "an invoice to download",
    "marketplace.invoices.sheet": "a CSV file",
    "marketplace.orders.packing_book": "a workbook",
    "marketplace.orders.packing_sheet": "a CSV file",
    "marketplace.orders.packing_slips": "a PDF",
    "marketplace.orders.picking_list": "a PDF",
    "marketplace.orders.recall": "of a supplier who is no reader",
    "marketplace.orders.recall_sheet": "a CSV file",
    "marketplace.orders.wish": "only after a sign-in; see tests/orders/test_basket_warnings.py",
    "marketplace.payments.returned": "asks the gateway and sends on to the purchase",
    "marketplace.purchasing.people_template": "a CSV file",
    "marketplace.regions.sheet": "a CSV file",
    "marketplace.banking.template": "a CSV file",
    "marketplace.purchasing.values": "a sheet for the payroll",
    "marketplace.settlement.bank_file": "a CSV file for the bank",
    "marketplace.settlement.book": "a workbook",
    "marketplace.settlement.sheet": "a CSV file",
    "marketplace.statistics.group_sheet": "a CSV file",
    "marketplace.statistics.line_sheet": "a CSV file",
    "marketplace.suppliers.mine": "sends on to the own supplier",
    "marketplace.suppliers.preview": "a picture",
    "marketplace.suppliers.scan": "a scan to download",
}
ENOUGH = 3  # addresses of one endpoint that one reader opens: lists are long, their rows alike


@dataclass(frozen=True)
class Visit:
    """One page that one reader opened."""

    reader: str
    address: str
    endpoint: str
    status: int
    html: str = field(repr=False)
    pressed: str = ""

    @cached_property
    def page(self) -> PageReader:
        return PageReader(self.html)

    def __str__(self) -> str:
        return f"{self.endpoint} as {self.reader}: {self.address}"


def survey(app: Flask, client_of: Callable[[str], FlaskClient]) -> list[Visit]:
    """What every reader meets, in a fixed order."""
    return [visit for reader in READERS for visit in _walk(app, reader, client_of(reader))]


def _walk(app: Flask, reader: str, client: FlaskClient) -> Iterator[Visit]:
    waiting = ["/", *(address for who, address in ADDRESSES if who == reader)]
    named = len(waiting)
    seen: dict[str, int] = {}
    for place, address in enumerate(waiting):
        endpoint = endpoint_of(app, address)
        if not endpoint or (seen.get(endpoint, 0) >= ENOUGH and place >= named):
            continue
        answer = client.get(address)
        if answer.mimetype != "text/html" or answer.status_code in {302, 303}:
            waiting += _new([answer.headers.get("Location", "")], waiting)
            continue
        seen[endpoint] = seen.get(endpoint, 0) + 1
        visit = Visit(reader, address, endpoint, answer.status_code, answer.text)
        waiting += _new(visit.page.links, waiting)
        yield visit


def _new(links: Iterable[str], known: list[str]) -> list[str]:
    """Ways inside the shop that are not on the list yet."""
    ours = (urldefrag(link).url for link in links if link.startswith("/"))
    return list(dict.fromkeys(way for way in ours if way not in known))


def endpoint_of(app: Flask, address: str) -> str | None:
    """Whose address this is; "nobody" for one that leads nowhere, None for files."""
    try:
        found, _ = app.url_map.bind("localhost").match(address.partition("?")[0], method="GET")
    except RequestRedirect as sent:
        return endpoint_of(app, sent.new_url.removeprefix("http://localhost"))
    except HTTPException:
        return "nobody"
    endpoint = str(found)
    return None if endpoint.endswith("static") else endpoint


def fewest(visits: Iterable[Visit]) -> list[Visit]:
    """Few visits that together show every page, and everything that any of them can show."""
    left = list(visits)
    shown: set[str] = set()
    chosen = []
    for visit in left:
        marks = {f"{visit.endpoint} {visit.status}", *visit.page.features}
        if marks - shown:
            shown |= marks
            chosen.append(visit)
    return chosen
