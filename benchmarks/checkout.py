"""Orders per second through the shop: beside the bare driver writing the same rows, and with many
orders there beside none."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from benchmarks import bare
from benchmarks.buying import CLIENTS, through_the_shop, with_the_bare_driver
from benchmarks.driver import Writer
from benchmarks.filling import PASSWORD, login
from benchmarks.places import Grounds, Place
from benchmarks.reporting import Figure
from benchmarks.serving import served
from marketplace.commands.serving import THREADS

PEOPLE = [{"login": login(n), "password": PASSWORD} for n in range(CLIENTS)]
AT_ONCE = 500  # orders in one transaction while a shop is filled
Turn = Callable[[], float]


def measure(grounds: Grounds, filled: Place, port: int, *, runs: int, seconds: float) -> Figure:
    """Shop and driver take turns on one copy, so that both find the tables as full."""
    with grounds.copy(filled) as place:
        task, wishes = bare.example(place)
        with served(place, port):
            return _figure(
                ("checkout", "the bare driver writing the same rows"),
                lambda: through_the_shop(port, PEOPLE, wishes, seconds),
                lambda: with_the_bare_driver(task, wishes, seconds),
                (runs, filled.kind),
            )


def flat(
    grounds: Grounds, filled: Place, port: int, *, orders: int, runs: int, seconds: float
) -> Figure:
    """Two shops take turns, one of which had so many orders before."""
    with grounds.copy(filled) as full, grounds.copy(filled) as empty:
        task, wishes = bare.example(full)
        writer = Writer({**task, "wishes": wishes})
        for done in range(0, orders, AT_ONCE):
            writer.orders(min(AT_ONCE, orders - done))
        writer.close()
        with served(full, port), served(empty, port + 1):
            return _figure(
                (f"checkout_{orders // 1000}k", "the same shop without these orders"),
                lambda: through_the_shop(port, PEOPLE, wishes, seconds),
                lambda: through_the_shop(port + 1, PEOPLE, wishes, seconds),
                (runs, filled.kind),
            )


def _figure(told: tuple[str, str], shop: Turn, reference: Turn, how: tuple[int, str]) -> Figure:
    """`told`: name and reference; `how`: runs and database."""
    (name, beside), (runs, kind) = told, how
    turns = [(shop(), reference()) for _ in range(runs)]
    return Figure(
        name,
        statistics.median(value for value, _ in turns),
        "orders/s",
        beside,
        statistics.median(known for _, known in turns),
        statistics.median(value / known for value, known in turns),
        runs,
        kind,
        f"waitress, 1 process, {THREADS} threads, worker beside",
        1,
        f"{CLIENTS} processes, each posting the checkout form of its own person",
    )
