"""The outbox: what is owed after a commit, kept until it has been done.

A worker claims parcels for a while (the lease), says that it is still at it (the heartbeat) and
notes the end. Whoever is killed loses the lease, and another worker takes over.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, CursorResult, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from marketplace.work.models import Parcel
from marketplace.work.wires import Wire, name_of

LEASE = timedelta(seconds=30)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 10
SUSPECT = 3  # attempts after which one that a worker died with comes alone: it may be the cause
LONGEST_FAULT = 500


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}  # building one takes longer than all its uses


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


class Catalogue:
    """Finds kinds and handlers again by the names that stand in parcels."""

    def __init__(self, after: Iterable[Wire], outside: Iterable[Wire]) -> None:
        self.kinds: dict[str, type[Any]] = {}
        self.reactions: dict[str, Callable[[Any, Any], None]] = {}
        self.outside: dict[str, Callable[[Any, Any], None]] = {}
        self._handlers: dict[type[Any], list[str]] = {}
        for wires, known in ((after, self.reactions), (outside, self.outside)):
            for wire in wires:
                self.kinds[wire.event.__name__] = wire.event
                for handler in wire.reactions:
                    known[name_of(handler)] = handler
                    self._handlers.setdefault(wire.event, []).append(name_of(handler))

    def pack(self, what: object, at: datetime) -> list[Parcel]:
        """A parcel for everyone who gets this kind of thing."""
        kind = type(what)
        handlers = self._handlers.get(kind)
        if not handlers:
            return []
        payload = _adapter(kind).dump_json(what).decode()
        return [
            Parcel(
                kind=kind.__name__,
                handler=name,
                payload=payload,
                made_at=at,
                due_at=at,
                attempts=0,
            )
            for name in handlers
        ]

    def unpack(self, parcel: Parcel) -> Any:
        """The event or letter. Raises KeyError when the wiring no longer knows its kind."""
        return _adapter(self.kinds[parcel.kind]).validate_json(parcel.payload)


def claim(
    session: Session, holder: str, at: datetime, *, limit: int, lease: timedelta = LEASE
) -> list[Parcel]:
    """Take what is due, oldest first, so that nobody else does before the lease ends.

    On PostgreSQL several workers pass each other; on SQLite one writes at a time. What a worker
    died with again and again comes last and alone, so that it wears out nothing but itself.
    """
    held = {"holder": holder, "leased_until": at + lease}
    usual = _due(at).where(~_is_suspect()).limit(limit)
    return _take(session, usual, held) or _take(
        session, _due(at).where(_is_suspect()).limit(1), held
    )


def held(session: Session, parcel_id: uuid.UUID, holder: str) -> Parcel | None:
    """The parcel, locked, while it is still this worker's; None when another has taken over."""
    asked = select(Parcel).where(Parcel.id == parcel_id, Parcel.holder == holder, _is_open())
    return session.scalar(asked.with_for_update())


def beat(session: Session, holder: str, at: datetime, lease: timedelta = LEASE) -> int:
    """The worker is still at it: its leases go on. Answers how many it holds."""
    mine = update(Parcel).where(Parcel.holder == holder, _is_open())
    return _rows(session, mine.values(leased_until=at + lease))


def finish(
    session: Session, holder: str, ids: Sequence[uuid.UUID], at: datetime, *, forget: bool = False
) -> int:
    """These are done; answers how many were still this worker's. `forget` what they held: letters
    name people and carry codes."""
    done = update(Parcel).where(Parcel.id.in_(ids), Parcel.holder == holder, _is_open())
    ended = {"delivered_at": at, "holder": None, "leased_until": None, "fault": None}
    return _rows(session, done.values({**ended, "payload": ""} if forget else ended))


def postpone(session: Session, parcel: Parcel, holder: str, at: datetime, fault: Exception) -> None:
    """It failed: wait twice as long as last time."""
    wait = min(FIRST_WAIT * 2 ** max(parcel.attempts - 1, 0), LONGEST_WAIT)
    told = f"{type(fault).__name__}: {fault}".replace("\x00", "")[:LONGEST_FAULT]
    mine = update(Parcel).where(Parcel.id == parcel.id, Parcel.holder == holder, _is_open())
    _rows(session, mine.values(holder=None, leased_until=None, due_at=at + wait, fault=told))


def dead(session: Session, at: datetime, *, limit: int = 200) -> list[Parcel]:
    """Parcels that failed too often and wait for a person, oldest first."""
    asked = select(Parcel).where(_is_dead(at)).order_by(Parcel.made_at, Parcel.id)
    return list(session.scalars(asked.limit(limit)))


def waiting(session: Session, at: datetime) -> dict[str, int]:
    """How many parcels stand where: due, later, held, dead."""
    asked = select(
        func.count().filter(and_(_is_free(at), Parcel.due_at <= at, ~_is_worn_out())),
        func.count().filter(and_(_is_free(at), Parcel.due_at > at, ~_is_worn_out())),
        func.count().filter(~_is_free(at)),
        func.count().filter(_is_dead(at)),
    ).where(_is_open())
    return dict(zip(("due", "later", "held", "dead"), session.execute(asked).one(), strict=True))


def try_again(session: Session, parcel_id: uuid.UUID, at: datetime) -> bool:
    """Give a dead parcel all its attempts back, due now; False when it is not dead."""
    revived = update(Parcel).where(Parcel.id == parcel_id, _is_dead(at))
    return _rows(session, revived.values(attempts=0, due_at=at)) == 1


def drop(session: Session, parcel_id: uuid.UUID, at: datetime) -> bool:
    """It is not owed any more, a person says; False when it is not dead."""
    dropped = update(Parcel).where(Parcel.id == parcel_id, _is_dead(at))
    return _rows(session, dropped.values(dropped_at=at, payload="")) == 1


def _due(at: datetime) -> Select[uuid.UUID]:
    return (
        select(Parcel.id)
        .where(_is_open(), Parcel.due_at <= at, ~_is_worn_out(), _is_free(at))
        .order_by(Parcel.due_at, Parcel.made_at, Parcel.id)
        .with_for_update(skip_locked=True)
    )


def _take(session: Session, due: Select[uuid.UUID], held: dict[str, object]) -> list[Parcel]:
    taken = session.scalars(
        update(Parcel)
        .where(Parcel.id.in_(due))
        .values(**held, attempts=Parcel.attempts + 1)
        .returning(Parcel),
        execution_options={"synchronize_session": False},
    )
    return sorted(taken, key=lambda parcel: (parcel.due_at, parcel.made_at, parcel.id))


def _is_suspect() -> ColumnElement[bool]:
    """A worker that lives lets go of what failed; this one has been held to the end, often."""
    return and_(Parcel.holder.is_not(None), Parcel.attempts >= SUSPECT)


def _is_open() -> ColumnElement[bool]:
    return and_(Parcel.delivered_at.is_(None), Parcel.dropped_at.is_(None))


def _is_free(at: datetime) -> ColumnElement[bool]:
    return or_(Parcel.leased_until.is_(None), Parcel.leased_until <= at)


def _is_worn_out() -> ColumnElement[bool]:
    return Parcel.attempts >= MOST_ATTEMPTS


def _is_dead(at: datetime) -> ColumnElement[bool]:
    return and_(_is_open(), _is_worn_out(), _is_free(at))


def _rows(session: Session, change: Any) -> int:
    done = session.execute(change, execution_options={"synchronize_session": False})
    return done.rowcount if isinstance(done, CursorResult) else 0
