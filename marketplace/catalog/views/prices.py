"""Pages of the supplier: why a good costs what it costs."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from marketplace.catalog import service
from marketplace.catalog.forms import ComparisonForm, ReasonForm
from marketplace.catalog.views.blueprint import pages
from marketplace.catalog.views.goods import listing_page
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Refused
from marketplace.web import (
    back_to,
    download,
    kept_files,
    needs,
    once,
    remember,
    takes,
    urls,
    work,
)
from marketplace.web.words import _


@pages.post("/listings/<uuid:listing_id>/price-reason")
@needs(Role.SUPPLIER_STAFF)
def explain_price(listing_id: uuid.UUID) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate():
        return listing_page(listing_id, 422, reason_form=form)
    with work() as w:
        service.explain_price(w, listing_id, form.price_reason.data or "")
    return back_to("catalog.show", _("价格说明已保存。"), listing_id=listing_id)


@pages.post("/listings/<uuid:listing_id>/comparisons")
@takes(service.UPLOAD_BYTES)
@needs(Role.SUPPLIER_STAFF)
@once
def compare_price(listing_id: uuid.UUID) -> ResponseReturnValue:
    form = ComparisonForm()
    if not form.validate():
        return listing_page(listing_id, 422, comparison_form=form)
    try:
        seen = service.received_price(kept_files(), form.elsewhere())
        with work() as w:
            service.compare_price(w, listing_id, seen)
            remember(w, urls("catalog.show", "listing_id")(listing_id))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return listing_page(listing_id, fault.status, comparison_form=form)
    return back_to("catalog.show", _("外部比价已附上。"), listing_id=listing_id)


@pages.get("/comparisons/<uuid:comparison_id>/file")
@needs(Role.SUPPLIER_STAFF, Role.REVIEWER)
def comparison_file(comparison_id: uuid.UUID) -> ResponseReturnValue:
    """What was attached to a price seen elsewhere, as papers are served."""
    with work() as w:
        found = service.read_comparison(w, comparison_id)
    return download(kept_files().get(found.file_key), found.file_name, found.file_type)
