"""The anchor file: several note into it, crashes cut lines off, databases are put back."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from marketplace.work import Runtime
from marketplace.work.anchor import Anchor
from tests.databases import NOON
from tests.races.listening import Heard


def test_two_processes_that_anchor_at_once_leave_no_fault(
    bare_runtime: Runtime, tmp_path: Path
) -> None:
    """P30: serve, a standing worker and a backup note into the same file."""
    path = tmp_path / "anchor"

    def note(_: int) -> None:
        with bare_runtime.reading() as session:
            Anchor(path).note(session, NOON)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(note, range(48)))
    with bare_runtime.reading() as session:
        assert list(Anchor(path).faults(session)) == []
    assert len(path.read_text().splitlines()) == 1


def test_a_line_that_a_crash_cut_off_takes_no_other_with_it(
    bare_runtime: Runtime, tmp_path: Path
) -> None:
    anchor = Anchor(tmp_path / "anchor")
    with bare_runtime.reading() as session:
        assert anchor.note(session, NOON)
    anchor.path.write_bytes(anchor.path.read_bytes() + b'{"number": 9, "ha')
    with bare_runtime.work() as w:
        w.record("heard", Heard(uuid.uuid4()))
    with bare_runtime.reading() as session:
        assert anchor.note(session, NOON)
        assert list(anchor.faults(session)) == []
    assert len(anchor.path.read_text().splitlines()) == 3


def test_a_missing_anchor_and_a_line_of_nonsense_are_told(
    bare_runtime: Runtime, tmp_path: Path
) -> None:
    anchor = Anchor(tmp_path / "anchor")
    with bare_runtime.reading() as session:
        assert any("missing" in fault for fault in anchor.faults(session))
        anchor.note(session, NOON)
        anchor.path.write_text('{"number": "x"}\n' + anchor.path.read_text())
        assert list(anchor.faults(session)) == ["trail: line 1 of the anchor file cannot be read"]


def test_what_was_put_back_on_purpose_is_said_in_the_anchor(
    bare_runtime: Runtime, tmp_path: Path
) -> None:
    anchor = Anchor(tmp_path / "anchor")
    with bare_runtime.reading() as session:
        anchor.note(session, NOON)
    later = '{"number": 1000000, "hash": "0", "at": "2026-11-23"}\n'  # of the database before
    anchor.path.write_text(anchor.path.read_text() + later)
    with bare_runtime.reading() as session:
        assert any("1000000" in fault for fault in anchor.faults(session))
        anchor.note(session, NOON, restored=True)
        assert list(anchor.faults(session)) == []
