"""A database written whole into one file, and put back: SQLite by its backup API, PostgreSQL by
its own programs, which know their format best."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Engine, make_url

from marketplace.kernel.errors import MarketplaceError
from marketplace.work import schema

PAGES = 1000  # pages of SQLite copied before writers may go on


class CannotCopy(MarketplaceError):
    """The database was not copied; says why, in words."""

    status = 500
    code = "cannot_copy"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)

    def __str__(self) -> str:
        return str(self.data["reason"])


def file_name(url: str) -> str:
    """What the copy is called: "database.sqlite" or "database.dump"."""
    return "database.sqlite" if _is_sqlite(url) else "database.dump"


def copy_out(url: str, target: Path, *, programs: str = "") -> None:
    """Write the database of `url` into `target` as it is at one instant, while others go on
    writing. `programs`: the folder of pg_dump, empty for the path's. Raises CannotCopy."""
    if _is_sqlite(url):
        source = make_url(url).database or ""
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy, pages=PAGES)
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise CannotCopy(f"integrity_check: {found}")
        return
    tables = ("--table=mp_*", "--no-owner", "--no-privileges")
    _run(programs, "pg_dump", url, "--format=custom", *tables, f"--file={target}")


def copy_in(engine: Engine, url: str, source: Path, *, programs: str = "") -> None:
    """Put a copy into the database of `url`, which has no table of ours yet. Raises CannotCopy."""
    if schema.standing(engine) is not schema.Standing.EMPTY:
        raise CannotCopy("the database is not empty: nothing is written over")
    if _is_sqlite(url):
        engine.dispose()
        target = Path(make_url(url).database or "")
        for rest in ("-wal", "-shm"):  # of the empty database that was looked at
            target.with_name(target.name + rest).unlink(missing_ok=True)
        shutil.copyfile(source, target)
        return
    schema.prepare_server(engine)  # triggers in the dump name our function, the dump does not
    whole = ("--no-owner", "--single-transaction", "--exit-on-error")
    _run(programs, "pg_restore", url, *whole, str(source))


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _run(folder: str, program: str, url: str, *options: str) -> None:
    found = shutil.which(program, path=folder or None)
    if found is None:
        raise CannotCopy(
            f"{program} is not there: install PostgreSQL's client, or set MARKETPLACE_PG_BIN"
        )
    known = make_url(url)
    secret = {"PGPASSWORD": str(known.password)} if known.password else {}
    ran = subprocess.run(  # noqa: S603  # PostgreSQL's own program, arguments of ours
        [found, f"--dbname={_address(known)}", *options],
        env={**os.environ, **secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise CannotCopy(f"{program}: {ran.stderr.strip()}")


def _address(url: URL) -> str:
    """As PostgreSQL's programs read it, with all that is given (TLS, a port, a socket); a password
    travels by the environment, where no list of processes shows it."""
    plain = url.set(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False)
