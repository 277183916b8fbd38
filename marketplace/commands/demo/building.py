"""Filling a folder: played beside it, checked, and moved into place only when it is complete."""

from __future__ import annotations

import shutil
import tempfile
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from marketplace.commands.demo import (
    banking,
    buying,
    cast,
    claiming,
    crediting,
    differing,
    invoicing,
    lists,
    owning,
    planning,
    reviewing,
    sellers,
    settling,
    watching,
)
from marketplace.commands.demo.script import Script, script
from marketplace.commands.demo.stage import Stage, instant
from marketplace.commands.opening import open_app, runtime_of
from marketplace.commands.verifying import check_all
from marketplace.kernel.clock import SetClock, local_day
from marketplace.orders import service as orders
from marketplace.work import Runtime
from marketplace.work.models import Parcel

DATABASE = "marketplace.sqlite"
ABANDONED = 600  # seconds; a building site this old belongs to nobody any more


class DoesNotAddUp(RuntimeError):
    """The finished demonstration has faults; nothing of it is kept."""


def build(data: Path, now: datetime) -> None:
    """Fill `data`, which must not exist or be empty; whoever is killed in the middle leaves it so.

    Raises DoesNotAddUp, OSError.
    """
    data.parent.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(data)
    site = Path(tempfile.mkdtemp(prefix=_prefix(data), dir=data.parent))
    try:
        fill(site, now, script())
        _move(site, data)
    finally:
        shutil.rmtree(site, ignore_errors=True)


def fill(folder: Path, now: datetime, told: Script) -> None:
    """Play the whole script into a folder and check what came of it. Raises DoesNotAddUp."""
    clock = SetClock(instant(local_day(now), cast.OPENING, "09:00"))
    runtime = runtime_of(open_app(folder, demo=True, clock=clock))
    try:
        stage = Stage(runtime, clock, now)
        cast.plan(stage, told.people)
        lists.plan(stage)
        sellers.plan(stage, told.sellers, told.turns)
        owning.plan(stage, told.sellers)
        planning.plan(stage, told.grants, told.plans)
        buying.plan(stage, told.checkouts, told.baskets)
        crediting.plan(stage)
        differing.plan(stage)
        watching.plan(stage, told.sellers)
        settling.plan(stage)
        invoicing.plan(stage)
        banking.plan(stage)
        claiming.plan(stage)
        reviewing.plan(stage)
        stage.play()
        _finish(runtime)
    finally:
        runtime.engine.dispose()


def _finish(runtime: Runtime) -> None:
    with runtime.work() as w:
        orders.lapse_due(w)
    while runtime.deliver():
        pass
    with runtime.reading() as session:
        runtime.anchor.note(session, runtime.clock.now())
        outcome = check_all(session, runtime.clock.now(), anchor=runtime.anchor)
        faults = [fault for found in outcome.values() for fault in found]
        stuck = session.scalars(select(Parcel).where(Parcel.delivered_at.is_(None)))
        faults += [f"outbox: {parcel.handler}: {parcel.fault}" for parcel in stuck]
    if faults:
        raise DoesNotAddUp("\n".join(faults))


def _move(site: Path, data: Path) -> None:
    """One rename, so that nobody ever meets a half-filled folder."""
    try:
        if data.exists():
            data.rmdir()  # only an empty one goes
        site.rename(data)
    except OSError:
        if not (data / DATABASE).exists():
            raise
        # somebody filled it meanwhile: theirs is as complete as ours


def _clear_abandoned(data: Path) -> None:
    for site in data.parent.glob(f"{_prefix(data)}*"):
        if time.time() - site.stat().st_mtime > ABANDONED:
            shutil.rmtree(site, ignore_errors=True)


def _prefix(data: Path) -> str:
    return f".{data.name}-being-filled-"
