"""One unit of work, as a service sees it: session, actor, instant, tools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from marketplace.config import Config
from marketplace.events import Event
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.machine import Machine
from marketplace.ports.mail import Mail, Mailer
from marketplace.ports.payments import PaymentGateway
from marketplace.ports.search import SearchIndex
from marketplace.ports.sms import Sms, SmsSender
from marketplace.ports.storage import Storage
from marketplace.work import trail

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Tools:
    """The outside world as configured."""

    config: Config
    search: SearchIndex
    storage: Storage
    card: PaymentGateway
    mail: Mailer
    sms: SmsSender
    prefix: str = ""  # where our pages begin, below the public address

    @property
    def public_address(self) -> str:
        """Of our pages, as people type it; empty when nobody has said it."""
        known = self.config.public_url.rstrip("/")
        return f"{known}{self.prefix}" if known else ""


@dataclass(slots=True)
class Work:
    """Never committed by a service: whoever opened it does that on leaving."""

    session: Session
    actor: Actor
    now: datetime
    tools: Tools
    announced: list[Event] = field(default_factory=list)
    deeds: list[trail.Deed] = field(default_factory=list)
    undo: list[Callable[[], None]] = field(default_factory=list)  # run when it is rolled back
    letters: list[Mail | Sms] = field(default_factory=list)

    def by_system(self) -> Work:
        """The same unit of work in the name of the marketplace itself."""
        return replace(self, actor=SYSTEM)

    def announce(self, event: Event) -> None:
        """Say that something happened; reactions of the same transaction run before it ends."""
        self.announced.append(event)

    def send(self, letter: Mail | Sms) -> None:
        """Owe a letter: it is written to the outbox in this commit and leaves after it."""
        self.letters.append(letter)

    def record(
        self,
        verb: str,
        subject: Subject,
        *,
        from_state: str | None = None,
        to_state: str | None = None,
        **data: Any,
    ) -> None:
        """Write one trail row about `subject`; `data` is told as JSON, never secrets."""
        self.session.flush()  # gives a new subject its id, which the row must name
        self.record_named(verb, subject, from_state=from_state, to_state=to_state, **data)

    def record_named(
        self,
        verb: str,
        subject: Subject,
        *,
        from_state: str | None = None,
        to_state: str | None = None,
        **data: Any,
    ) -> None:
        """The same about a subject that has its id already, and is written later with others."""
        self.deeds.append(
            trail.Deed(
                actor=self.actor.person_id,
                verb=verb,
                subject_kind=type(subject).__name__,
                subject_id=subject.id,
                supplier_id=getattr(subject, "supplier_id", None),
                organisation_id=getattr(subject, "organisation_id", None),
                from_state=from_state,
                to_state=to_state,
                data=data,
            )
        )


class Subject(Protocol):
    """Anything with an id can be the subject of a trail row."""

    @property
    def id(self) -> Any: ...


class HasState(Subject, Protocol[S]):
    """A thing that walks a state machine; it counts its changes, see kernel.base.Versioned."""

    state: S
    version: int


def move(w: Work, machine: Machine[S], thing: HasState[S], verb: str, **data: Any) -> None:
    """Use a verb of the state table: checks state and role, changes the state, writes the trail.

    Things with a state are Versioned: who moved it in the meantime makes this unit begin anew.
    Raises WrongState, Forbidden, Conflict.
    """
    before = thing.state
    thing.state = machine.after(before, verb, w.actor.roles)
    w.record(verb, thing, from_state=before, to_state=thing.state, **data)
