"""P35: the tables come by one history of migrations, the same on both databases, up and down."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect, text
from sqlalchemy.exc import IntegrityError

from marketplace.kernel.base import Base
from marketplace.work import schema
from marketplace.work.database import make_engine
from marketplace.work.models import APPEND_ONLY
from marketplace.work.schema import Standing, WrongTables
from tests.databases import Databases, Place


@pytest.fixture
def empty(database: str, databases: Databases, tmp_path: Path) -> Iterator[Place]:
    """A database without any table."""
    made = databases.empty(database, tmp_path / "empty")
    yield made
    databases.drop(made)


@pytest.fixture
def engine(empty: Place) -> Iterator[Engine]:
    made = make_engine(empty.config.url)
    yield made
    made.dispose()


def differences(engine: Engine) -> list[object]:
    """What the models say and the tables do not, or the other way round."""
    options = {
        "version_table": schema.VERSION_TABLE,
        "compare_type": engine.dialect.name != "sqlite",  # STRICT tables know four types only
        "include_object": lambda thing, name, kind, *_: kind != "table" or name.startswith("mp_"),
    }
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def shape(engine: Engine) -> dict[str, object]:
    """Columns, keys, indexes and checks of all our tables."""
    looked = inspect(engine)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in looked.get_columns(table)],
            looked.get_pk_constraint(table)["constrained_columns"],
            sorted(str(sorted(k.items(), key=str)) for k in looked.get_foreign_keys(table)),
            sorted(str(u["column_names"]) for u in looked.get_unique_constraints(table)),
            sorted(f"{i['name']} {i['column_names']}" for i in looked.get_indexes(table)),
            sorted(str(c["name"]) for c in looked.get_check_constraints(table)),
        )
        for table in looked.get_table_names()
        if table.startswith("mp_") and table != schema.VERSION_TABLE
    } | {"strict": strict(engine)}


def strict(engine: Engine) -> list[str]:
    """Tables of SQLite that refuse a value of another type."""
    if engine.dialect.name != "sqlite":
        return []
    asked = "SELECT name FROM pragma_table_list WHERE strict ORDER BY name"
    with engine.connect() as connection:
        return list(connection.scalars(text(asked)))


def test_models_and_migrations_agree(engine: Engine) -> None:
    schema.upgrade(engine)
    assert differences(engine) == []


def test_tables_by_migration_are_those_the_models_would_make(
    engine: Engine, database: str, databases: Databases, tmp_path: Path
) -> None:
    schema.upgrade(engine)
    other = databases.empty(database, tmp_path / "models")
    made = make_engine(other.config.url)
    Base.metadata.create_all(made)
    by_models, by_migration = shape(made), shape(engine)
    made.dispose()
    databases.drop(other)
    assert by_migration == by_models


def test_up_down_and_up_again_is_as_up(engine: Engine) -> None:
    schema.upgrade(engine)
    first = shape(engine)
    schema.downgrade(engine, "base")
    assert inspect(engine).get_table_names() == [schema.VERSION_TABLE]
    schema.upgrade(engine)
    assert shape(engine) == first
    with engine.connect() as connection:
        assert list(schema.trigger_faults(connection)) == []


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE mp_trail_head SET number = 7"))
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT number FROM mp_trail_head")) == 7


def test_tables_of_a_host_are_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mall_user (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('of-the-host')"))
    schema.upgrade(engine)
    assert differences(engine) == []
    schema.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) >= {"mall_user", "alembic_version"}
    with engine.connect() as connection:
        kept = connection.scalar(text("SELECT version_num FROM alembic_version"))
    assert kept == "of-the-host"


def test_an_old_or_a_newer_database_is_not_started_on(engine: Engine) -> None:
    assert schema.standing(engine) is Standing.EMPTY
    schema.upgrade(engine)
    schema.require(engine)
    for version, standing, words in (
        ("9999", Standing.AHEAD, "newer version"),
        (None, Standing.EMPTY, "marketplace migrate"),
    ):
        with engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {schema.VERSION_TABLE}"))  # noqa: S608  # ours
            if version:
                connection.execute(
                    text(f"INSERT INTO {schema.VERSION_TABLE} VALUES (:v)"),  # noqa: S608  # ours
                    {"v": version},
                )
        assert schema.standing(engine) is standing
        with pytest.raises(WrongTables, match=words):
            schema.require(engine)


def test_append_only_tables_are_guarded_after_every_migration(engine: Engine) -> None:
    schema.upgrade(engine)
    table = sorted(APPEND_ONLY)[0]
    on = f" ON {table}" if engine.dialect.name == "postgresql" else ""
    with engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER {table}_no_delete{on}"))
        (fault,) = schema.trigger_faults(connection)
    assert table in fault
    assert "DELETE" in fault
    schema.upgrade(engine)  # as a migration that copied the table would leave it
    with engine.connect() as connection:
        assert list(schema.trigger_faults(connection)) == []


@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_what_was_written(place: Place, change: str) -> None:
    """P1: also when somebody comes with a statement of their own."""
    engine = make_engine(place.config.url)
    refused = change.format("mp_trail").replace("id = id", "verb = verb")
    with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
        connection.execute(text(refused))
    engine.dispose()


@pytest.mark.sqlite_only  # PostgreSQL's tables are strict by nature
def test_every_table_of_sqlite_is_strict(engine: Engine) -> None:
    schema.upgrade(engine)
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'mp_%'"
    with engine.connect() as connection:
        made = connection.execute(text(asked)).all()
    loose = [name for name, told in made if "STRICT" not in told.rpartition(")")[2]]
    assert loose == [schema.VERSION_TABLE]  # Alembic's own


def test_postgresql_empties_no_append_only_table(place: Place) -> None:
    """P30: TRUNCATE fires no trigger of rows."""
    engine = make_engine(place.config.url)
    if engine.dialect.name == "postgresql":
        with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
            connection.execute(text("TRUNCATE mp_trail"))
    engine.dispose()


def test_every_table_of_ours_has_our_prefix() -> None:
    tables: MetaData = Base.metadata
    assert all(name.startswith("mp_") for name in tables.tables)


def test_two_processes_that_start_at_once_make_one_database(empty: Place) -> None:
    started = [
        subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", "marketplace", "migrate", "--data", str(empty.folder)],
            env={**os.environ, "MARKETPLACE_DATABASE_URL": empty.url},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]
    told = [(one.communicate(timeout=120)[0], one.returncode) for one in started]
    assert [code for _, code in told] == [0, 0, 0], told


def test_what_the_operator_gives_with_the_address_is_kept(
    empty: Place, databases: Databases
) -> None:
    if not empty.url:
        assert make_engine(empty.config.url).dialect.name == "sqlite"
        return
    engine = make_engine(f"{empty.url}&options=-csearch_path%3Daid")
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA aid"))
    schema.upgrade(engine)
    with engine.connect() as connection:
        homes = connection.scalars(
            text("SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'mp_%'")
        ).all()
        assert connection.scalar(text("SHOW lock_timeout")) == "5s"
    engine.dispose()
    assert homes == ["aid"]
