"""`sweep`: private files that no row names are put aside; the worker does the same once a day."""

from __future__ import annotations

from pathlib import Path

import click

from marketplace.catalog import service as catalog
from marketplace.commands.opening import data_option, open_existing
from marketplace.kernel.errors import Busy


@click.command()
@data_option
@click.option("--many", is_flag=True, help="Also when unusually many; look at verify first.")
def sweep(data: Path, *, many: bool) -> None:
    """Put private files aside, older than a day, that no row names, and back what one names; after
    a month they go for good. Safe to repeat."""
    runtime = open_existing(data)
    try:
        click.echo(f"{catalog.sweep_files(runtime, many=many)} 个文件 / files")
    except Busy as fault:
        raise click.ClickException("文件存储没有回应 / the storage does not answer") from fault
    except OSError as fault:
        said = f"文件存储不能写 / the storage cannot be written: {fault.strerror}"
        raise click.ClickException(said) from fault
    finally:
        runtime.engine.dispose()
