"""Titles that a person's invoices name."""

from __future__ import annotations

import uuid

from sqlalchemy import select, update

from marketplace.invoices import rules
from marketplace.kernel.errors import Refused
from marketplace.orders import queries as orders
from marketplace.orders.models import InvoiceTitle
from marketplace.work import Work

MOST = 20


def add_title(w: Work, title: rules.Title, *, is_default: bool) -> InvoiceTitle:
    """The same once more changes nothing but which is the usual one; the first one is the usual
    one. Raises Invalid (title_…), Refused (too_many_titles)."""
    known = rules.check_title(title)
    own = orders.titles(w.session, w.actor)
    for one in own:
        if (one.name, one.tax_number) == (known.name, known.code):
            return make_default(w, one.id) if is_default else one
    if len(own) >= MOST:
        raise Refused("too_many_titles", most=MOST)
    made = InvoiceTitle(
        id=uuid.uuid4(),
        person_id=w.actor.person_id,
        kind=known.kind,
        name=known.name,
        tax_number=known.code,
        is_default=not own,
    )
    w.session.add(made)
    w.record("add", made, kind=made.kind)
    return make_default(w, made.id) if is_default and own else made


def make_default(w: Work, title_id: uuid.UUID) -> InvoiceTitle:
    """The one that is offered first. Raises Missing."""
    found = orders.title(w.session, w.actor, title_id)
    others = update(InvoiceTitle).where(InvoiceTitle.person_id == w.actor.person_id)
    w.session.execute(others.values(is_default=False))
    w.session.refresh(found)
    found.is_default = True
    w.record("make_default", found)
    return found


def drop_title(w: Work, title_id: uuid.UUID) -> None:
    """What was invoiced to it stays as it was. Raises Missing."""
    found = orders.title(w.session, w.actor, title_id)
    w.record("drop", found)
    w.session.delete(found)
    w.session.flush()
    left = select(InvoiceTitle).where(InvoiceTitle.person_id == w.actor.person_id)
    others = w.session.scalars(left.order_by(InvoiceTitle.name)).all()
    if others and not any(one.is_default for one in others):
        others[0].is_default = True
