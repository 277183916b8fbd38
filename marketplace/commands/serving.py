"""Serving pages, and the worker that delivers parcels and ends what has run out."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import click
import waitress

from marketplace.catalog import service as catalog
from marketplace.commands.opening import data_option, open_app, open_existing, runtime_of
from marketplace.orders import queries as orders
from marketplace.orders import service as ordering
from marketplace.standalone import logs
from marketplace.work import Runtime

log = logging.getLogger(__name__)
PAUSE = 1.0  # seconds between two looks into the outbox; a parcel waits at most this long


class Worker(threading.Thread):
    """Delivers parcels and lets unpaid orders lapse, beside the server, until it is stopped."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(name="worker", daemon=True)
        self.runtime = runtime
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                once(self.runtime)
            except Exception:  # a worker that dies silently would be worse than one that tries on
                log.exception("the worker goes on after a fault")
            self.stopped.wait(PAUSE)

    def stop(self) -> None:
        self.stopped.set()
        self.join()


def once(runtime: Runtime) -> int:
    """One round: orders whose hold has ended, everything due in the outbox, a lost search index."""
    with runtime.reading() as session:
        is_due = bool(orders.overdue(session, runtime.clock.now()))
    if is_due:  # a round without work takes no writing lock
        with runtime.work() as w:
            ordering.lapse_due(w)
    arrived = runtime.deliver()
    catalog.tend_search(runtime.tools.search, runtime.reading)
    return arrived


def run(runtime: Runtime, app: object, host: str, port: int) -> None:
    """Serve until interrupted, the worker beside."""
    worker = Worker(runtime)
    worker.start()
    click.echo(f"http://{host}:{port}")
    try:
        waitress.serve(app, host=host, port=port, threads=8, ident=None)
    finally:
        worker.stop()


@click.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--demo", is_flag=True, help="Show the demonstration people on the sign-in page.")
def serve(data: Path, host: str, port: int, demo: bool) -> None:
    """Serve the marketplace, worker included."""
    logs.to_stderr()
    app = open_app(data, demo=demo)
    run(runtime_of(app), app, host, port)


@click.command()
@data_option
def work(data: Path) -> None:
    """Deliver everything that is due, once."""
    click.echo(once(open_existing(data)))
