"""Keeping the sizes of one good together when they are written one by one."""

from __future__ import annotations

import uuid

from marketplace.catalog import queries, rules
from marketplace.catalog.rules import Content
from marketplace.catalog.states import ListingState
from marketplace.kernel.errors import Refused
from marketplace.work import Work


def free_variant(w: Work, supplier_id: uuid.UUID, content: Content, own: str) -> None:
    """Raises Refused (variant_taken): another listing than `own`, by stock number, is this size."""
    key = (content["group_code"], content["variant"])
    holder = queries.holders(w.session, supplier_id, {content["group_code"]}).get(key, own)
    if holder != own:
        raise queries.taken(content["variant"], holder)


def join_group(w: Work, supplier_id: uuid.UUID, content: Content, own: str) -> None:
    """For what comes into a group. Raises Refused: variant_taken, group_too_large, and
    group_differs_known when the others say otherwise what all sizes share."""
    free_variant(w, supplier_id, content, own)
    others = queries.siblings(w.session, supplier_id, content["group_code"])
    if len(others) >= queries.MOST_SIZES:
        most = queries.MOST_SIZES
        raise Refused("group_too_large", field="group_code", value="", most=most)
    for other in others:
        if other.state is ListingState.WITHDRAWN or other.sku == own:
            continue
        field = rules.differing(rules.shared(content), queries.said_shared(other))
        if field:
            raise Refused("group_differs_known", field=field, value="", sku=other.sku)


def shared_edit(before: Content, content: Content) -> Content:
    """What an edit changes of that which all sizes share: it is changed for all of them."""
    if before["group_code"] != content["group_code"]:
        return {}
    said = {name: content[name] for name in rules.SHARED if content[name] != before[name]}
    if "county" in said:
        said["villages"] = content["villages"]  # they lie in the county
    return said
