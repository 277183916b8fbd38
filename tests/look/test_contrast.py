"""The colours of tokens.css against each other, by the formula of WCAG 2."""

from __future__ import annotations

import re

import pytest

from tests.look.rendering import ROOT

CSS = (ROOT / "static" / "css" / "tokens.css").read_text("utf-8")
_BLOCKS = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", CSS, flags=re.S))


def _colours(body: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})\b", body))


LIGHT, CHOSEN_DARK, SYSTEM_DARK = (_colours(body) for _head, body in _BLOCKS if "--paper" in body)
THEMES = {"light": LIGHT, "dark": CHOSEN_DARK}
BODY = [("ink", ground) for ground in ("paper", "sheet")]
NOTES = [("ink", f"{tone}-tint") for tone in ("pine", "persimmon", "amber", "sky", "stop")]
WORDS = [
    *((front, ground) for front in ("soft", "pine", "persimmon", "amber", "sky", "stop")
      for ground in ("paper", "sheet")),
    *((tone, f"{tone}-tint") for tone in ("pine", "persimmon", "amber", "sky", "stop")),
    ("on-pine", "pine"), ("on-go", "persimmon"),
]  # fmt: skip


def _light(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(d * 2 for d in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_light(one), _light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _too_weak(theme: str, pairs: list[tuple[str, str]], least: float) -> list[str]:
    colours = THEMES[theme]
    measured = [(f, g, _contrast(colours[f], colours[g])) for f, g in pairs]
    return [f"{f} on {g}: {ratio:.2f}" for f, g, ratio in measured if ratio < least]


def test_the_formula_gives_the_known_ends() -> None:
    assert _contrast("#000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_body_text_has_the_highest_contrast(theme: str) -> None:
    assert not _too_weak(theme, BODY + NOTES, 7)


@pytest.mark.parametrize("theme", THEMES)
def test_every_other_word_has_enough_contrast(theme: str) -> None:
    assert not _too_weak(theme, WORDS, 4.5)


@pytest.mark.parametrize("theme", THEMES)
def test_the_edges_of_fields_can_be_seen(theme: str) -> None:
    assert not _too_weak(theme, [("edge", "paper"), ("edge", "sheet")], 3)


def test_dark_by_choice_is_dark_by_system() -> None:
    assert CHOSEN_DARK == SYSTEM_DARK
