"""Where Flask begins: the door with its roles, forms, words, pages and answers."""

from marketplace.web.answers import back_to, download, page, remark, shown, urls
from marketplace.web.door import (
    actor,
    identity,
    kept_files,
    looking,
    needs,
    now,
    open_to_all,
    reading,
    resumes,
    search_index,
    settings,
    signed_in,
    someone,
    takes,
    work,
)
from marketplace.web.forms import MarketForm, checked, files_of, options, uploaded
from marketplace.web.labels import finding_words
from marketplace.web.once import once, remember
from marketplace.web.paging import Page, page_number, paged

__all__ = [
    "MarketForm",
    "Page",
    "actor",
    "back_to",
    "checked",
    "download",
    "files_of",
    "finding_words",
    "identity",
    "kept_files",
    "looking",
    "needs",
    "now",
    "once",
    "open_to_all",
    "options",
    "page",
    "page_number",
    "paged",
    "reading",
    "remark",
    "remember",
    "resumes",
    "search_index",
    "settings",
    "shown",
    "signed_in",
    "someone",
    "takes",
    "uploaded",
    "urls",
    "work",
]
