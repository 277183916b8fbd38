"""The words of a text and of a question, the same for every backend.

A text is found under every pair of neighbouring characters, so that two-character words are found
inside run-together titles however the dictionary cuts them. The dictionary's words only rank:
山药 is a word of 铁棍山药 and none of 高山药材. User text never reaches an engine's query parser.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache
from importlib import metadata, resources

import rjieba

MOST_ASKED = 20  # words of one question; the rest is not looked at
_HAN = "\u3005-\u3007\u3400-\u9fff\U00020000-\U0003ffff"  # written without blanks between words
_RUNS = re.compile(rf"(?P<han>[{_HAN}]+)|[^\W_{_HAN}]+")
_OFTEN = 1_000_000  # above every way to cut a word of ours into shorter ones


def words_of(text: str) -> list[str]:
    """Everything under which a text is found: words, pairs, single characters; each once."""
    found: dict[str, None] = {}
    for run, is_han in _runs(text):
        found[run] = None
        if is_han:
            found.update(_pairs(run))
            found.update(dict.fromkeys(run))
    return list(found)


def asked_words(text: str) -> list[str]:
    """What a text must all hold: pairs for Chinese, whole words otherwise."""
    asked: dict[str, None] = {}
    for run, is_han in _runs(text):
        asked.update(_pairs(run) if is_han and len(run) > 1 else {run: None})
    return list(asked)[:MOST_ASKED]


def cut_words(text: str) -> list[str]:
    """The dictionary's words of a title, long ones also in their parts; each once."""
    cut = _dictionary().cut_for_search
    return list(dict.fromkeys(word for run, _ in _runs(text) for word in cut(run)))


def meant_words(text: str) -> list[str]:
    """The dictionary's words of a question, not taken apart further."""
    cut = _dictionary().cut
    return list(dict.fromkeys(word for run, _ in _runs(text) for word in cut(run)))[:MOST_ASKED]


@cache
def version() -> str:
    """Changes with our own words and with the dictionary: an index of another one ranks oddly."""
    said = f"{metadata.version('rjieba')}\n{_own_words()}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


@cache
def _dictionary() -> rjieba.Jieba:
    """The built-in dictionary with our own words, apart from anybody else's in this process."""
    made = rjieba.Jieba()
    for line in _own_words().splitlines():
        word = line.partition("#")[0].strip()
        if word:
            made.add_word(word, _OFTEN, None)
    return made


def _own_words() -> str:
    return resources.files("marketplace.adapters.search").joinpath("words.txt").read_text("utf-8")


def _runs(text: str) -> list[tuple[str, bool]]:
    """Each run of letters or digits, and whether it is Chinese; half width, lower case."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return [(found[0], found["han"] is not None) for found in _RUNS.finditer(plain)]


def _pairs(run: str) -> dict[str, None]:
    return {run[i : i + 2]: None for i in range(len(run) - 1)}
