"""A second pair of eyes on a proposed list: only then, and from its day on, it counts."""

from __future__ import annotations

import uuid

from marketplace.events import DesignationsChanged
from marketplace.kernel.errors import SamePerson
from marketplace.regions import queries
from marketplace.regions.models import ListVersion
from marketplace.regions.rules import versions
from marketplace.regions.service.writing import put_in_force
from marketplace.regions.states import VERSION
from marketplace.work import Work, move


def confirm(w: Work, version_id: uuid.UUID) -> ListVersion:
    """Let a proposed version count from its day, never from before now.

    Raises SamePerson (who proposed it), WrongState, Forbidden, Missing, Refused
    list_changed_since, starts_before_newest.
    """
    version = queries.version(w.session, version_id)
    if version.proposed_by == w.actor.person_id:
        raise SamePerson
    VERSION.after(version.state, "confirm", w.actor.roles)  # the plainest reason is told first
    begins = versions.starts(version.effective_day, w.now)
    changed = queries.difference(w.session, version).counties
    put_in_force(w, version, begins)
    told = {"list": version.list_slug, "number": version.number, "starts_at": begins}
    move(w, VERSION, version, "confirm", source=version.source, **told)
    version.decided_by, version.decided_at = w.actor.person_id, w.now
    w.announce(DesignationsChanged(w.now, version.list_slug, changed, begins))
    return version


def discard(w: Work, version_id: uuid.UUID) -> ListVersion:
    """Drop a proposal; also by who made it. Raises WrongState, Forbidden, Missing."""
    version = queries.version(w.session, version_id)
    move(w, VERSION, version, "discard", list=version.list_slug, number=version.number)
    version.decided_by, version.decided_at = w.actor.person_id, w.now
    return version
