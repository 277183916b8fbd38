"""A Hypothesis state machine on a ground of its own for every history that it tries."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.databases import Databases
from tests.faults.ground import Ground, a_ground

# the same histories in each run: a run that fails is found again; no time limit for a step, as
# other work may go on beside it
SETTINGS = settings(
    max_examples=8,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


class GroundMachine(RuleBasedStateMachine):
    """Begins with a shop in which nothing has happened."""

    databases: ClassVar[Databases]
    kind: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self._opened: AbstractContextManager[Ground] = a_ground(self.databases, self.kind)
        self.ground = self._opened.__enter__()
        self.people = self.ground.people

    def teardown(self) -> None:
        self._opened.__exit__(None, None, None)


def run(
    machine: type[GroundMachine],
    databases: Databases,
    kind: str,
    *,
    histories: int = 8,
    steps: int = 20,
) -> None:
    """Try histories on this kind of database; fails with the shortest that goes wrong."""
    on = type(machine.__name__, (machine,), {"databases": databases, "kind": kind})
    run_state_machine_as_test(
        on, settings=settings(SETTINGS, max_examples=histories, stateful_step_count=steps)
    )
