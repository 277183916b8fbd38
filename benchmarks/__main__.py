"""`make bench`: how long the pages that buyers open most take on one database, in this process."""

from __future__ import annotations

import platform
import re
import sqlite3
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import click
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.catalog.models import Listing
from marketplace.standalone import create_app

ROUNDS = 50
FLOOR = "/healthz"
SEARCHES = ("/search?q=苹果", "/search?q=大米")
LINKED = ("/listings/", "/category/", "/zone/", "/villages/")  # one page of each kind


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("var/demo"))
def main(data: Path) -> None:
    """Print median and 95th percentile of each page, as multiples of the plainest answer."""
    if not data.is_dir():
        raise click.ClickException(f"{data} is not there: make demo DATA={data} first")
    app = create_app({"MARKETPLACE_DATA": data, "MARKETPLACE_DEMO": True})
    runtime = app.extensions["marketplace"].runtime
    with runtime.reading() as session:
        listings = session.scalar(select(func.count()).select_from(Listing))
    click.echo(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
               f"{platform.machine()}, {listings} listings, {ROUNDS} rounds")  # fmt: skip
    client = app.test_client()
    floor, _ = measure(client, FLOOR)
    click.echo(f"{FLOOR} (one count in the database, no page) = 1")
    for address in addresses(client):
        median, slowest = measure(client, address)
        click.echo(f"{median / floor:8.1f} ×  {slowest / floor:8.1f} ×  {address}")
    runtime.engine.dispose()


def addresses(client: FlaskClient) -> Iterator[str]:
    """Home, searches, and the first page of each kind that home links to."""
    yield "/"
    yield from SEARCHES
    home = client.get("/").get_data(as_text=True)
    for start in LINKED:
        found = re.search(rf'href="({re.escape(start)}[^"#]+)"', home)
        if found:
            yield found[1].replace("&amp;", "&")


def measure(client: FlaskClient, address: str) -> tuple[float, float]:
    """Median and 95th percentile in seconds, after one round that warms up."""
    client.get(address)
    took = []
    for _ in range(ROUNDS):
        before = time.perf_counter()
        answer = client.get(address)
        took.append(time.perf_counter() - before)
        if answer.status_code != 200:
            raise click.ClickException(f"{address} answers {answer.status_code}")
    return statistics.median(took), statistics.quantiles(took, n=20)[-1]


if __name__ == "__main__":
    main()
