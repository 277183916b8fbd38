"""Lists of counties on the command line: what is known, and proposing a newer version.

The command that carries this group gives, as click's `obj`, a function that opens the marketplace
of a data folder. A version proposed here is confirmed by a manager on its page, never here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import MarketplaceError
from marketplace.regions import queries, service
from marketplace.regions.rules.comparing import Difference
from marketplace.web.labels import error_words
from marketplace.web.told import told
from marketplace.work import Runtime

Opener = Callable[[Path], Runtime]
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/data"),
    show_default=True,
    envvar="MARKETPLACE_DATA",
    help="Folder of the database, the search index and the papers.",
)


@click.group()
def regions() -> None:
    """Lists of counties."""


@regions.command("lists")
@data_option
@click.pass_obj
def lists(open_runtime: Opener, data: Path) -> None:
    """Every list in force: slug, version, known of how many, name."""
    runtime = open_runtime(data)
    with runtime.reading() as session:
        for one in queries.lists(session, runtime.clock.now()):
            known = f"{one.known}/{one.entries}"
            click.echo(f"{one.slug}\t{one.version.number}\t{known}\t{one.name_zh}")


@regions.command("propose")
@click.argument("file", type=FILE)
@click.option("--list", "slug", required=True, help="The slug of the list.")
@click.option("--source", required=True, help="The document it rests on.")
@click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), help="Takes effect; today.")
@click.option("--entries", type=int, help="How many the list has, when the file has fewer.")
@data_option
@click.pass_obj
def propose(
    open_runtime: Opener,
    file: Path,
    *,
    slug: str,
    source: str,
    day: datetime | None,
    entries: int | None,
    data: Path,
) -> None:
    """Propose a version from a sheet and print what it changes; a manager confirms it.

    Exit code 1 and nothing kept when a row is wrong.
    """
    runtime = open_runtime(data)
    effective = day.date() if day else local_day(runtime.clock.now())
    proposal = service.Proposal(source, effective, entries=entries)
    try:
        with runtime.work() as w:
            made = service.propose_file(w, slug, file.read_bytes(), proposal)
            changes, number = queries.difference(w.session, made), made.number
    except service.ListRefused as refusal:
        for problem in refusal.problems:
            one = told(problem)
            click.echo(f"{one.row or ''}\t{one.value}\t{one.what} {one.remedy}")
        raise SystemExit(1) from refusal
    except MarketplaceError as fault:
        raise click.ClickException(" ".join(error_words(fault))) from fault
    _tell(changes)
    click.echo(f"/lists/{slug}/{number}")


def _tell(changes: Difference) -> None:
    for sign, entries in (("+", changes.added), ("-", changes.removed)):
        for entry in entries:
            click.echo(f"{sign}\t{entry.county}\t{entry.name}\t{entry.region}")
    for change in (*changes.moved, *changes.renamed, *changes.changed):
        before, after = change.before, change.after
        fields = ", ".join(change.fields)
        click.echo(f"~\t{before.county} {before.name}\t{after.county} {after.name}\t{fields}")
    click.echo(f"=\t{changes.same}")
