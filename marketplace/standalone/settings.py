"""Settings of our own application: defaults, then the environment, then what the caller gives."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from marketplace.config import PREFIX, Config, Misconfigured

MEGABYTE = 1024 * 1024
SHORTEST_KEY = 32  # characters
OWN = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "TRUSTED_HOSTS", "PROXY_HOPS", "RATE_LIMIT_STORE")
HOME = ["localhost", "127.0.0.1", "[::1]"]
KEY_FILE = "secret_key"
DEMO_PASSWORD = "direct-train-demo"  # noqa: S105  # shown on the page: nothing real is behind it

DEFAULTS: Mapping[str, object] = {
    "MAX_CONTENT_LENGTH": MEGABYTE,  # uploads may be larger: standalone/limits.py
    "MAX_FORM_PARTS": 200,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "RATE_LIMIT_STORE": "memory://",  # several processes share one: "redis://…", "memcached://…"
    "SECRET_KEY_FALLBACKS": (),  # earlier keys that still open what they closed
    "PROXY_HOPS": 0,  # reverse proxies before us whose X-Forwarded-For and -Proto are true
}


def gather(
    given: Mapping[str, object], environment: Mapping[str, str], *, keep_key: bool = True
) -> dict[str, object]:
    """Everything for `app.config`. Raises Misconfigured with every fault at once.

    TRUSTED_HOSTS: the names we answer to, comma-separated; only the demonstration has a default.
    SECRET_KEY_FALLBACKS: earlier keys, comma-separated, while the new one takes over.
    SECRET_KEY: made once and kept in the data folder when the database lies there too (unless
    `keep_key` is False: then nothing is written).
    """
    settings = {**DEFAULTS, **from_environment(environment), **given}
    config = Config.read(settings)
    hosts = _names(settings.get("TRUSTED_HOSTS"))
    problems = []
    if not hosts and not config.demo:
        problems.append("TRUSTED_HOSTS is missing: the host names that this shop answers to")
    hops = str(settings["PROXY_HOPS"])
    if not (hops.isascii() and hops.isdigit()):
        problems.append(f"PROXY_HOPS is not a whole number: {hops!r}")
    key = str(settings.get("SECRET_KEY") or "")
    if not key and config.database_url:
        problems.append("SECRET_KEY is missing: every process must use the same one")
    elif key and len(key) < SHORTEST_KEY:
        problems.append(f"SECRET_KEY is shorter than {SHORTEST_KEY} characters")
    if problems:
        raise Misconfigured(tuple(problems))
    fallbacks = settings["SECRET_KEY_FALLBACKS"]
    secure = settings.get("SESSION_COOKIE_SECURE", not config.demo)
    return {
        **settings,
        "SECRET_KEY": key or (kept_key(config.data) if keep_key else ""),
        "SECRET_KEY_FALLBACKS": _names(fallbacks),
        "TRUSTED_HOSTS": hosts or HOME,
        "PROXY_HOPS": int(hops),
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_NAME": "__Host-mp_session" if secure else "mp_session",
    }


def kept_key(folder: Path) -> str:
    """The secret key of this data folder, made by whoever asks first; only its owner reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / KEY_FILE
    if not target.exists():
        draft = folder / f"{KEY_FILE}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, target)  # two that start at once: the first wins, both read the same
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return target.read_text().strip()


def from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    """Our variables, each as the type of its field."""
    found: dict[str, object] = {key: environment[key] for key in OWN if environment.get(key)}
    kinds = {f"{PREFIX}{f.name.upper()}": type(f.default) for f in fields(Config)}
    for key, text in environment.items():
        if key.startswith(PREFIX):
            found[key] = _typed(text, kinds.get(key, str))
    return found


def _typed(text: str, kind: type) -> object:
    """A text that does not fit stays a text: Config says so in words."""
    if kind is bool:
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
            text.strip().lower(), text
        )
    if kind is int:
        return int(text) if text.isascii() and text.isdigit() else text
    return text


def _names(given: object) -> list[str]:
    names = given.split(",") if isinstance(given, str) else given
    if not isinstance(names, list | tuple):
        return []
    return [str(name).strip() for name in names if str(name).strip()]
