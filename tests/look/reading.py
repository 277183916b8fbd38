"""A page of HTML as a screen reader and a proof-reader meet it: headings, words, links, marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
SPOKEN = ("alt", "title", "placeholder", "aria-label", "data-label", "content")
VOID = frozenset({"meta", "link", "input", "br", "img", "hr", "use", "path", "circle"})
Attributes = list[tuple[str, str | None]]


class PageReader(HTMLParser):
    """Reads one document; afterwards its fields say what stood there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lang = self.title = ""
        self.headings: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.features: set[str] = set()
        self.words: list[str] = []  # said in the language of the page
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    @property
    def repeated_ids(self) -> list[str]:
        return [name for name, times in self.ids.items() if times > 1]

    @property
    def chinese(self) -> Iterator[str]:
        """Every text with a Chinese word in it."""
        return (text for text in self.words if CHINESE.search(text))

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = dict(attrs)
        other = given.get("lang") is not None and tag != "html"
        hidden = given.get("aria-hidden") == "true" or tag in {"script", "style"}
        mute = other or hidden or any(quiet for _tag, quiet in self._open)
        if tag not in VOID:
            self._open.append((tag, mute))
        self._note(tag, given)
        if not mute:
            self.words += [text for name in SPOKEN if (text := given.get(name))]

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "title":
            self.title += data
        if (text := data.strip()) and not any(quiet for _tag, quiet in self._open):
            self.words.append(text)

    def _note(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "html":
            self.lang = given.get("lang") or ""
        if tag in {"h1", "h2", "h3"}:
            self.headings[tag] += 1
        if name := given.get("id"):
            self.ids[name] += 1
        if tag == "a" and (link := given.get("href")):
            self.links.append(link)
        for kind in (given.get("class") or "").split() or [""]:
            self.features.add(f"{tag}.{kind}")
        if tag in {"input", "select", "textarea", "button"} and given.get("name"):
            self.features.add(f"{tag}[{given['name']}]")
