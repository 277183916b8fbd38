"""`check` tells everything at once; `migrate` says what it did."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from marketplace.commands import main
from marketplace.work import Runtime, schema
from tests.databases import Place, unguard
from tests.makers import carrier
from tests.makers.outbox import a_dead_parcel

HOST = {
    "TRUSTED_HOSTS": "shop.example",
    "SECRET_KEY": "k" * 32,
    "MARKETPLACE_COLLECTION_BASIS": "示例协议 1 号",
}


@pytest.fixture(autouse=True)
def with_a_carrier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier.install(tmp_path / "installed")
    monkeypatch.syspath_prepend(tmp_path / "installed")


def typed(place: Place, *words: str, **environment: str) -> Result:
    known = {**HOST, **carrier.SETTINGS, "MARKETPLACE_DATABASE_URL": place.url, **environment}
    return CliRunner().invoke(main, [*words, "--data", str(place.folder)], env=known)


def test_a_shop_in_order_is_ready(place: Place) -> None:
    done = typed(place, "check")
    assert done.exit_code == 0, done.output
    assert "✓ ready" in done.output


def test_a_shop_without_a_carrier_is_told_what_to_set(place: Place) -> None:
    done = typed(place, "check", MARKETPLACE_SMS="offline", MARKETPLACE_MAIL="offline")
    assert done.exit_code == 1
    assert "✗ MARKETPLACE_SMS is offline" in done.output
    assert "✗ MARKETPLACE_MAIL is offline" in done.output


def test_every_problem_is_told_at_once(place: Place, runtime: Runtime) -> None:
    a_dead_parcel(runtime)
    with runtime.work() as w:
        unguard(w.session, "mp_trail", "update")
    (place.folder / "trail.anchor").write_text('{"number": 99999, "hash": "x", "at": "then"}\n')
    done = typed(place, "check", TRUSTED_HOSTS="", SECRET_KEY="short", PROXY_HOPS="many")
    assert done.exit_code == 1
    for words in ("TRUSTED_HOSTS", "SECRET_KEY", "PROXY_HOPS", "mp_trail", "99999", "outbox"):
        assert words in done.output


def test_a_database_that_is_behind_is_named_with_the_command(
    place: Place, runtime: Runtime
) -> None:
    schema.downgrade(runtime.engine, "base")
    for verb in ("check", "verify"):
        done = typed(place, verb)
        assert done.exit_code == 1
        assert "marketplace migrate" in done.output
    assert "empty → current" in typed(place, "migrate").output
    done = typed(place, "check")
    assert "marketplace migrate" not in done.output
    assert "is another one than anchored" in done.output  # P30: that trail is not the old one


def test_going_back_needs_a_yes(place: Place) -> None:
    assert "--yes" in typed(place, "migrate", "--down-to", "base").output
    assert "current → empty" in typed(place, "migrate", "--down-to", "base", "--yes").output


def test_a_database_of_a_newer_version_is_not_touched(place: Place, runtime: Runtime) -> None:
    with runtime.work() as w:
        w.session.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'"))  # noqa: S608  # ours
    done = typed(place, "migrate")
    assert done.exit_code == 1
    assert "newer" in done.output


def test_a_server_that_does_not_answer_is_a_line_not_a_traceback(tmp_path: Path) -> None:
    nobody = Place("postgresql", tmp_path / "data", "postgresql://x@127.0.0.1:1/nothing")
    done = typed(nobody, "check")
    assert done.exit_code == 1
    assert "does not answer" in done.output
    assert "Traceback" not in done.output
