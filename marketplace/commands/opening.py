"""Opening a data folder for a command: the application with its tables and region facts."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click
from flask import Flask
from sqlalchemy import inspect

from marketplace.config import Misconfigured
from marketplace.extension import Mounted
from marketplace.kernel.clock import Clock
from marketplace.regions import service as regions
from marketplace.standalone import create_app
from marketplace.work import Runtime

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/data"),
    show_default=True,
    envvar="MARKETPLACE_DATA",
    help="Folder of the database, the search index and the papers.",
)


def open_app(data: Path, *, demo: bool = False, clock: Clock | None = None) -> Flask:
    """The application on this folder; makes folder, tables and region facts when they are new."""
    data.mkdir(parents=True, exist_ok=True)
    try:
        app = create_app({"MARKETPLACE_DATA": data, "MARKETPLACE_DEMO": demo}, clock=clock)
    except Misconfigured as fault:
        raise click.ClickException(str(fault)) from fault
    runtime = runtime_of(app)
    runtime.create_tables()
    with runtime.reading() as session:
        known = regions.facts_are_loaded(session)
    if not known:
        with runtime.work() as w:
            regions.load_facts(w)
    return app


def open_existing(data: Path) -> Runtime:
    """A database that is there already, without the web; a clear refusal otherwise."""
    if not (data / "marketplace.sqlite").exists():
        raise click.ClickException(f"没有数据库 / no database in {data}")
    # answers no request, so which host names it would answer to is not asked
    runtime = runtime_of(create_app({"MARKETPLACE_DATA": data, "TRUSTED_HOSTS": "localhost"}))
    if not inspect(runtime.engine).has_table("mp_trail"):
        raise click.ClickException(f"数据库是空的 / the database in {data} has no tables")
    return runtime


def runtime_of(app: Flask) -> Runtime:
    return cast(Mounted, app.extensions["marketplace"]).runtime
