"""The scripts of set-up say in one line what is missing, and notice what is out of date."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools import assets, chromium


@pytest.fixture
def bare_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no programs."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_without_chromium_one_line_says_what_to_type(
    bare_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chromium.main(["--install"]) == 1
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "sudo apt-get install -y chromium" in said


def test_a_stub_that_only_advertises_is_no_chromium(bare_path: Path) -> None:
    program(bare_path / "chromium", "echo 'install the snap'; exit 1")
    assert chromium.find() is None


def test_a_chromium_named_by_the_user_goes_first(
    bare_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare_path / "chromium", "echo 1")
    own = program(bare_path / "my-chromium", "echo 1")
    monkeypatch.setenv("CHROMIUM", str(own))
    assert chromium.find() == str(own)


def test_the_shell_goes_before_a_whole_browser(bare_path: Path) -> None:
    program(bare_path / "chromium", "echo 1")
    shell = program(bare_path / "chromium-headless-shell", "echo 1")
    assert chromium.find() == str(shell)


@pytest.mark.parametrize(
    ("system", "package"),
    [
        ("ID=debian", ["chromium-headless-shell"]),
        ("ID=ubuntu\nID_LIKE=debian", ["chromium-browser"]),
        ("ID=fedora", ["chromium"]),
    ],
)
def test_each_system_is_asked_for_what_it_has(
    bare_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, package: list[str]
) -> None:
    release = bare_path / "os-release"
    release.write_text(f'NAME="Some"\n{system}\n', "utf-8")
    monkeypatch.setattr(chromium, "OS_RELEASE", release)
    monkeypatch.setattr(chromium, "has_chinese_font", lambda: True)
    assert chromium.wanted() == package
    program(bare_path / package[0], "echo 1")
    assert not chromium.wanted()
    assert not chromium.lighter()


def test_assets_are_current_until_a_file_is_altered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = tmp_path / "vendor"
    shutil.copytree(assets.VENDOR, vendor)
    monkeypatch.setattr(assets, "VENDOR", vendor)
    assert assets.is_current(assets.fingerprint())
    assert not assets.is_current("another lock")
    (vendor / "htmx.min.js").write_text("altered", "utf-8")
    assert not assets.is_current(assets.fingerprint())
