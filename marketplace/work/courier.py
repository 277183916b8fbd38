"""The courier: brings what stands in the outbox, each parcel to its handler, at least once.

Reactions run in a unit of work that also notes their end: done exactly once. Handlers that speak
with the outside world run between two units; the key of a parcel lets the other side know it again.
"""

from __future__ import annotations

import logging
import os
import platform
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from marketplace.kernel.errors import Busy
from marketplace.work import outbox
from marketplace.work.models import Parcel
from marketplace.work.wires import Outside, Sent

if TYPE_CHECKING:
    from marketplace.work.runtime import Runtime

log = logging.getLogger(__name__)
BATCH = 100


class Courier:
    """One worker; several may run beside each other, in one process or in many."""

    def __init__(self, runtime: Runtime, *, lease: timedelta = outbox.LEASE) -> None:
        self.runtime = runtime
        self.lease = lease
        self.holder = f"{platform.node()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"

    def round(self, *, limit: int = BATCH) -> int:
        """Bring what is due; answers how many parcels arrived."""
        with self.runtime.work() as w:
            claimed = outbox.claim(w.session, self.holder, w.now, limit=limit, lease=self.lease)
        if not claimed:
            return 0
        with self._heart():
            return sum(self._bring(batch) for batch in self._batches(claimed))

    def _batches(self, claimed: Sequence[Parcel]) -> Iterator[list[Parcel]]:
        """Reactions one by one; what goes outside together, by handler."""
        together: dict[str, list[Parcel]] = {}
        for parcel in claimed:
            if parcel.handler in self.runtime.parcels.outside:
                together.setdefault(parcel.handler, []).append(parcel)
            else:
                yield [parcel]
        yield from together.values()

    def _bring(self, batch: list[Parcel]) -> int:
        try:
            if batch[0].handler in self.runtime.parcels.outside:
                return self._hand_over(batch)
            return self.runtime.again(lambda: self._react(batch[0]))
        except Exception as fault:  # whatever it was, the parcels must wait and tell of it
            log.exception("%s was not delivered", batch[0].handler)
            with self.runtime.work() as w:
                for parcel in batch:
                    outbox.postpone(w.session, parcel, self.holder, w.now, fault)
            return 0

    def _react(self, claimed: Parcel) -> int:
        with self.runtime.work() as w:
            parcel = outbox.held(w.session, claimed.id, self.holder)
            if parcel is None:
                return 0  # the lease ran out and somebody else has it
            reaction = self.runtime.parcels.reactions[parcel.handler]
            reaction(w, self.runtime.parcels.unpack(parcel))
            return outbox.finish(w.session, self.holder, [parcel.id], w.now)

    def _hand_over(self, batch: list[Parcel]) -> int:
        parcels = self.runtime.parcels
        sent = [Sent(str(parcel.id), parcels.unpack(parcel)) for parcel in batch]
        handler = parcels.outside[batch[0].handler]
        runtime = self.runtime
        handler(Outside(runtime.tools, runtime.clock.now(), runtime.reading, runtime), sent)
        with self.runtime.work() as w:
            ids = [parcel.id for parcel in batch]
            return outbox.finish(w.session, self.holder, ids, w.now, forget=True)

    @contextmanager
    def _heart(self) -> Iterator[None]:
        """Beats beside the work, so that slow parcels stay ours."""
        stopped = threading.Event()
        beating = threading.Thread(target=self._beat, args=(stopped,), daemon=True)
        beating.start()
        try:
            yield
        finally:
            stopped.set()
            beating.join()

    def _beat(self, stopped: threading.Event) -> None:
        while not stopped.wait(self.lease.total_seconds() / 3):
            try:
                with self.runtime.work() as w:
                    outbox.beat(w.session, self.holder, w.now, self.lease)
            except Busy:
                log.info("the heartbeat waits: a long unit of work holds the database")
            except Exception:  # one beat that fails must not be the last
                log.exception("a beat of the heart failed")
