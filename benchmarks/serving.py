"""The measured server: what `marketplace serve` starts, with one route more that does nothing.

The null route hangs on the application, not on the marketplace's blueprint. It passes what stands
around every request of this application (headers, request log, origin check), and answers two
letters: no session, no database, no page.

`python -m benchmarks.serving KIND FOLDER URL PORT` runs until it is stopped.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.client import HOST
from benchmarks.places import Place
from marketplace.commands.opening import runtime_of
from marketplace.commands.serving import run
from marketplace.standalone import create_app, logs

NULL = "/null"
PATIENCE = 60.0  # seconds for the server to come up


def main(kind: str, folder: str, url: str, port: str) -> None:
    """Serve as `marketplace serve` does: its threads, its log, its worker beside. Limits on how
    often somebody may try are off, since the clients are few and in a hurry."""
    logs.to_stderr()
    place = Place(kind, Path(folder), url)
    app = create_app({**place.settings, "RATELIMIT_ENABLED": False})
    app.add_url_rule(NULL, "null", lambda: "ok")
    run(runtime_of(app), app, HOST, int(port))


@contextmanager
def served(place: Place, port: int) -> Iterator[int]:
    """The server in a process of its own, ready to answer."""
    words = [sys.executable, "-m", "benchmarks.serving", place.kind, str(place.folder), place.url,
             str(port)]  # fmt: skip  # as main takes them
    with (place.folder / "log.jsonl").open("wb") as log:  # written, as a real one is
        child = subprocess.Popen(words, stdout=log, stderr=log)  # noqa: S603  # ourselves
        try:
            _wait(child, port)
            yield port
        finally:
            child.terminate()
            child.wait(timeout=30)


def _wait(child: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and child.poll() is None:
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", NULL)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the measured server did not come up")


if __name__ == "__main__":
    main(*sys.argv[1:])
