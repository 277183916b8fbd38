"""The style guide: every part of the look on one page, made by the macros that the pages use.

In the demonstration only; elsewhere there is no such page.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from marketplace.kernel.errors import Missing
from marketplace.web.answers import page
from marketplace.web.door import open_to_all, runtime
from marketplace.web.samples import Samples
from marketplace.web.words import words

pages = Blueprint("styleguide", __name__)
_SIGN = re.compile(r'<symbol[^>]*\bid="([^"]+)"')


@pages.get("/styleguide")
@open_to_all
def show() -> ResponseReturnValue:
    if not runtime().tools.config.demo:
        raise Missing
    signs, pictures = _drawings(str(current_app.blueprints["marketplace"].static_folder))
    return page("styleguide/index.html", samples=Samples(words()), signs=signs, pictures=pictures)


@cache
def _drawings(static: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Every line icon of the sprite, and every drawing of a good."""
    vendor = Path(static) / "vendor"
    signs = _SIGN.findall((vendor / "icons.svg").read_text("utf-8"))
    return tuple(signs), tuple(sorted(path.stem for path in (vendor / "pic").glob("*.svg")))
