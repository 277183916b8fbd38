"""How a paper of a good or of a batch is taken: one way, whatever it is about."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask.typing import ResponseReturnValue

from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.forms import PaperForm, paper_form
from marketplace.suppliers.rules.kinds import kinds_for
from marketplace.suppliers.service import HandedIn, received
from marketplace.suppliers.states import PaperKind, PaperScope
from marketplace.web import kept_files, reading, someone, work
from marketplace.work import Work

Shown = Callable[[PaperForm, int], ResponseReturnValue]


def form_for(scope: PaperScope, kind: str, supplier_id: uuid.UUID) -> PaperForm:
    """The form of a kind of paper that such things have. Raises Missing, WrongState."""
    if kind not in kinds_for(scope):
        raise Missing(kind=kind)
    with reading() as session:
        return paper_form(suppliers.blank(session, someone(), supplier_id, PaperKind(kind), None))


def refused(
    form: PaperForm, hand_in: Callable[[Work, HandedIn], object], shown: Shown
) -> ResponseReturnValue | None:
    """Take what the form says; None once it is kept, else the page with what is wrong."""
    if not form.validate():
        return shown(form, 422)
    try:
        given = received(kept_files(), form.handed_in())
        with work() as w:
            hand_in(w, given)
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return shown(form, fault.status)
    return None
