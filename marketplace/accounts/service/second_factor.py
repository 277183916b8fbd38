"""The second factor: an authenticator app, and codes on paper for the day it is lost."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, select, update

from marketplace.accounts import queries, rules
from marketplace.accounts.models import RecoveryCode, SecondFactor
from marketplace.accounts.service.people import person_for_change, system_only
from marketplace.kernel.errors import Refused
from marketplace.work import Work

RECOVERY_CODES = 8


def begin_second(w: Work, person_id: uuid.UUID, secret: str) -> SecondFactor:
    """A new app, which guards nothing until its first right code; `secret` is encrypted already.

    Raises Refused when one is in use.
    """
    unused: SecondFactor | None = w.session.scalar(
        update(SecondFactor)
        .where(SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_(None))
        .values(secret=secret, begun_at=w.now)
        .returning(SecondFactor)
    )
    if unused:
        return unused
    if queries.second_factor(w.session, person_id):
        raise Refused("second_in_use")
    begun = SecondFactor(person_id=person_id, secret=secret, begun_at=w.now)
    w.session.add(begun)
    return begun


def use_counter(w: Work, person_id: uuid.UUID, counter: int) -> bool:
    """Whether this code of the app is new: each works once, also for two at the same time."""
    done = w.session.execute(
        update(SecondFactor)
        .where(SecondFactor.person_id == person_id, SecondFactor.last_counter < counter)
        .values(last_counter=counter)
        .returning(SecondFactor.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def confirm_second(w: Work, person_id: uuid.UUID) -> list[str]:
    """Its first code was right: from now on it guards; answers the recovery codes, shown once.

    Raises Refused when one is in use.
    """
    done = w.session.execute(
        update(SecondFactor)
        .where(SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_(None))
        .values(confirmed_at=w.now)
        .returning(SecondFactor.id)
    )
    if not done.first():
        raise Refused("second_in_use")
    w.record("confirm_second", person_for_change(w, person_id))
    return new_recovery_codes(w, person_id)


def new_recovery_codes(w: Work, person_id: uuid.UUID) -> list[str]:
    """Replaces all earlier ones; answered once, kept as hashes.

    Raises Refused while there is no app whose loss they would mend.
    """
    held = queries.second_factor(w.session, person_id)
    if held is None or held.confirmed_at is None:
        raise Refused("second_not_in_use")
    w.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [rules.paper_code() for _ in range(RECOVERY_CODES)]
    w.session.add_all(
        RecoveryCode(person_id=person_id, code_hash=rules.digest(rules.typed(code)))
        for code in codes
    )
    w.record("make_recovery_codes", person_for_change(w, person_id), count=len(codes))
    return codes


def use_recovery_code(w: Work, person_id: uuid.UUID, code: str) -> bool:
    """Whether it is one of theirs and unused; it is used then."""
    one = (
        select(RecoveryCode.id)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == rules.digest(rules.typed(code)),
        )
        .limit(1)
        .scalar_subquery()
    )
    done = w.session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.id == one, RecoveryCode.used_at.is_(None))
        .values(used_at=w.now)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    if not done.first():
        return False
    w.record("use_recovery_code", person_for_change(w, person_id))
    return True


def drop_second(w: Work, person_id: uuid.UUID) -> None:
    """One's own app goes, with its recovery codes; for staff the next sign-in asks for a new one.

    Raises Forbidden for anybody but the person and the system, Missing.
    """
    if w.actor.person_id != str(person_id):
        system_only(w)
    person = person_for_change(w, person_id)
    gone = w.session.execute(
        delete(SecondFactor).where(SecondFactor.person_id == person_id).returning(SecondFactor.id)
    )
    w.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    if gone.first():
        w.record("drop_second", person)
