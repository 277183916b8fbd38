"""The style guide shows every part there is, in the demonstration alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from marketplace.standalone import create_app
from tests.look.rendering import TEMPLATES

MACRO = re.compile(r"\{%-? macro ([a-z]\w*)\(")
USED = re.compile(r"\b([a-z]\w*)\(")
# what every page has around it, the guide too, without asking for it
AROUND = {
    "sheets", "stamp", "brand", "search_form", "basket_button", "person", "tabs_nav",
    "preferences", "flashes", "told",
}  # fmt: skip


def test_every_macro_of_the_look_stands_in_the_style_guide() -> None:
    shown = "".join(
        path.read_text("utf-8") for path in (TEMPLATES / "marketplace" / "styleguide").iterdir()
    )
    parts = sorted((TEMPLATES / "marketplace" / "parts").glob("*.html"))
    macros = {name for path in parts for name in MACRO.findall(path.read_text("utf-8"))}
    helped = {"card", "errors", "said"}  # shown by cards(), field() and diff_table()
    assert AROUND | helped <= macros
    assert macros - AROUND - helped - set(USED.findall(shown)) == set()


def test_the_guide_shows_every_icon_and_every_drawing(app: Flask) -> None:
    page = app.test_client().get("/styleguide").get_data(as_text=True)
    vendor = Path(str(app.blueprints["marketplace"].static_folder)) / "vendor"
    drawings = {path.name for path in (vendor / "pic").glob("*.svg")}
    signs = set(re.findall(r'<symbol id="([^"]+)"', (vendor / "icons.svg").read_text("utf-8")))
    assert drawings
    assert signs
    assert drawings <= set(re.findall(r"vendor/pic/([\w-]+\.svg)", page))
    assert signs <= set(re.findall(r"vendor/icons\.svg#([\w-]+)", page))


@pytest.mark.parametrize("method", ["get", "head"])
def test_outside_the_demonstration_there_is_no_guide(data: Path, method: str) -> None:
    app = create_app(
        {"MARKETPLACE_DATA": data, "SECRET_KEY": "a" * 32, "TRUSTED_HOSTS": ["localhost"]}
    )
    answer = getattr(app.test_client(), method)("/styleguide")
    assert answer.status_code == 404
    app.extensions["marketplace"].runtime.engine.dispose()
