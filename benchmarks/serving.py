"""The measured server: what `marketplace serve` starts, and beside it a Flask that does nothing.

`python -m benchmarks.serving KIND FOLDER URL PORT` runs until it is stopped.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from benchmarks.places import Place
from marketplace.commands.opening import runtime_of
from marketplace.commands.serving import run
from marketplace.standalone import create_app

HOST = "127.0.0.1"
NULL = "/null"
PATIENCE = 60.0  # seconds for the server to come up
Start = Callable[..., Any]


def null_app() -> Flask:
    """A Flask with one route and nothing around it: no hooks, no session, no database."""
    app = Flask("null")
    app.add_url_rule(NULL, view_func=lambda: "ok")
    return app


class Beside:
    """Two applications in one server, told apart by the path alone."""

    def __init__(self, shop: Flask) -> None:
        self._shop = shop
        self._null = null_app()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        app = self._null if environ["PATH_INFO"] == NULL else self._shop
        return app(environ, start)


def main(kind: str, folder: str, url: str, port: str) -> None:
    """Serve as `marketplace serve` does, worker included; limits on how often somebody may try
    are off, since the clients are few and in a hurry."""
    place = Place(kind, Path(folder), url)
    app = create_app({**place.settings, "RATELIMIT_ENABLED": False})
    run(runtime_of(app), Beside(app), HOST, int(port))


@contextmanager
def served(place: Place, port: int) -> Iterator[int]:
    """The server in a process of its own, ready to answer."""
    words = [sys.executable, "-m", "benchmarks.serving", place.kind, str(place.folder), place.url,
             str(port)]  # fmt: skip  # as main takes them
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL)  # noqa: S603  # ourselves
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
