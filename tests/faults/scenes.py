"""All scenes by name: what breaks, and how often in a short and a long run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults import checkout, clock, disk, gateway, payouts
from tests.faults.ground import Ground
from tests.faults.history import Verdict


@dataclass(frozen=True)
class Scene:
    """`short` times in the suite, `long` times by the command."""

    name: str
    play: Callable[[Ground, int], Verdict]
    short: int
    long: int


SCENES = (
    Scene("server killed during checkout", checkout.killed, 4, 40),
    Scene("server killed while the gateway tells of payments", gateway.killed, 2, 20),
    Scene("payout killed", payouts.killed, 4, 20),
    Scene("gateway dead, slow, or its answer lost", gateway.troubled, 3, 30),
    Scene("clock jumps", clock.jumping, 8, 100),
    Scene("disk full", disk.full, 1, 10),
)
