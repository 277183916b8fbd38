"""Batches of vouchers: codes that are shown once, limits that hold under any number of hands."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Update, select, update
from sqlalchemy.exc import IntegrityError

from marketplace.credit import queries, rules
from marketplace.credit.models import Voucher, VoucherBatch, VoucherUse
from marketplace.credit.states import VOUCHERS, Funder, LimitOf, VoucherState
from marketplace.kernel.actor import Role
from marketplace.kernel.codes import random_code
from marketplace.kernel.errors import Forbidden, Invalid, Refused, SamePerson
from marketplace.kernel.money import ZERO, Money
from marketplace.unions import queries as unions
from marketplace.work import Work, move

MOST_CODES = 5_000
LARGEST_FACE = Money(100_000)  # a thousand yuan


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What a manager asks for; `most` uses in all, by person and by union."""

    name: str
    face: Money
    min_spend: Money
    span: rules.Span
    codes: int
    most: int
    most_per_person: int = 1
    most_per_union: int | None = None
    zone_only: bool = False


def make_batch(w: Work, new: NewBatch) -> VoucherBatch:
    """Write down what the codes will be worth. Raises Forbidden, Invalid."""
    if Role.MANAGER not in w.actor.roles:
        raise Forbidden(verb="make_batch")
    _check(w, new)
    made = VoucherBatch(
        name=new.name.strip(), funder=Funder.MARKETPLACE, face=new.face, min_spend=new.min_spend,
        zone_only=new.zone_only, valid_from=new.span.start, valid_until=new.span.end,
        codes=new.codes, most=new.most, most_per_person=new.most_per_person,
        most_per_union=new.most_per_union, state=VoucherState.DRAFT,
        made_by=w.actor.person_id, made_at=w.now,
    )  # fmt: skip
    w.session.add(made)
    w.record("make_batch", made, to_state=made.state, face=new.face.fen, codes=new.codes)
    return made


def issue(w: Work, batch_id: uuid.UUID) -> tuple[str, ...]:
    """Make the codes; this answer is the only place where they ever stand. By another manager than
    who made the batch. Raises Missing, Forbidden, SamePerson, WrongState."""
    batch = queries.batch(w.session, batch_id).batch
    if batch.made_by == w.actor.person_id:
        raise SamePerson
    move(w, VOUCHERS, batch, "issue", codes=batch.codes)
    batch.issued_by, batch.issued_at = w.actor.person_id, w.now
    codes = tuple(random_code(rules.CODE_LENGTH) for _ in range(batch.codes))
    w.session.add_all(Voucher(batch_id=batch.id, code_hash=rules.code_hash(one)) for one in codes)
    w.session.flush()
    return tuple(rules.spoken(one) for one in codes)


def stop(w: Work, batch_id: uuid.UUID, note: str) -> VoucherBatch:
    """None of its codes counts from now on; what was used stays used. Raises Invalid, …"""
    if not note.strip():
        raise Invalid("note_missing", field="note")
    batch = queries.batch(w.session, batch_id).batch
    move(w, VOUCHERS, batch, "stop", note=note.strip())
    batch.note = note.strip()[:500]
    return batch


def redeem(w: Work, voucher_id: uuid.UUID, purchase_id: uuid.UUID, amount: Money) -> None:
    """Use one code for one purchase, within every limit of its batch; each guard is the `where` of
    an update. Raises Refused (voucher_unknown, voucher_used_up)."""
    voucher = w.session.get_one(Voucher, voucher_id)
    counted_for = _unions(w, w.session.get_one(VoucherBatch, voucher.batch_id))
    taken = (
        update(Voucher)
        .where(Voucher.id == voucher_id, Voucher.purchase_id.is_(None))
        .values(
            purchase_id=purchase_id, person_id=w.actor.person_id, unions=counted_for,
            amount=amount, returned=ZERO, used_at=w.now,
        )
    )  # fmt: skip
    if not _happened(w, taken):
        raise Refused("voucher_unknown", field="voucher")
    counted = (
        update(VoucherBatch)
        .where(VoucherBatch.id == voucher.batch_id, VoucherBatch.state == VoucherState.OPEN)
        .where(VoucherBatch.used < VoucherBatch.most)
        .values(used=VoucherBatch.used + 1)
    )
    if not _happened(w, counted):
        raise Refused("voucher_used_up", field="voucher")
    batch = w.session.get_one(VoucherBatch, voucher.batch_id, populate_existing=True)
    _count(w, batch, LimitOf.PERSON, w.actor.person_id)
    for union in counted_for:
        _count(w, batch, LimitOf.UNION, union)
    w.session.refresh(voucher)
    w.record("redeem", voucher, amount=amount.fen, purchase=str(purchase_id))


def give_back(w: Work, voucher_id: uuid.UUID, amount: Money) -> None:
    """So much of it is not paid by it after all; when that is all of it, the code is free again."""
    w.session.execute(
        update(Voucher).where(Voucher.id == voucher_id).values(returned=Voucher.returned + amount),
        execution_options={"synchronize_session": False},
    )
    voucher = w.session.get_one(Voucher, voucher_id, populate_existing=True)
    w.record("give_back", voucher, amount=amount.fen, purchase=str(voucher.purchase_id))
    if voucher.returned != voucher.amount:
        return
    batch = w.session.get_one(VoucherBatch, voucher.batch_id)
    _less(w, update(VoucherBatch).where(VoucherBatch.id == batch.id), VoucherBatch)
    owners = [(LimitOf.PERSON, voucher.person_id)]
    owners += [(LimitOf.UNION, union) for union in voucher.unions]
    for limit_of, owner in owners:
        of = update(VoucherUse).where(VoucherUse.batch_id == batch.id, VoucherUse.owner == owner)
        _less(w, of.where(VoucherUse.limit_of == limit_of), VoucherUse)
    voucher.purchase_id = voucher.used_at = voucher.person_id = None
    voucher.unions, voucher.amount, voucher.returned = [], ZERO, ZERO


def _unions(w: Work, batch: VoucherBatch) -> list[str]:
    """For whose limits a use counts: whoever is in two unions uses up both."""
    if batch.most_per_union is None:
        return []
    return [str(one) for one in unions.listed_in(w.session, w.actor.person_id, w.now)]


def _count(w: Work, batch: VoucherBatch, limit_of: LimitOf, owner: str) -> None:
    most = batch.most_per_person if limit_of is LimitOf.PERSON else batch.most_per_union
    use = _use(w, batch.id, limit_of, owner)
    counted = (
        update(VoucherUse)
        .where(VoucherUse.id == use, VoucherUse.used < most)
        .values(used=VoucherUse.used + 1)
    )
    if not _happened(w, counted):
        raise Refused(f"voucher_limit_{limit_of}", field="voucher", most=most)


def _use(w: Work, batch_id: uuid.UUID, limit_of: LimitOf, owner: str) -> uuid.UUID:
    """The row that counts, opened when it is first needed."""
    wanted = select(VoucherUse.id).where(
        VoucherUse.batch_id == batch_id, VoucherUse.limit_of == limit_of, VoucherUse.owner == owner
    )
    if found := w.session.scalar(wanted):
        return found
    opened = VoucherUse(id=uuid.uuid4(), batch_id=batch_id, limit_of=limit_of, owner=owner)
    try:
        with w.session.begin_nested():
            w.session.add(opened)
    except IntegrityError:  # somebody else opened it between the two statements
        return w.session.scalars(wanted).one()
    return opened.id


def _less(w: Work, change: Update, kind: type[VoucherBatch] | type[VoucherUse]) -> None:
    w.session.execute(
        change.where(kind.used > 0).values(used=kind.used - 1),
        execution_options={"synchronize_session": False},
    )


def _happened(w: Work, change: Update) -> bool:
    found = w.session.execute(
        change.returning(change.table.c.id), execution_options={"synchronize_session": False}
    )
    return found.first() is not None


def _check(w: Work, new: NewBatch) -> None:
    limits = (new.codes, new.most, new.most_per_person, new.most_per_union or 1)
    if not ZERO < new.face <= LARGEST_FACE:
        raise Invalid("voucher_face", field="face", value=new.face)
    if new.min_spend < ZERO:
        raise Invalid("voucher_face", field="min_spend", value=new.min_spend)
    if new.codes > MOST_CODES or min(limits) < 1:
        raise Invalid("voucher_limits", field="codes", most=MOST_CODES)
    if new.span.end <= new.span.start or new.span.end <= w.now:
        raise Invalid("credit_span", field="last")
