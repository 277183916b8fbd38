"""The tables of a database: made and changed by migrations only, with the triggers that keep
append-only tables append-only."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from marketplace.kernel.errors import MarketplaceError
from marketplace.work.database import WRITING
from marketplace.work.models import APPEND_ONLY

VERSION_TABLE = "mp_alembic_version"
FOLDER = Path(__file__).parent.parent / "migrations"
COMMAND = "marketplace migrate"
LOCK_KEY = 0x6D70_5F73_6368  # "mp_sch": of migrations, among all advisory locks of a database
_FUNCTION = """
CREATE OR REPLACE FUNCTION mp_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


class Standing(StrEnum):
    """How the tables of a database stand to those that this version needs."""

    EMPTY = "empty"
    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"  # written by a newer version of the marketplace


class WrongTables(MarketplaceError):
    """The database does not have the tables of this version; says what to type."""

    status = 500
    code = "wrong_tables"

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing=standing.value)
        self.standing = standing

    def __str__(self) -> str:
        if self.standing is Standing.AHEAD:
            return "the database was written by a newer version: install that version"
        return f"the tables of the database are {self.standing}: type  {COMMAND}"


def standing(engine: Engine) -> Standing:
    """Compare the database with the migrations that are installed."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        found = context.get_current_revision()
    script = ScriptDirectory.from_config(_settings())
    if found is None:
        return Standing.EMPTY
    if found == script.get_current_head():
        return Standing.CURRENT
    known = {revision.revision for revision in script.walk_revisions()}
    return Standing.BEHIND if found in known else Standing.AHEAD


def require(engine: Engine) -> None:
    """Go on only with the tables of this version. Raises WrongTables."""
    found = standing(engine)
    if found is not Standing.CURRENT:
        raise WrongTables(found)


def upgrade(engine: Engine, target: str = "head") -> None:
    """Bring the tables up to `target`, triggers included; all of it or nothing."""
    with engine.execution_options(**WRITING).begin() as connection:
        _alone(connection)
        command.upgrade(_settings(connection), target)
        guard_tables(connection)


def downgrade(engine: Engine, target: str) -> None:
    """Back to `target`; "base" leaves no table of ours but the version's own."""
    with engine.execution_options(**WRITING).begin() as connection:
        _alone(connection)
        command.downgrade(_settings(connection), target)
        guard_tables(connection)


def prepare_server(engine: Engine) -> None:
    """What triggers stand on and tables do not bring along: our function on PostgreSQL."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(_FUNCTION))


def guard_tables(connection: Connection) -> None:
    """Put every trigger in place that is missing: a migration that copies a table loses them."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(_FUNCTION))
    for table, verb in _missing(connection):
        name = f"{table}_no_{verb.lower()}"
        if connection.dialect.name == "sqlite":
            told = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            each = ""
        else:
            told = "EXECUTE FUNCTION mp_refuse_change()"
            each = "FOR EACH STATEMENT " if verb == "TRUNCATE" else "FOR EACH ROW "
        connection.execute(text(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {each}{told}"))


def trigger_faults(connection: Connection) -> Iterator[str]:
    """Append-only tables that the database would let anybody change, in words."""
    for table, verb in _missing(connection):
        yield f"{table}: the trigger that refuses {verb} is missing; type  {COMMAND}"


def _missing(connection: Connection) -> list[tuple[str, str]]:
    is_sqlite = connection.dialect.name == "sqlite"
    asked = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' "
        "AND tgrelid IN (SELECT oid FROM pg_class WHERE pg_table_is_visible(oid))"
    )
    there = set(connection.scalars(text(asked)))
    tables = set(inspect(connection).get_table_names())
    verbs = ("UPDATE", "DELETE") if is_sqlite else ("UPDATE", "DELETE", "TRUNCATE")
    return [
        (table, verb)
        for table in sorted(APPEND_ONLY & tables)
        for verb in verbs
        if f"{table}_no_{verb.lower()}" not in there
    ]


def _alone(connection: Connection) -> None:
    """One process migrates, and may take its time; SQLite's writers are alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})


def _settings(connection: Connection | None = None) -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(FOLDER))
    settings.attributes["connection"] = connection
    return settings
