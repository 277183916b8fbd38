"""The spans in which goods may be sold, reckoned anew whenever what they come from changes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, delete, select

from marketplace.suppliers import queries, rules
from marketplace.suppliers.models import Profile, Standing, Supplier
from marketplace.suppliers.rules import Make
from marketplace.work import Work, insert_rows

STANDINGS: Table = Standing.__table__  # type: ignore[assignment]  # a mapped class has a Table


def reckon(w: Work, supplier_id: uuid.UUID) -> None:
    """All profiles of a supplier, after its papers, waivers, declarations or kind have changed.

    The supplier's row is held: of two that decide at the same time the second sees what the first
    has decided, and nobody is buying from it meanwhile.
    """
    supplier = _held(w, supplier_id)
    _profile(w, supplier_id, (), None)
    _respan(w, supplier, w.session.scalars(_of(supplier_id)).all())


def profile(w: Work, supplier_id: uuid.UUID, make: Make, goods_id: uuid.UUID | None = None) -> str:
    """The key under which goods of this make are looked up at the gate; `goods_id` names goods that
    have papers or waivers of their own. Made and reckoned when it is new."""
    made = _profile(w, supplier_id, rules.slugs_of(make), goods_id)
    if made is None:
        return rules.key_of(rules.slugs_of(make)) if goods_id is None else goods_id.hex
    _respan(w, _held(w, supplier_id), [made])
    return made.key


def _held(w: Work, supplier_id: uuid.UUID) -> Supplier:
    w.session.flush()
    asked = select(Supplier).where(Supplier.id == supplier_id)
    return w.session.scalars(asked.with_for_update(key_share=True)).one()


def _of(supplier_id: uuid.UUID) -> Any:
    return select(Profile).where(Profile.supplier_id == supplier_id).order_by(Profile.key)


def _profile(
    w: Work, supplier_id: uuid.UUID, slugs: Iterable[str], goods_id: uuid.UUID | None
) -> Profile | None:
    """The profile if it is new or was another; None when it stands already."""
    wanted = tuple(slugs)
    key = goods_id.hex if goods_id else rules.key_of(wanted)
    known = w.session.get(Profile, (supplier_id, key))
    if known is not None and tuple(known.slugs) == wanted:
        return None
    if known is None:
        known = Profile(supplier_id=supplier_id, key=key, goods_id=goods_id)
        w.session.add(known)
    known.slugs, known.scheme = list(wanted), rules.SCHEME.digest
    w.session.flush()
    return known


def _respan(w: Work, supplier: Supplier, profiles: Sequence[Profile]) -> None:
    has = queries.shown(w.session, supplier, anew=True)  # the lock was waited for
    rows: list[dict[str, Any]] = []
    for one in profiles:
        one.scheme = rules.SCHEME.digest
        rows += [
            {"supplier_id": supplier.id, "key": one.key, "starts_at": starts_at, "ends_at": ends_at}
            for starts_at, ends_at in queries.standing_spans(has, one.slugs, one.goods_id)
        ]
    keys = [one.key for one in profiles]
    gone = delete(Standing).where(Standing.supplier_id == supplier.id, Standing.key.in_(keys))
    w.session.execute(gone, execution_options={"synchronize_session": False})
    insert_rows(w.session, STANDINGS, rows)
