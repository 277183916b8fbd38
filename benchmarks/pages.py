"""Requests per second of the pages that buyers open most, beside a route that does nothing."""

from __future__ import annotations

import statistics
from urllib.parse import quote

from sqlalchemy import select

from benchmarks.client import CONNECTIONS, measured
from benchmarks.places import Place
from benchmarks.reporting import Figure
from benchmarks.serving import NULL, served
from marketplace.catalog.models import Listing
from marketplace.commands.serving import THREADS
from marketplace.extension import make_runtime

WARM = 0.5  # seconds before anything counts
LIST = "832"
WORD = "苹果"


def measure(place: Place, port: int, *, runs: int, seconds: float) -> list[Figure]:
    """The null route and a page take turns; each figure is the median of its runs, the ratio the
    median of the turns' ratios."""
    found = []
    with served(place, port):
        for name, path in paths(place).items():
            measured(port, path, min(WARM, seconds))
            values, nulls, ratios = [], [], []
            before = measured(port, NULL, seconds / 2)
            for _ in range(runs):
                values.append(measured(port, path, seconds))
                after = measured(port, NULL, seconds / 2)
                nulls.append((before + after) / 2)
                ratios.append(values[-1] / nulls[-1])
                before = after
            found.append(
                Figure(
                    name,
                    statistics.median(values),
                    "requests/s",
                    f"a null Flask route of the same server ({NULL})",
                    statistics.median(nulls),
                    statistics.median(ratios),
                    runs,
                    place.kind,
                    f"waitress, 1 process, {THREADS} threads, worker beside",
                    1,
                    f"1 process, {CONNECTIONS} kept-alive connections",
                )
            )
    return found


def paths(place: Place) -> dict[str, str]:
    """The measured pages; the listing is one from the middle of all."""
    runtime = make_runtime(place.config)
    with runtime.reading() as session:
        ids = session.scalars(select(Listing.id).order_by(Listing.id)).all()
    runtime.engine.dispose()
    return {
        "home": "/",
        "zone_page": f"/zone/{LIST}",
        "listing_page": f"/listings/{ids[len(ids) // 2]}",
        "search": f"/search?q={quote(WORD)}",
    }
