"""The stage: acts are planned for working days in Shanghai and played in the order of time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from marketplace.accounts import queries as accounts
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.clock import SHANGHAI, SetClock, local_day
from marketplace.kernel.workdays import calendar
from marketplace.work import Runtime, Work

Act = Callable[[], None]


@dataclass(slots=True)
class Stage:
    """Who plays where; `ids` remembers people and things by the names of the script."""

    runtime: Runtime
    clock: SetClock
    now: datetime  # the present at which the play ends
    ids: dict[str, uuid.UUID] = field(default_factory=dict)
    acts: list[tuple[datetime, Act]] = field(default_factory=list)

    @property
    def today(self) -> date:
        return local_day(self.now)

    def plan(self, days: int, at: str, act: Act) -> None:
        """So many working days before today, at "10:30" by the clock in Shanghai."""
        self.acts.append((instant(self.today, days, at), act))

    def play(self) -> None:
        """Everything planned, in order of time; the clock ends at the present."""
        for at, act in sorted(self.acts, key=lambda planned: planned[0]):
            self.clock.at = at
            act()
        self.acts.clear()
        self.clock.at = self.now

    @contextmanager
    def work(self, who: str | None = None) -> Iterator[Work]:
        """A unit of work of a person of the script, or of the system."""
        with self.runtime.work(self.actor(who) if who else SYSTEM) as w:
            yield w

    def actor(self, who: str) -> Actor:
        with self.runtime.reading() as session:
            found = accounts.actor_of(session, str(self.ids[who]), self.clock.now())
        if found is None:
            raise LookupError(f"{who} is not on the stage")
        return found


def instant(today: date, days: int, at: str) -> datetime:
    """`days` working days before `today`, at that time in Shanghai, in UTC."""
    day = today
    for _ in range(days):
        day -= timedelta(days=1)
        while not calendar().is_workday(day):
            day -= timedelta(days=1)
    return datetime.combine(day, time.fromisoformat(at), tzinfo=SHANGHAI).astimezone(UTC)
