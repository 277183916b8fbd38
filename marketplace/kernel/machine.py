"""States as a table of verbs: it guards services, gives pages their buttons and draws itself."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, WrongState

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """One verb: from which states, to which, by which roles."""

    verb: str
    sources: frozenset[S]
    target: S
    by: frozenset[Role]
    needs_note: bool = False


def step(
    verb: str, sources: Set[S], target: S, *, by: Set[Role], needs_note: bool = False
) -> Step[S]:
    return Step(verb, frozenset(sources), target, frozenset(by), needs_note)


class Machine(Generic[S]):
    """All verbs of one kind of thing; verbs are unique."""

    def __init__(self, *steps: Step[S]) -> None:
        self.steps = {s.verb: s for s in steps}
        if len(self.steps) != len(steps):
            raise ValueError("a verb stands twice in the table")

    def after(self, state: S, verb: str, roles: Iterable[Role]) -> S:
        """The state after the verb. Raises WrongState, Forbidden."""
        wanted = self.steps[verb]
        if not wanted.by & set(roles):
            raise Forbidden(verb=verb)
        if state not in wanted.sources:
            raise WrongState(verb=verb, state=state)
        return wanted.target

    def open_verbs(self, state: S, roles: Iterable[Role]) -> tuple[Step[S], ...]:
        """The verbs that these roles may use now, in the order of the table."""
        held = set(roles)
        return tuple(s for s in self.steps.values() if state in s.sources and s.by & held)

    def mermaid(self) -> str:
        """The table as a mermaid state diagram, for the docs."""
        lines = ["stateDiagram-v2"]
        for s in self.steps.values():
            lines += [f"    {source} --> {s.target}: {s.verb}" for source in sorted(s.sources)]
        return "\n".join(lines)
