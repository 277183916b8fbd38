"""`make bench`: how fast the shop is, beside the plainest thing that could do the same."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks import applying, checkout, inbox, pages, reporting, workbook
from benchmarks.filling import filled
from benchmarks.places import KINDS, Grounds, Place, grounds
from benchmarks.reporting import Figure
from benchmarks.taking import imported

WHAT = ("pages", "checkout", "flat", "import", "inbox", "application")


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/bench.json"))
@click.option("--folder", type=click.Path(path_type=Path), default=Path("build/bench"),
              help="Where filled databases are kept for the next run.")  # fmt: skip
@click.option("--database", "kinds", type=click.Choice(KINDS), multiple=True, default=KINDS)
@click.option("--only", type=click.Choice(WHAT), multiple=True, default=WHAT)
@click.option("--listings", default=10_000, show_default=True)
@click.option("--rows", default=100_000, show_default=True, help="Of the imported sheet.")
@click.option("--tasks", default=50_000, show_default=True, help="Open at the reviewer's desk.")
@click.option("--orders", default=100_000, show_default=True, help="There before, for `flat`.")
@click.option("--runs", default=5, show_default=True)
@click.option("--seconds", default=4.0, show_default=True, help="Of one run.")
@click.option("--port", default=8765, show_default=True)
def main(out: Path, folder: Path, port: int, **how: object) -> None:
    """Measure, print, and write what was measured to OUT."""
    click.echo(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    figures = []
    with grounds(folder.absolute()) as ground:
        for figure in measured(ground, port, how):
            click.echo(figure.told())
            figures.append(figure)
            reporting.write(figures, out)
    click.echo(str(out))


def measured(ground: Grounds, port: int, how: dict[str, object]) -> Iterator[Figure]:
    """Every figure that was asked for, as soon as it is there."""
    kinds, only = _texts(how["kinds"]), _texts(how["only"])
    runs, seconds = int(str(how["runs"])), float(str(how["seconds"]))
    for kind in kinds:
        if {"pages", "checkout", "flat"} & set(only):
            place = filled(ground, kind, int(str(how["listings"])))
        if "pages" in only:
            yield from pages.measure(place, port, runs=runs, seconds=seconds)
        if {"checkout", "flat"} & set(only):
            yield from bought(ground, place, port, how)
        if "import" in only:
            yield imported(ground, kind, int(str(how["rows"])), runs=min(runs, 3))
            yield read(kind, int(str(how["rows"])) // 2, runs=min(runs, 3))
        if "inbox" in only:
            yield inbox.measure(ground, kind, int(str(how["tasks"])), runs=runs)
        if "application" in only:
            yield applying.measure(ground, kind, runs=runs)


def bought(ground: Grounds, place: Place, port: int, how: dict[str, object]) -> Iterator[Figure]:
    """Purchases per second, in a new shop and in one with many orders."""
    runs, seconds = int(str(how["runs"])), float(str(how["seconds"]))
    if "checkout" in _texts(how["only"]):
        yield checkout.measure(ground, place, port, runs=runs, seconds=seconds)
    if "flat" in _texts(how["only"]):
        many = int(str(how["orders"]))
        yield checkout.flat(ground, place, port, orders=many, runs=runs, seconds=seconds)


def read(kind: str, rows: int, *, runs: int) -> Figure:
    """The rows of a workbook, see benchmarks.workbook; no database takes part."""
    told = workbook.bench(rows, runs=runs)
    return Figure(**told, database=kind, server="none: a child process", workers=1, client="none")


def _texts(given: object) -> tuple[str, ...]:
    return tuple(map(str, given)) if isinstance(given, tuple | list) else ()


if __name__ == "__main__":
    main()
