"""`sweep`: private files that no row names any more go; the worker does the same once a day."""

from __future__ import annotations

from pathlib import Path

import click

from marketplace.catalog import service as catalog
from marketplace.commands.opening import data_option, open_existing
from marketplace.kernel.errors import Busy


@click.command()
@data_option
def sweep(data: Path) -> None:
    """Let go of private files, older than a day, that no row names; safe to repeat."""
    runtime = open_existing(data)
    try:
        click.echo(f"{catalog.sweep_files(runtime)} 个文件 / files")
    except Busy as fault:
        raise click.ClickException("文件存储没有回应 / the storage does not answer") from fault
    finally:
        runtime.engine.dispose()
