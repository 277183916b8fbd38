"""The `SearchIndex` port on Whoosh: words by rjieba, plus every pair of neighbouring characters.

The pairs make two-character words findable inside run-together titles that the dictionary cuts
otherwise. User text never reaches Whoosh's query parser (its wildcards take seconds).
"""

from __future__ import annotations

import re
import shutil
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

import rjieba
from whoosh import fields, index
from whoosh.analysis.acore import Token
from whoosh.analysis.tokenizers import Tokenizer
from whoosh.query.compound import And, Or
from whoosh.query.terms import Term

from marketplace.ports.search import SearchDocument

_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\W_]+")
LOCK_SECONDS = 10.0


def words_of(text: str) -> list[str]:
    """The tokens under which a text is found, lower case, without repetition, in order."""
    found: dict[str, None] = {}
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        found[run] = None
        found.update(dict.fromkeys(rjieba.cut_for_search(run)))
        if not run.isascii():
            found.update((run[i : i + 2], None) for i in range(len(run) - 1))
            found.update((one, None) for one in run)
    return list(found)


def asked_words(text: str) -> list[str]:
    """The tokens that a document must all hold: pairs for Chinese, whole words otherwise."""
    asked: dict[str, None] = {}
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if run.isascii() or len(run) == 1:
            asked[run] = None
        else:
            asked.update((run[i : i + 2], None) for i in range(len(run) - 1))
    return list(asked)


class _Words(Tokenizer):
    """Whoosh's view of `words_of`."""

    def __call__(self, value: str, **_: object) -> Iterator[Token]:
        token = Token()
        for position, word in enumerate(words_of(value)):
            token.text, token.pos, token.stopped, token.boost = word, position, False, 1.0
            yield token


class WhooshSearch:
    """One index folder; it may vanish at any time and is then empty until rebuilt."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()

    def put(self, documents: Iterable[SearchDocument]) -> None:
        # one document per id: two updates of one id in one writer would leave both
        latest = {document.listing_id: document for document in documents}
        if not latest:
            return  # a commit of nothing costs as much as one of something
        with self._lock, self._open().writer(timeout=LOCK_SECONDS) as writer:
            for document in latest.values():
                writer.update_document(
                    id=str(document.listing_id), title=document.title, text=document.text
                )

    def remove(self, listing_ids: Iterable[UUID]) -> None:
        gone = set(listing_ids)
        if not gone:
            return
        with self._lock, self._open().writer(timeout=LOCK_SECONDS) as writer:
            for listing_id in gone:
                writer.delete_by_term("id", str(listing_id))

    def find(self, words: str, *, limit: int) -> list[UUID]:
        asked = asked_words(words)[:20]
        if not asked:
            return []
        with self._lock:
            opened = self._open()
        wanted = And([Or([Term("title", w, boost=3.0), Term("text", w)]) for w in asked])
        with opened.searcher() as searcher:
            return [UUID(hit["id"]) for hit in searcher.search(wanted, limit=limit)]

    def clear(self) -> None:
        with self._lock:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._open()

    def _open(self) -> index.Index:
        self.folder.mkdir(parents=True, exist_ok=True)
        if index.exists_in(str(self.folder)):
            return index.open_dir(str(self.folder))
        return index.create_in(
            str(self.folder),
            fields.Schema(
                id=fields.ID(unique=True, stored=True),
                title=fields.TEXT(analyzer=_Words(), phrase=False),
                text=fields.TEXT(analyzer=_Words(), phrase=False),
            ),
        )
