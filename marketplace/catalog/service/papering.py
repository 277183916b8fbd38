"""Papers of one good alone: handed in from its page, counted for it once they are accepted."""

from __future__ import annotations

import uuid
from dataclasses import replace

from marketplace.catalog import queries
from marketplace.kernel.errors import Invalid
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Paper
from marketplace.suppliers.rules.kinds import kinds_for
from marketplace.suppliers.states import PaperScope
from marketplace.work import Work


def paper_goods(w: Work, listing_id: uuid.UUID, paper: suppliers.HandedIn) -> Paper:
    """Hand in a paper of one's own good.

    Raises Missing, Invalid (not_of_a_good), and what handing in raises.
    """
    listing, supplier = queries.own_listing(w.session, w.actor, listing_id)
    if paper.kind not in kinds_for(PaperScope.PRODUCT):
        raise Invalid("not_of_a_good", field="kind", value=paper.kind)
    given = replace(paper, goods_id=listing.id, goods_category=listing.category)
    return suppliers.hand_in(w, supplier.id, given)
