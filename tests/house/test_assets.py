"""Pages name only signs and drawings that tools/icons.toml brings."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from tests.house.places import ROOT, templates, told

SIGN = re.compile(r"""\bicon(?:\(|=)\s*['"]([a-z0-9-]+)['"]""")
DRAWING = re.compile(r"""\bpicture\(\s*['"]([a-z0-9-]+)['"]""")
VENDOR = ROOT / "static" / "vendor"


def named(pattern: re.Pattern[str]) -> dict[str, Path]:
    """Each literal name in the templates, with one place where it stands."""
    return {n: p for p in templates() for n in pattern.findall(p.read_text("utf-8"))}


def test_every_sign_and_drawing_on_a_page_is_brought() -> None:
    chosen = tomllib.loads((ROOT / "tools" / "icons.toml").read_text("utf-8"))
    signs, drawings = named(SIGN), named(DRAWING)
    assert signs
    assert {n: told(p) for n, p in signs.items() if n not in chosen["signs"]["names"]} == {}
    assert {n: told(p) for n, p in drawings.items() if n not in chosen["pictures"]["names"]} == {}


def test_every_assembled_package_brings_its_licence() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text("utf-8"))
    assert {row["name"] for row in manifest["packages"]} == {
        "@iconify-json/fluent-emoji-flat",
        "htmx.org",
        "lucide-static",
    }
    for row in manifest["packages"]:
        assert len((VENDOR / row["text"]).read_text("utf-8")) > 300, row["name"]  # a text
