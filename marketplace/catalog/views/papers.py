"""The page on which a supplier hands in a paper of one good alone."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from marketplace.catalog import queries, service
from marketplace.catalog.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.forms import PaperForm, paper_form
from marketplace.suppliers.rules.kinds import kinds_for
from marketplace.suppliers.service import ChecksFailed, received
from marketplace.suppliers.states import PaperKind, PaperScope
from marketplace.web import back_to, kept_files, needs, page, reading, someone, work
from marketplace.web.words import _


@pages.get("/listings/<uuid:listing_id>/papers/<kind>")
@needs(Role.SUPPLIER_STAFF)
def goods_paper(listing_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    return _page(listing_id, _form(listing_id, kind))


@pages.post("/listings/<uuid:listing_id>/papers/<kind>")
@needs(Role.SUPPLIER_STAFF)
def paper_goods(listing_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    form = _form(listing_id, kind)
    if not form.validate():
        return _page(listing_id, form, 422)
    try:
        given = received(kept_files(), form.handed_in())
        with work() as w:
            service.paper_goods(w, listing_id, given)
    except ChecksFailed as fault:
        form.tell(fault.findings)
        return _page(listing_id, form, fault.status)
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _page(listing_id, form, fault.status)
    said = _("证照已上传，审核通过后只对这件商品有效。")
    return back_to("catalog.show", said, listing_id=listing_id)


def _form(listing_id: uuid.UUID, kind: str) -> PaperForm:
    """The form of a kind of paper that goods have. Raises Missing, WrongState."""
    if kind not in kinds_for(PaperScope.PRODUCT):
        raise Missing(kind=kind)
    with reading() as session:
        _listing, supplier = queries.own_listing(session, someone(), listing_id)
        return paper_form(suppliers.blank(session, someone(), supplier.id, PaperKind(kind), None))


def _page(listing_id: uuid.UUID, form: PaperForm, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        listing, _supplier = queries.own_listing(session, someone(), listing_id)
    return page(
        "catalog/goods_paper.html", status, listing=listing, form=form, kind=form.blank.kind
    )
