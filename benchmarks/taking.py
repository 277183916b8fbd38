"""The import in a process of its own, so that its memory is that of no other figure.

`python -m benchmarks.taking FOLDER SOCKET KIND ROWS RUNS` prints the figure as JSON.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import importing
from benchmarks.places import Grounds
from benchmarks.reporting import Figure
from marketplace.extension import bring_up, make_runtime
from marketplace.work import Runtime


def imported(ground: Grounds, kind: str, rows: int, *, runs: int) -> Figure:
    """A long sheet, see benchmarks.importing. Raises CalledProcessError."""
    socket = ground.socket if kind == "postgresql" else ""
    what = (str(ground.folder), socket, kind, str(rows), str(runs))
    command = [sys.executable, "-m", __name__, *what]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603  # ourselves
    told = json.loads(done.stdout)
    return Figure(**told, server="none: a process of its own", workers=1, client="none")


def main(folder: str, socket: str, *what: str) -> None:
    """Each half of a run has an empty database."""
    kind, rows, runs = what
    ground, numbers = Grounds(Path(folder), socket), itertools.count(1)

    def empty() -> Runtime:
        place = ground.place(kind, f"import-{next(numbers) % 2}")
        ground.make(place)
        runtime = make_runtime(place.config)
        bring_up(runtime)
        return runtime

    told: dict[str, Any] = importing.bench(empty, int(rows), runs=int(runs))
    for number in range(2):
        ground.drop(ground.place(kind, f"import-{number}"))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
