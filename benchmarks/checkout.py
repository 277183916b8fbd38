"""Orders per second through the shop, beside the bare driver writing the same rows."""

from __future__ import annotations

import statistics

from benchmarks import bare
from benchmarks.buying import CLIENTS, through_the_shop, with_the_bare_driver
from benchmarks.filling import PASSWORD, login
from benchmarks.places import Grounds, Place
from benchmarks.reporting import Figure
from benchmarks.serving import served
from marketplace.commands.serving import THREADS


def measure(grounds: Grounds, filled: Place, port: int, *, runs: int, seconds: float) -> Figure:
    """Shop and driver take turns on one copy, so that both find the tables as full."""
    people = [{"login": login(n), "password": PASSWORD} for n in range(CLIENTS)]
    values, references, ratios = [], [], []
    with grounds.copy(filled) as place:
        task, listings = bare.example(place)
        with served(place, port):
            for _ in range(runs):
                values.append(through_the_shop(port, people, listings, seconds))
                references.append(with_the_bare_driver(task, listings, seconds))
                ratios.append(values[-1] / references[-1])
    return Figure(
        "checkout",
        statistics.median(values),
        "orders/s",
        "the bare driver writing the same rows",
        statistics.median(references),
        statistics.median(ratios),
        runs,
        filled.kind,
        f"waitress, 1 process, {THREADS} threads, worker beside",
        1,
        f"{CLIENTS} processes, each posting the checkout form of its own person",
    )
