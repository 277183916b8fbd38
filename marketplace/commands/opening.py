"""Opening a data folder for a command: the application, or only what works without the web."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import click
from flask import Flask

from marketplace.config import PREFIX, Config, Misconfigured
from marketplace.extension import Mounted, make_runtime
from marketplace.kernel.clock import Clock
from marketplace.standalone import create_app
from marketplace.standalone.settings import from_environment
from marketplace.work import Runtime, schema

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/data"),
    show_default=True,
    envvar="MARKETPLACE_DATA",
    help="Folder of the embedded database, the search index and the papers.",
)


# the demonstration offers what an operator has to choose
SHOWN = {f"{PREFIX}DEMO": True, f"{PREFIX}AFTER_ACCEPTANCE_WORKDAYS": 10}


def open_app(data: Path, *, demo: bool = False, clock: Clock | None = None) -> Flask:
    """The application on this folder, which is made when it is new."""
    data.mkdir(parents=True, exist_ok=True)
    try:
        return create_app({"MARKETPLACE_DATA": data, **(SHOWN if demo else {})}, clock=clock)
    except Misconfigured as fault:
        raise click.ClickException(str(fault)) from fault


def config_of(data: Path) -> Config:
    """The settings of the environment, with this folder. Raises ClickException."""
    given = {k: v for k, v in from_environment(os.environ).items() if k.startswith(PREFIX)}
    try:
        return Config.read({**given, f"{PREFIX}DATA": data})
    except Misconfigured as fault:
        raise click.ClickException(str(fault)) from fault


def open_bare(data: Path) -> Runtime:
    """What a command works with, whatever tables the database has; answers no request, so which
    host names it would answer to is not asked."""
    try:
        return make_runtime(config_of(data))
    except Misconfigured as fault:
        raise click.ClickException(str(fault)) from fault


def open_existing(data: Path) -> Runtime:
    """A database with the tables of this version; a clear refusal otherwise."""
    config = config_of(data)
    if not config.database_url and not (data / "marketplace.sqlite").exists():
        raise click.ClickException(f"没有数据库 / no database in {data}")
    runtime = open_bare(data)
    try:
        schema.require(runtime.engine)
    except schema.WrongTables as fault:
        runtime.engine.dispose()
        raise click.ClickException(str(fault)) from fault
    return runtime


def runtime_of(app: Flask) -> Runtime:
    return cast(Mounted, app.extensions["marketplace"]).runtime
