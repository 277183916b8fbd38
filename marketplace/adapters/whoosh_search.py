"""The `SearchIndex` port on Whoosh: its files, segments and postings; ranking and counts are ours.

The folder is private: Whoosh keeps its schema pickled, so whoever can write there can run code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from whoosh import columns, fields, index
from whoosh.reading import IndexReader, TermNotFound
from whoosh.writing import IndexWriter

from marketplace.adapters.search import words
from marketplace.adapters.search.folder import PATIENCE, IndexFolder
from marketplace.adapters.search.snapshot import CUT, TEXT, TITLE, Row, Snapshot
from marketplace.ports.search import SearchDocument

# of postings in memory, as Whoosh guesses them: beyond it sorts on disk, which takes twice as long
REBUILD_MB = 512
_BETWEEN = "\x1f"  # of the columns, which are kept as one text: one look per document, not seven


class WhooshSearch(IndexFolder):
    """One Whoosh index at a time, and one reader per process."""

    backend = "whoosh"

    def _build(self, fresh: Path, documents: Iterable[SearchDocument]) -> int:
        made = index.create_in(str(fresh), _schema())
        count = 0
        with made.writer(limitmb=REBUILD_MB) as writer:
            for document in documents:
                _add(writer, document)
                count += 1
        made.close()
        return count

    def _change(self, at: Path, latest: dict[UUID, SearchDocument], gone: set[UUID]) -> None:
        opened = index.open_dir(str(at))
        with opened.writer(timeout=PATIENCE) as writer:
            # not update_document, which twice for one id in one writer leaves both
            for listing_id in (*latest, *gone):
                writer.delete_by_term("id", listing_id.hex)
            for document in latest.values():
                _add(writer, document)
        opened.close()

    def _open(self, at: Path) -> _Reader:
        return _Reader(at)


class _Reader:
    """The newest commit that was looked at, with its snapshot.

    Not Whoosh's own `refresh`: it keeps the segments of the reader before, so that what was deleted
    is found again, and what was merged is found twice.
    """

    def __init__(self, at: Path) -> None:
        self._index = index.open_dir(str(at))
        self._generation = -1
        self._reader: IndexReader | None = None
        self._snapshot = Snapshot((), lambda _field, _word: ())

    @contextmanager
    def looking(self) -> Iterator[Snapshot]:
        newest: int = self._index.latest_generation()
        if newest != self._generation:
            self._let_go()
            self._reader = self._index.reader()
            self._snapshot = _snapshot(self._reader)
            self._generation = newest
        yield self._snapshot

    def count(self) -> tuple[int, int]:
        return self._index.doc_count(), self._index.latest_generation()

    def close(self) -> None:
        self._let_go()
        self._index.close()

    def _let_go(self) -> None:
        if self._reader:
            self._reader.close()
        self._reader = None


def _schema() -> fields.Schema:
    """Words come cut and joined by blanks; frequencies and positions would serve nobody."""
    return fields.Schema(
        id=fields.ID(unique=True),
        **{name: fields.KEYWORD(scorable=False) for name in (TITLE, TEXT, CUT)},
        columns=fields.COLUMN(columns.VarBytesColumn()),
    )


def _add(writer: IndexWriter, document: SearchDocument) -> None:
    row = Row.of(document)
    writer.add_document(
        id=row.listing,
        title=" ".join(words.words_of(document.title)),
        text=" ".join(words.words_of(document.text)),
        cut=" ".join(words.cut_words(document.title)),
        columns=_BETWEEN.join(map(str, row)).encode(),
    )


def _snapshot(reader: IndexReader) -> Snapshot:
    rows: list[Row | None] = [None] * reader.doc_count_all()
    column = reader.column_reader("columns") if rows else ()  # an empty index has no columns
    for number in reader.all_doc_ids():
        listing, gate, category, county, *figures = column[number].decode().split(_BETWEEN)
        price, since, length = map(int, figures)
        rows[number] = Row(listing, gate, category, county, price, since, length)

    def postings(field: str, word: str) -> Iterable[int]:
        try:
            found: Iterable[int] = reader.postings(field, word).all_ids()
        except TermNotFound:
            return ()
        return found

    return Snapshot(rows, postings)
