"""`python -m tests.catalog.killed_upload FOLDER URL PERSON SUPPLIER`: put a scan by, and die before
the row that names it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from sqlalchemy import event

from marketplace.accounts import queries as accounts
from marketplace.config import Config
from marketplace.extension import make_runtime
from marketplace.kernel.clock import SetClock
from marketplace.suppliers import service
from marketplace.suppliers.states import PaperKind
from tests.databases import NOON, Place
from tests.makers.suppliers import a_paper


def main(folder: str, url: str, person_id: str, supplier_id: str) -> None:
    config = Config(data=Path(folder), database_url=url, demo=True)
    runtime = make_runtime(config, clock=SetClock(NOON))

    def die(_connection: object, _cursor: object, statement: str, *_told: object) -> None:
        if statement.startswith("INSERT INTO mp_paper"):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(runtime.engine, "before_cursor_execute", die)
    with runtime.reading() as session:
        actor = accounts.actor_of(session, person_id, NOON)
    assert actor is not None
    given = service.received(runtime.tools.storage, a_paper(PaperKind.FOOD_PRODUCTION))
    with runtime.work(actor) as w:
        service.hand_in(w, UUID(supplier_id), given)


def killed(place: Place, person_id: str, supplier_id: UUID) -> int:
    """The exit code of whoever hands a paper in and dies."""
    return subprocess.run(  # noqa: S603  # our own interpreter and module
        [sys.executable, "-m", "tests.catalog.killed_upload",
         str(place.folder), place.url, person_id, str(supplier_id)],
        check=False,
        capture_output=True,
        timeout=120,
    ).returncode  # fmt: skip  # one command


if __name__ == "__main__":
    main(*sys.argv[1:])
