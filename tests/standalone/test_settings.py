"""Settings: where they come from, and refusals before anything starts."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from marketplace.config import Misconfigured
from marketplace.standalone.settings import HOME, gather, kept_key

KEY = "k" * 32


def test_a_shop_in_earnest_must_name_its_hosts(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="TRUSTED_HOSTS"):
        gather({"MARKETPLACE_DATA": tmp_path, "SECRET_KEY": KEY}, {})


def test_the_demonstration_answers_at_home_only(tmp_path: Path) -> None:
    found = gather({"MARKETPLACE_DATA": tmp_path, "MARKETPLACE_DEMO": True}, {})
    assert found["TRUSTED_HOSTS"] == HOME
    assert found["SESSION_COOKIE_SECURE"] is False


def test_the_environment_speaks_in_texts_and_the_caller_wins(tmp_path: Path) -> None:
    environment = {
        "MARKETPLACE_DATA": str(tmp_path / "elsewhere"),
        "MARKETPLACE_DEMO": "true",
        "MARKETPLACE_CARD_HOLD_MINUTES": "45",
        "TRUSTED_HOSTS": "shop.example, www.shop.example",
        "PROXY_HOPS": "1",
        "PATH": "/bin",
    }
    found = gather({"MARKETPLACE_DATA": tmp_path}, environment)
    assert found["MARKETPLACE_DATA"] == tmp_path
    assert found["MARKETPLACE_DEMO"] is True
    assert found["MARKETPLACE_CARD_HOLD_MINUTES"] == 45
    assert found["TRUSTED_HOSTS"] == ["shop.example", "www.shop.example"]
    assert found["PROXY_HOPS"] == 1
    assert "PATH" not in found


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refusal:
        gather({"MARKETPLACE_DATA": tmp_path, "SECRET_KEY": "short", "PROXY_HOPS": "many"}, {})
    assert len(refusal.value.problems) == 3


@pytest.mark.parametrize(
    ("key", "text"), [("MARKETPLACE_DEMO", "maybe"), ("MARKETPLACE_UPLOAD_BYTES", "-1")]
)
def test_a_text_of_the_wrong_type_is_named(key: str, text: str) -> None:
    with pytest.raises(Misconfigured, match=key):
        gather({}, {key: text})


def test_a_database_of_its_own_needs_a_key_of_its_own(tmp_path: Path) -> None:
    settings = {
        "MARKETPLACE_DATA": tmp_path,
        "MARKETPLACE_DEMO": True,
        "MARKETPLACE_DATABASE_URL": "postgresql://db/shop",
    }
    with pytest.raises(Misconfigured, match="SECRET_KEY"):
        gather(settings, {})


def test_the_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "not yet there"
    key = kept_key(folder)
    assert len(key) >= 64
    assert kept_key(folder) == key
    (kept,) = folder.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_processes_that_start_together_have_one_key(tmp_path: Path) -> None:
    keys: list[str] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        keys.append(kept_key(tmp_path))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
