"""The contract of the search port: rebuilding, damage, several processes, killed writers."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from marketplace.adapters.search import words
from marketplace.adapters.search.folder import IndexFolder
from marketplace.config import Config
from marketplace.extension import tools
from marketplace.ports.search import Question, SearchBusy, SearchDocument, SearchDown
from tests.house.places import ROOT
from tests.ports.searching import BACKENDS, a_document, ids, of, put

# a writer of its own process: says the number of each document once it is committed
WRITER = """
import sys
from pathlib import Path
from uuid import UUID
from tests.ports.searching import BACKENDS, a_document, put
backend, folder, first, last = sys.argv[1:]
index = BACKENDS[backend](Path(folder))
for number in range(int(first), int(last)):
    put(index, a_document("木耳", listing_id=UUID(int=number)))
    print(number, flush=True)
"""


def a_writer(index: IndexFolder, first: int, last: int) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter on our own text
        [sys.executable, "-c", WRITER, index.backend, str(index.folder), str(first), str(last)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def everything(index: IndexFolder) -> list[UUID]:
    return sorted(ids(index, "木耳", limit=10_000))


def again(index: IndexFolder) -> IndexFolder:
    """The same folder, as another process opens it."""
    return BACKENDS[index.backend](index.folder)


def files(index: IndexFolder) -> list[Path]:
    """The files of the index itself, without lock and `current.json`."""
    return [p for p in index.folder.rglob("*") if p.is_file() and p.parent != index.folder]


def test_every_backend_is_found_by_its_name_in_the_configuration(
    backend: str, tmp_path: Path
) -> None:
    made = tools(Config(data=tmp_path, search=backend)).search
    assert made.status().backend == backend


def test_before_its_first_rebuild_an_index_says_that_it_is_not_there(
    backend: str, tmp_path: Path
) -> None:
    index = BACKENDS[backend](tmp_path / "index")
    assert (index.status().ready, index.status().problem) == (False, "there is no index")
    with pytest.raises(SearchDown):
        index.find(Question("木耳"))
    with pytest.raises(SearchDown):  # one document would pass for all of them
        put(index, a_document("木耳"))
    assert not index.status().ready


def test_a_rebuilt_index_holds_exactly_the_documents_it_was_given(index: IndexFolder) -> None:
    old, new = a_document("黑木耳"), a_document("白木耳")
    put(index, old)
    assert index.rebuild([new, new]) == 1
    assert ids(index, "木耳") == of(new)
    assert index.status().documents == 1


def test_the_old_index_answers_until_the_new_one_takes_its_place(index: IndexFolder) -> None:
    """P32: searching never stops for a rebuild."""
    old, new = a_document("黑木耳"), a_document("白木耳")
    put(index, old)
    seen = []

    def documents() -> Iterator[SearchDocument]:
        for number in range(50):
            yield a_document(f"白木耳 {number}")
            seen.append((ids(index, "木耳"), ids(again(index), "木耳")))
        yield new

    index.rebuild(documents())
    assert seen == [(of(old), of(old))] * 50
    assert index.find(Question("木耳")).total == 51


def test_readers_see_whole_indexes_only_while_it_is_rebuilt(index: IndexFolder) -> None:
    index.rebuild(a_document("木耳") for _ in range(5))
    stopped, totals, faults = threading.Event(), set(), []

    def read() -> None:
        reader = again(index)
        while not stopped.is_set():
            try:
                totals.add(reader.find(Question("木耳")).total)
            except Exception as fault:
                faults.append(fault)

    reading = [threading.Thread(target=read) for _ in range(2)]
    for one in reading:
        one.start()
    for size in (10, 20, 30, 5, 10):
        index.rebuild(a_document("木耳") for _ in range(size))
    stopped.set()
    for one in reading:
        one.join()
    assert not faults
    assert totals <= {5, 10, 20, 30}


def test_a_rebuild_that_fails_leaves_all_as_it_was(index: IndexFolder) -> None:
    kept = a_document("黑木耳")
    put(index, kept)

    def documents() -> Iterator[SearchDocument]:
        yield a_document("白木耳")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        index.rebuild(documents())
    assert ids(index, "木耳") == of(kept)
    assert len([path for path in index.folder.iterdir() if path.is_dir()]) == 1


def test_a_rebuild_clears_away_what_it_replaced(index: IndexFolder) -> None:
    for _ in range(3):
        index.rebuild([a_document("木耳")])
    assert len([path for path in index.folder.iterdir() if path.is_dir()]) == 1


def test_after_many_small_commits_every_document_is_found_once(index: IndexFolder) -> None:
    documents = [a_document("木耳", listing_id=UUID(int=n)) for n in range(30)]
    for document in documents:
        put(index, document)
        assert index.find(Question("木耳")).total == document.listing_id.int + 1
    index.replace([documents[0].listing_id], ())
    assert everything(index) == of(*documents[1:])


def test_documents_are_read_once_nobody_else_can_write(index: IndexFolder) -> None:
    """What an earlier writer read is never written over what a later one read."""

    def documents() -> Iterator[SearchDocument]:
        other = BACKENDS[index.backend](index.folder, patience=0)  # type: ignore[call-arg]  # of ours
        with pytest.raises(SearchBusy):
            put(other, a_document("白木耳"))
        yield a_document("黑木耳")

    index.replace([], documents())
    assert index.find(Question("木耳")).total == 1


def test_a_busy_index_is_told_in_our_words_and_not_by_the_engine(index: IndexFolder) -> None:
    """No LockError escapes (hasjob 22, indico 1581): the outbox tries again later."""
    hasty = BACKENDS[index.backend](index.folder, patience=0)  # type: ignore[call-arg]  # of ours
    lock = sqlite3.connect(index.folder / "writing.lock", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    with pytest.raises(SearchBusy):
        put(hasty, a_document("木耳"))
    with pytest.raises(SearchBusy):
        hasty.rebuild([])
    lock.close()
    put(hasty, a_document("木耳"))
    assert index.find(Question("木耳")).total == 1


def test_two_processes_write_at_once_and_lose_nothing(index: IndexFolder) -> None:
    """P33: whoever comes second waits."""
    index.find(Question("木耳"))
    other = a_writer(index, 100, 115)
    for number in range(15):
        put(index, a_document("木耳", listing_id=UUID(int=number)))
        index.find(Question("木耳"))
    said, _ = other.communicate(timeout=120)
    assert other.returncode == 0
    assert len(said.split()) == 15
    assert everything(index) == [UUID(int=n) for n in (*range(15), *range(100, 115))]


def test_a_killed_writer_loses_nothing_it_had_committed(index: IndexFolder) -> None:
    """P31, P32: kill -9 leaves no lock behind and an index that opens."""
    acked: set[int] = set()
    for begin in (0, 1000, 2000):
        writer = a_writer(index, begin, begin + 500)
        assert writer.stdout is not None
        for _ in range(6):
            acked.add(int(writer.stdout.readline()))
        writer.send_signal(signal.SIGKILL)
        acked |= {int(line) for line in writer.communicate()[0].splitlines(keepends=True)
                  if line.endswith("\n")}  # fmt: skip
        put(again(index), a_document("香菇"))
    found = [one.int for one in everything(again(index))]
    assert len(found) == len(set(found))
    assert acked <= set(found)
    assert len(found) - len(acked) <= 3  # each may have committed one that it could not tell of


@pytest.mark.parametrize("what", ["folder", "current.json", "files"])
def test_an_index_deleted_while_running_is_down_until_it_is_rebuilt(
    index: IndexFolder, what: str
) -> None:
    """Failure 40: nobody takes a part for the whole."""
    put(index, a_document("黑木耳"))
    index.find(Question("木耳"))
    if what == "folder":
        shutil.rmtree(index.folder)
    elif what == "current.json":
        (index.folder / what).unlink()
    else:
        for file in files(index):
            file.unlink()
    for reader in (again(index), again(index)):
        with pytest.raises(SearchDown):
            reader.find(Question("木耳"))
    with pytest.raises(SearchDown):
        put(index, a_document("白木耳"))
    assert not index.status().ready
    assert index.rebuild([a_document("红木耳")]) == 1
    assert len(everything(index)) == len(everything(again(index))) == 1


def _overwritten(file: Path) -> None:
    file.write_bytes(b"damaged" * 100)


def _emptied(file: Path) -> None:
    file.write_bytes(b"")


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


# Whoosh leaves a file open when it cannot read it; the collector closes it
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("damage", [_overwritten, _emptied, _cut])
def test_damaged_files_are_not_asked_again_and_a_rebuild_heals(
    index: IndexFolder, damage: Callable[[Path], None]
) -> None:
    put(index, *(a_document(f"木耳 {n}") for n in range(50)))
    for file in files(index):
        damage(file)
    reader = again(index)
    with pytest.raises(SearchDown):
        reader.find(Question("木耳"))
    assert not (index.folder / "current.json").exists()
    assert not reader.status().ready
    assert reader.rebuild([a_document("木耳")]) == 1
    assert len(everything(again(index))) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', "null", "\x00"])
def test_a_senseless_current_file_is_a_missing_index(index: IndexFolder, text: str) -> None:
    (index.folder / "current.json").write_text(text, "utf-8")
    with pytest.raises(SearchDown):
        index.find(Question("木耳"))
    index.rebuild([a_document("木耳")])
    assert len(everything(index)) == 1


def test_an_index_of_another_backend_or_format_is_not_read(index: IndexFolder) -> None:
    put(index, a_document("木耳"))
    for change in ({"backend": "other"}, {"format": 0}):
        told = json.loads((index.folder / "current.json").read_text("utf-8"))
        (index.folder / "current.json").write_text(json.dumps({**told, **change}), "utf-8")
        with pytest.raises(SearchDown):
            index.find(Question("木耳"))
        index.rebuild([a_document("木耳")])
        assert index.status().ready


def test_another_dictionary_asks_for_a_rebuild_and_the_index_answers_meanwhile(
    index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(index, a_document("木耳"))
    assert index.status().current
    monkeypatch.setattr(words, "version", lambda: "another")
    assert (index.status().ready, index.status().current) == (True, False)
    assert len(everything(index)) == 1
    index.rebuild([a_document("木耳")])
    assert index.status().current


def test_the_log_tells_once_that_the_index_is_gone(
    index: IndexFolder, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(index.folder)
    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            with pytest.raises(SearchDown):
                index.find(Question("木耳"))
    assert len(caplog.records) == 1
