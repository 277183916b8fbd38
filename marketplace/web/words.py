"""Two languages: the source is Chinese, English stands in catalogues, one file per capability.

Kept apart from a host's own translations: nothing is registered with the application.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import g, has_request_context, request

LANGUAGES = ("zh", "en")
COOKIE = "mp_language"
_FOLDER = Path(__file__).parent.parent / "translations"


@cache
def _catalogue(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((_FOLDER / language).glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source):
                if message.id and message.string:
                    found[str(message.id)] = str(message.string)
    return found


class Words:
    """Says a text in one language; `%(name)s` places are filled from keywords."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._found = _catalogue(language)

    def __call__(self, text: str, **places: object) -> str:
        said = self._found.get(text, text)
        return said % places if places else said


def words() -> Words:
    """The language of this request: chosen before, else what the browser prefers, else Chinese."""
    if not has_request_context():
        return Words("zh")
    if "mp_words" not in g:
        chosen = request.cookies.get(COOKIE)
        if chosen not in LANGUAGES:
            chosen = request.accept_languages.best_match(LANGUAGES, default="zh")
        g.mp_words = Words(str(chosen))
    found: Words = g.mp_words
    return found


def _(text: str, **places: object) -> str:
    """Say it in the language of this request."""
    return words()(text, **places)
