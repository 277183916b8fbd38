"""A carrier's adapter, installed as somebody's package would be: found by its entry points."""

from __future__ import annotations

from pathlib import Path

SETTINGS = {"MARKETPLACE_SMS": "tray", "MARKETPLACE_MAIL": "tray"}


def install(folder: Path) -> None:
    """Into a folder of the path; what it carries ends in the tray that the tests look into."""
    package = folder / "tray-1.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: tray\nVersion: 1\n")
    (package / "entry_points.txt").write_text(
        "[marketplace.sms]\ntray = marketplace.adapters.offline_post:offline_sms\n"
        "[marketplace.mail]\ntray = marketplace.adapters.offline_post:offline_mail\n"
    )
