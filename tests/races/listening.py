"""A host that listens: notes each thing it hears in the trail. Found by its name in parcels."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from marketplace.config import Config
from marketplace.events import PurchaseLapsed
from marketplace.extension import make_runtime
from marketplace.kernel.clock import Clock
from marketplace.work import Runtime, Work, on


@dataclass(frozen=True)
class Heard:
    """What stands in the trail for it."""

    id: uuid.UUID


def note(w: Work, event: PurchaseLapsed) -> None:
    w.record("heard", Heard(event.purchase_id))


def a_host(config: Config, clock: Clock) -> Runtime:
    return make_runtime(config, clock=clock, heard=(on(PurchaseLapsed, note),))
