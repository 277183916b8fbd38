"""The marketplace fetches nothing: no address that anybody gives is ever followed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.places import ROOT, nothing_in, told

# what opens connections; a module below one of them counts too
OPENING = frozenset({"aiohttp", "boto3", "ftplib", "http.client", "httpx", "imaplib", "poplib",
                     "requests", "smtplib", "socket", "telnetlib", "urllib.request", "urllib3",
                     "webbrowser", "xmlrpc"})  # fmt: skip  # a list
# who may, and where to: an address that whoever runs the shop has set, and nobody else
ALLOWED = {
    ("marketplace/adapters/smtp_mail.py", "smtplib"): "the mail server of the settings",
    ("marketplace/adapters/s3_files.py", "boto3"): "the store of the settings",
}


def opened() -> Iterator[tuple[str, str]]:
    """File and module, of whatever opens a connection."""
    for root in ("marketplace", "catalog_import"):
        for path in sorted((ROOT / root).rglob("*.py")):
            for module in _modules(path):
                if any(module == one or module.startswith(f"{one}.") for one in OPENING):
                    yield told(path), module


def _modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_the_ways_out_that_are_set_open_a_connection() -> None:
    """Failure 31: of two ways to fetch, one is forgotten when the other is mended; here is none."""
    found = set(opened())
    nothing_in(f"{path} opens connections by {module}" for path, module in found - ALLOWED.keys())
    assert {path for path, _module in found} == {path for path, _module in ALLOWED}
