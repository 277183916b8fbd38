"""What an organisation was told: newest first, with a way to the thing."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import BuildError

from marketplace.accounts import queries, service
from marketplace.accounts.models import Notice
from marketplace.accounts.views.blueprint import told as pages
from marketplace.web import back_to, checked, page, page_number, paged, reading, signed_in, someone
from marketplace.web import work as working
from marketplace.web.labels import notice_words


@pages.get("")
@signed_in
def mine() -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        seen_at = queries.seen_until(session, actor)
        found = paged(session, queries.notices(actor), page_number())
    return page(
        "accounts/notices.html",
        page=found,
        words=notice_words,
        url_of=_url_of,
        is_new=lambda notice: seen_at is None or notice.at > seen_at,
    )


@pages.post("/seen")
@signed_in
def seen() -> ResponseReturnValue:
    checked()
    with working() as w:
        service.see_notices(w)
    return back_to("notices.mine")


def _url_of(notice: Notice) -> str | None:
    """Where its thing is; None when there is no such page any more."""
    try:
        return url_for(f"marketplace.{notice.endpoint}", **notice.places)
    except BuildError:
        return None
