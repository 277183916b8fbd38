"""Run by Alembic: our own tables only, in our own version table, in one transaction.

Everything of a host's database that does not begin with `mp_` is as if it were not there.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection

from marketplace.kernel.base import Base
from marketplace.work.schema import VERSION_TABLE


def is_ours(thing: Any, name: str | None, kind: str, *_: object) -> bool:
    """For comparisons: no table of a host, and none of Alembic's."""
    return kind != "table" or ((name or "").startswith("mp_") and name != VERSION_TABLE)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        include_object=is_ours,
        compare_type=True,
        render_item=context.config.attributes.get("render_item"),
        transaction_per_migration=False,
    )
    context.run_migrations()


run(context.config.attributes["connection"])
