"""P36: a backup made while the shop sells is put back elsewhere, and is verified there."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marketplace.catalog.models import Listing
from marketplace.commands import main
from marketplace.extension import make_runtime
from marketplace.suppliers.models import Paper
from marketplace.work import copying
from marketplace.work.database import make_engine
from tests.databases import Databases, Place
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier

Run = Callable[..., Result]


@pytest.fixture
def shop(people: People) -> Listing:
    """Something to lose: a supplier with scans, a good, its trail."""
    an_approved_supplier(people)
    return a_listing(people)


@pytest.fixture
def run(databases: Databases, place: Place) -> Run:
    """`run(where, "backup", …)`: a command on the database of a place."""

    def typed(where: Place, *words: str | Path, anchor: Path | None = None) -> Result:
        environment = {"MARKETPLACE_DATABASE_URL": where.url, "TRUSTED_HOSTS": "shop.example"}
        if anchor:
            environment["MARKETPLACE_ANCHOR"] = str(anchor)
        if where.url:
            environment["MARKETPLACE_PG_BIN"] = str(databases.postgres.programs)
            environment["SECRET_KEY"] = "k" * 32
        given = [*map(str, words), "--data", str(where.folder)]
        return CliRunner().invoke(main, given, env=environment)

    return typed


@pytest.fixture
def elsewhere(database: str, databases: Databases, tmp_path: Path) -> Place:
    return databases.empty(database, tmp_path / "elsewhere")


def test_what_is_restored_is_what_was_there(
    run: Run, place: Place, elsewhere: Place, people: People, shop: Listing, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    done = run(place, "backup", copy)
    assert done.exit_code == 0, done.output
    back = run(elsewhere, "restore", copy)
    assert back.exit_code == 0, back.output
    assert run(elsewhere, "verify").exit_code == 0
    there = make_runtime(elsewhere.config)
    with there.reading() as session:
        assert session.get_one(Listing, shop.id).title == shop.title
        for paper in session.query(Paper):
            scan = there.tools.storage.get(paper.scan_key)
            assert hashlib.sha256(scan).hexdigest() == paper.scan_sha256
    there.engine.dispose()


def test_a_damaged_backup_is_not_restored(
    run: Run, place: Place, elsewhere: Place, shop: Listing, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    run(place, "backup", copy)
    name = json.loads((copy / "manifest.json").read_text())["database"]
    with (copy / name).open("r+b") as file:
        file.seek(100)
        file.write(b"xxxx")
    done = run(elsewhere, "restore", copy)
    assert done.exit_code == 1
    assert name in done.output
    assert not elsewhere.folder.exists() or not any(elsewhere.folder.iterdir())


def test_nothing_is_written_over(run: Run, place: Place, shop: Listing, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    run(place, "backup", copy)
    assert run(place, "backup", copy).exit_code == 1
    assert "不是空的" in run(place, "restore", copy).output


def test_a_copy_goes_into_an_empty_database_only(place: Place, tmp_path: Path) -> None:
    """P32: whoever calls it, not the command alone."""
    engine = make_engine(place.config.url)
    with pytest.raises(copying.CannotCopy, match="not empty"):
        copying.copy_in(engine, place.config.url, tmp_path / "database.sqlite")
    engine.dispose()


def test_a_trail_cut_after_the_backup_is_found_where_it_is_restored(
    run: Run, place: Place, elsewhere: Place, people: People, shop: Listing, tmp_path: Path
) -> None:
    """P30: the anchor travels with the backup, and a line of it that nothing bears out is told."""
    copy = tmp_path / "copy"
    run(place, "backup", copy)
    run(elsewhere, "restore", copy)
    anchor = elsewhere.folder / "trail.anchor"
    line = json.dumps({"number": 10**6, "hash": "0" * 64, "at": "2026-11-23T04:00:00+00:00"})
    anchor.write_text(anchor.read_text() + line + "\n")
    told = run(elsewhere, "verify")
    assert told.exit_code == 1
    assert "1000000" in told.output


def test_a_folder_that_is_no_backup_is_refused(run: Run, elsewhere: Place, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    assert "不是备份" in run(elsewhere, "restore", stranger).output


def test_without_the_programs_of_postgresql_the_reason_is_told(
    run: Run, place: Place, shop: Listing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not place.url:
        shutil.rmtree(place.folder / "papers")  # what is not there is not copied, nor missed
        assert run(place, "backup", tmp_path / "copy").exit_code == 0
        return
    environment = {"MARKETPLACE_DATABASE_URL": place.url, "MARKETPLACE_PG_BIN": str(tmp_path)}
    given = ["backup", str(tmp_path / "copy"), "--data", str(place.folder)]
    done = CliRunner().invoke(main, given, env=environment)
    assert done.exit_code == 1
    assert "pg_dump" in done.output
    assert not (tmp_path / "copy").exists()


def test_an_anchor_kept_elsewhere_is_added_to_never_written_over(
    run: Run, place: Place, elsewhere: Place, shop: Listing, tmp_path: Path
) -> None:
    """P30: what was known of the trail before is still known after a restore."""
    copy = tmp_path / "copy"
    run(place, "backup", copy)
    kept = tmp_path / "far" / "anchor"
    kept.parent.mkdir()
    line = '{"number": 1000000, "hash": "0", "at": "2026-11-23"}\n'
    kept.write_text(line)
    done = run(elsewhere, "restore", copy, anchor=kept)
    assert done.exit_code == 0, done.output
    assert kept.read_text().startswith(line)
    assert '"restored": true' in kept.read_text()


def test_nobody_else_reads_a_backup(run: Run, place: Place, shop: Listing, tmp_path: Path) -> None:
    run(place, "backup", tmp_path / "copy")
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "copy").rglob("*")}
    assert modes == {0}
