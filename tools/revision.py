"""Write a migration from what the models say and the migrations do not yet.

`python tools/revision.py "what changes"` adds one revision; `--baseline` writes the first one anew,
which is allowed only until the first release. Read what it wrote: it knows no data.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, Enum, String, Text
from sqlalchemy.types import TypeDecorator

import marketplace.extension  # noqa: F401  # for the models of every capability
from marketplace.work import schema
from marketplace.work.database import make_engine

BASELINE = "0001"
HEAD_ROW = """
    # the end of an empty trail: its row is there before the first unit of work asks for it
    op.execute(f"INSERT INTO mp_trail_head (id, number, hash) VALUES (1, 0, '{'0' * 64}')")
"""


def plain(kind: str, thing: Any, _context: Any) -> str | bool:
    """Types as the database knows them: a migration must not change when a class of ours does."""
    if kind != "type":
        return False
    found = thing.impl_instance if isinstance(thing, TypeDecorator) else thing
    if isinstance(found, DateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(found, Enum):
        return f"sa.String(length={found.length})"
    if isinstance(found, Text):
        return "sa.Text()"
    if isinstance(found, String):
        return f"sa.String(length={found.length})"
    return f"sa.{type(found).__name__}()"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("message", nargs="?", default="first tables")
    asked.add_argument("--baseline", action="store_true")
    given = asked.parse_args()
    versions = schema.FOLDER / "versions"
    if given.baseline:
        for old in versions.glob("*.py"):
            old.unlink()
    number = f"{len(list(versions.glob('*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/compare.sqlite")
        if not given.baseline:
            schema.upgrade(engine)
        with engine.begin() as connection:
            settings = Config()
            settings.set_main_option("script_location", str(schema.FOLDER))
            settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            settings.attributes["connection"] = connection
            settings.attributes["render_item"] = plain
            command.revision(settings, given.message, autogenerate=True, rev_id=number)
        engine.dispose()
    written = next(versions.glob(f"{number}_*.py"))
    if given.baseline:
        seed_head(written)
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(written)], check=True)


def seed_head(written: Path) -> None:
    """The one row that tables begin with."""
    text = written.read_text("utf-8")
    up, down = text.split("\n\ndef downgrade()")
    text = f"{up.rstrip()}\n{HEAD_ROW}\n\ndef downgrade(){down}"
    written.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
