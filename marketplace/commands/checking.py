"""`check`: everything that is wrong or risky with settings, versions, tables and data, at once."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.commands.opening import data_option
from marketplace.config import PREFIX, Config, Misconfigured
from marketplace.extension import card, make_runtime
from marketplace.standalone.settings import KEY_FILE, from_environment, gather
from marketplace.suppliers import queries as suppliers
from marketplace.work import Runtime, outbox, schema

# CVE-2024-0450: older ones unpack archives whose parts overlap
SAFE_PYTHON = (3, 11, 8)
# the WAL-reset bug is mended in these and all later ones of their line, see sqlite.org/wal.html
SAFE_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
KNOWN_POSTGRESQL = range(15, 19)
LITTLE_SPACE = 1 << 30  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in words; an error stops the shop or its promises, a warning is to be known."""

    is_error: bool
    text: str


@click.command()
@data_option
@click.option("--demo", is_flag=True, help="Judge it as a demonstration.")
def check(data: Path, demo: bool) -> None:
    """Tell every problem of settings, versions, tables and data; exit code 1 with errors."""
    found = list(findings(data, os.environ, demo=demo))
    for finding in found:
        click.echo(f"{'✗' if finding.is_error else '!'} {finding.text}")
    if any(finding.is_error for finding in found):
        raise SystemExit(1)
    click.echo("✓ ready")


def findings(
    data: Path, environment: Mapping[str, str], *, demo: bool = False
) -> Iterator[Finding]:
    """What there is to say, errors and warnings as they come; nothing is changed."""
    yield from _versions()
    yield from _folder(data)
    given = {f"{PREFIX}DATA": data, f"{PREFIX}DEMO": demo}
    try:
        gather(given, environment, keep_key=False)
    except Misconfigured as fault:
        yield from (Finding(True, problem) for problem in fault.problems)
    ours = {k: v for k, v in from_environment(environment).items() if k.startswith(PREFIX)}
    try:
        config = Config.read({**ours, **given})
    except Misconfigured:  # said above: what its settings name cannot be looked at
        return
    yield from (Finding(True, line) for line in (*config.unsent(), *config.unsold()))
    with suppress(Misconfigured):  # there is no such backend: said below
        yield from (Finding(True, line) for line in card(config).problems)
    if not config.database_url and not (data / "marketplace.sqlite").exists():
        yield Finding(False, f"no database in {data} yet: it is made at the first start")
        return
    try:
        runtime = make_runtime(config)
    except Misconfigured as fault:
        yield from (Finding(True, problem) for problem in fault.problems)
        return
    try:
        yield from _database(runtime)
    except SQLAlchemyError as fault:
        yield Finding(True, f"the database does not answer: {getattr(fault, 'orig', fault)}")
    finally:
        runtime.engine.dispose()


def _versions() -> Iterator[Finding]:
    if sys.version_info < SAFE_PYTHON:
        yield Finding(
            False,
            f"Python {platform.python_version()}: 3.11.8 or newer refuses overlapping archives",
        )


def _folder(data: Path) -> Iterator[Finding]:
    if not data.is_dir():
        yield Finding(False, f"{data} is not there yet: it is made at the first start")
        return
    if not os.access(data, os.W_OK | os.X_OK):
        yield Finding(True, f"{data} cannot be written")
    if os.name == "posix" and data.stat().st_mode & 0o007:
        yield Finding(False, f"{data} can be entered by everybody on this machine: chmod 700")
    if shutil.disk_usage(data).free < LITTLE_SPACE:
        yield Finding(False, f"less than 1 GB is free where {data} lies")
    key = data / KEY_FILE
    if os.name == "posix" and key.exists() and key.stat().st_mode & 0o077:
        yield Finding(True, f"{key} can be read by others: chmod 600")


def _database(runtime: Runtime) -> Iterator[Finding]:
    yield from _server(runtime)
    standing = schema.standing(runtime.engine)
    if standing is not schema.Standing.CURRENT:
        yield Finding(True, str(schema.WrongTables(standing)))
        return
    with runtime.reading() as session:
        for fault in schema.trigger_faults(session.connection()):
            yield Finding(True, fault)
        for fault in runtime.anchor.faults(session):
            yield Finding(True, fault)
        if dead := outbox.waiting(session, runtime.clock.now())["dead"]:
            yield Finding(False, f"{dead} parcels of the outbox failed too often: see /desk/outbox")
        if older := suppliers.older_schemes(session):
            yield Finding(
                True,
                f"{older} profiles of the gate follow an older scheme: type  {suppliers.RECKON}",
            )
        listings = session.scalar(select(func.count()).select_from(Listing)) or 0
    if advice := catalog.advice(runtime.tools.config.search, listings):
        yield Finding(False, advice)
    if problem := runtime.tools.search.status().problem:
        yield Finding(
            False, f"search: {problem}; it heals by itself, or: marketplace search rebuild"
        )


def _server(runtime: Runtime) -> Iterator[Finding]:
    """The version of the database itself; an old one is a line here, not a refusal."""
    if runtime.engine.dialect.name == "sqlite":
        if not _is_safe(sqlite3.sqlite_version_info):
            yield Finding(
                False,
                f"SQLite {sqlite3.sqlite_version}: before 3.51.3 (3.50.7, 3.44.6) WAL may lose a "
                "commit when several processes write; let one serve, and back up daily",
            )
        return
    with runtime.engine.connect() as connection:
        info = connection.dialect.server_version_info or (0,)
    if info[0] not in KNOWN_POSTGRESQL:
        yield Finding(False, f"PostgreSQL {info[0]}: 15 to 18 are what is tested")


def _is_safe(version: tuple[int, ...]) -> bool:
    newest = SAFE_SQLITE[0]
    return version >= newest or any(
        fixed[:2] == version[:2] and version >= fixed for fixed in SAFE_SQLITE
    )
