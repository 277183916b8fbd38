"""`migrate`: brings the tables of a database to this version, with their triggers and facts."""

from __future__ import annotations

from pathlib import Path

import click

from marketplace.commands.opening import data_option, open_bare
from marketplace.extension import bring_up
from marketplace.work import schema


@click.command()
@data_option
@click.option("--down-to", metavar="REVISION", help='Go back instead; "base" drops every table.')
@click.option("--yes", is_flag=True, help="Needed to go back: data of dropped columns is lost.")
def migrate(data: Path, down_to: str | None, yes: bool) -> None:
    """Bring the tables to this version; the same again changes nothing."""
    runtime = open_bare(data)
    try:
        before = schema.standing(runtime.engine)
        if down_to is not None:
            if not yes:
                raise click.ClickException("数据会丢失 / data will be lost: say --yes")
            schema.downgrade(runtime.engine, down_to)
        elif before is schema.Standing.AHEAD:
            raise click.ClickException(str(schema.WrongTables(before)))
        else:
            bring_up(runtime)
        click.echo(f"{before} → {schema.standing(runtime.engine)}")
    finally:
        runtime.engine.dispose()
