"""The page on which a supplier hands in a paper of one good alone."""

from __future__ import annotations

import uuid
from functools import partial

from flask.typing import ResponseReturnValue

from marketplace.catalog import queries, service
from marketplace.catalog.views import papering
from marketplace.catalog.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.suppliers.forms import PaperForm
from marketplace.suppliers.states import PaperScope
from marketplace.web import back_to, needs, page, reading, someone
from marketplace.web.words import _


@pages.get("/listings/<uuid:listing_id>/papers/<kind>")
@needs(Role.SUPPLIER_STAFF)
def goods_paper(listing_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    return _page(listing_id, _form(listing_id, kind))


@pages.post("/listings/<uuid:listing_id>/papers/<kind>")
@needs(Role.SUPPLIER_STAFF)
def paper_goods(listing_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    form, shown = _form(listing_id, kind), partial(_page, listing_id)
    wrong = papering.refused(
        form, lambda w, given: service.paper_goods(w, listing_id, given), shown
    )
    if wrong is not None:
        return wrong
    said = _("证照已上传，审核通过后只对这件商品有效。")
    return back_to("catalog.show", said, listing_id=listing_id)


def _form(listing_id: uuid.UUID, kind: str) -> PaperForm:
    """Raises Missing, WrongState."""
    with reading() as session:
        _listing, supplier = queries.own_listing(session, someone(), listing_id)
    return papering.form_for(PaperScope.PRODUCT, kind, supplier.id)


def _page(listing_id: uuid.UUID, form: PaperForm, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        listing, _supplier = queries.own_listing(session, someone(), listing_id)
    return page(
        "catalog/goods_paper.html", status, listing=listing, form=form, kind=form.blank.kind
    )
