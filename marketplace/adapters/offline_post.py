"""Mail and SMS without a carrier: kept as files in a private folder. For demonstration and tests;
elsewhere no code is entrusted to it (`Config.sends_sms`).

A file is named by the message's key, so a message that is sent twice stands there once.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from marketplace.config import Config
from marketplace.ports.mail import Mail
from marketplace.ports.sms import Sms

_KEY = re.compile(r"[a-z0-9-]+", re.ASCII)


class _Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, key: str, message: dict[str, Any]) -> None:
        """Whole or not at all, also when the machine stops in the middle."""
        if not _KEY.fullmatch(key):
            raise ValueError(key)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)  # also one that an earlier version made for everybody
        target = self.folder / f"{key}.json"
        if target.exists():
            return
        draft = self.folder / f"{key}.{os.getpid()}.partial"
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(opened, "w", encoding="utf-8") as file:
            json.dump(message, file, ensure_ascii=False)
        draft.replace(target)

    def newest(self) -> list[dict[str, Any]]:
        files = sorted(self.folder.glob("*.json"), key=lambda f: f.stat().st_mtime_ns, reverse=True)
        return [json.loads(file.read_text("utf-8")) for file in files]


class OfflineMail:
    """The `Mailer` port on a folder."""

    def __init__(self, folder: Path) -> None:
        self._kept = _Folder(folder / "mail")

    def send(self, key: str, mail: Mail) -> None:
        self._kept.keep(key, asdict(mail))

    def sent(self) -> list[Mail]:
        """Everything that was sent, newest first."""
        return [Mail(**found) for found in self._kept.newest()]


class OfflineSms:
    """The `SmsSender` port on a folder."""

    def __init__(self, folder: Path) -> None:
        self._kept = _Folder(folder / "sms")

    def send(self, key: str, sms: Sms) -> None:
        self._kept.keep(key, asdict(sms))

    def recent(self, mobile: str) -> list[str]:
        return [found["text"] for found in self._kept.newest() if found["mobile"] == mobile][:5]


def offline_mail(config: Config) -> OfflineMail:
    return OfflineMail(config.data / "post")


def offline_sms(config: Config) -> OfflineSms:
    return OfflineSms(config.data / "post")
