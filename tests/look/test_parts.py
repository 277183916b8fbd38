"""The macros of `parts/` are made once for all pages, so they may know nothing of any page."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import meta, nodes

from marketplace.web.pages import SHARED
from marketplace.web.rendering import BAR, PARTS

TEMPLATES = Path(__file__).parents[2] / "templates"
OTHERS = sorted(
    name
    for path in (TEMPLATES / PARTS).glob("*.html")
    if (name := path.relative_to(TEMPLATES).as_posix()) != BAR
)


@pytest.mark.parametrize("name", OTHERS)
def test_a_part_uses_its_arguments_and_what_all_pages_share(app: Flask, name: str) -> None:
    env = app.extensions["marketplace"].pages._ours
    tree = env.parse((TEMPLATES / name).read_text("utf-8"))
    own = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "store"}
    assert meta.find_undeclared_variables(tree) - own <= {*SHARED, *env.globals}


def test_a_page_imports_every_part_but_the_bar_without_its_context(app: Flask) -> None:
    env = app.extensions["marketplace"].pages._ours
    source = (
        '{% from "marketplace/parts/icons.html" import icon with context %}'
        '{% from "marketplace/parts/bar.html" import person with context %}'
    )
    icons, bar = env.parse(source).body
    assert (icons.with_context, bar.with_context) == (False, True)
