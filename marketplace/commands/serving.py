"""Serving pages, and the worker that delivers parcels and ends what has run out."""

from __future__ import annotations

import gc
import logging
import signal
import sys
import threading
from pathlib import Path

import click
import waitress

from marketplace import wiring
from marketplace.catalog import service as catalog
from marketplace.commands.opening import data_option, open_app, open_existing, runtime_of
from marketplace.orders import queries as orders
from marketplace.orders import service as ordering
from marketplace.standalone import logs
from marketplace.work import Runtime
from marketplace.work import once as answered
from marketplace.work.sweeps import sweep

log = logging.getLogger(__name__)
PAUSE = 1.0  # seconds between two looks into the outbox; a parcel waits at most this long
THREADS = 8  # requests answered at a time; one more waits in line


class Worker(threading.Thread):
    """Delivers parcels and lets unpaid orders lapse, beside the server, until it is stopped."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(name="worker", daemon=True)
        self.runtime = runtime
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            arrived = 0
            try:
                arrived = once(self.runtime)
            except Exception:  # a worker that dies silently would be worse than one that tries on
                log.exception("the worker goes on after a fault")
            if not arrived:  # what was delivered may have owed something new
                self.stopped.wait(PAUSE)

    def stop(self) -> None:
        self.stopped.set()
        self.join()


def once(runtime: Runtime) -> int:
    """One round: orders whose hold has ended, sweeps that are due, everything due in the outbox,
    the trail's anchor, a lost search index; keys of forms answered long ago are forgotten."""
    with runtime.reading() as session:
        is_due = bool(orders.overdue(session, runtime.clock.now()))
        has_old = answered.is_due(session, runtime.clock.now())
    if is_due:  # a round without work takes no writing lock
        runtime.again(lambda: _lapse(runtime))
    if has_old:
        with runtime.work() as w:
            answered.forget(w)
    for sweeping in wiring.SWEEPS:
        sweep(runtime, sweeping)
    arrived = runtime.deliver()
    if runtime.anchor.is_due(runtime.clock.now()):
        try:
            with runtime.reading() as session:
                runtime.anchor.note(session, runtime.clock.now())
        except OSError:
            log.exception("the trail could not be anchored")
    catalog.tend_search(runtime.tools.search, runtime.reading)
    return arrived


def _lapse(runtime: Runtime) -> None:
    with runtime.work() as w:
        ordering.lapse_due(w)


def run(runtime: Runtime, app: object, host: str, port: int, *, alone: bool = False) -> None:
    """Serve until interrupted; the worker beside, unless others do its work."""
    worker = None if alone else Worker(runtime)
    if worker:
        worker.start()
    click.echo(f"http://{host}:{port}")
    gc.collect()
    gc.freeze()  # what is there now stays: requests do not pay for looking through it
    try:
        waitress.serve(app, host=host, port=port, threads=THREADS, ident=None)
    finally:
        if worker:
            worker.stop()


@click.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--demo", is_flag=True, help="Show the demonstration people on the sign-in page.")
@click.option("--no-worker", is_flag=True, help="Others deliver: marketplace work --stay.")
def serve(data: Path, host: str, port: int, demo: bool, no_worker: bool) -> None:
    """Serve the marketplace, worker included."""
    logs.to_stderr()
    app = open_app(data, demo=demo)
    tools = runtime_of(app).tools
    for line in (*tools.config.unsent(), *tools.config.unsold(), *tools.card.problems):
        log.warning(line)
    run(runtime_of(app), app, host, port, alone=no_worker)


@click.command()
@data_option
@click.option("--stay", is_flag=True, help="Go on until interrupted; several may, on PostgreSQL.")
def work(data: Path, stay: bool) -> None:
    """Deliver everything that is due, once or from now on."""
    runtime = open_existing(data)
    if not stay:
        click.echo(once(runtime))
        runtime.engine.dispose()
        return
    logs.to_stderr()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(0)
    )  # a round in work ends first, or its lease
    worker = Worker(runtime)
    worker.start()
    try:
        worker.join()
    finally:
        worker.stop()
