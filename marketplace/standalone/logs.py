"""Logs as lines of JSON: UTC time, level, request, person, trail; and nothing that opens a door."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request

log = logging.getLogger(__name__)
HEADER = "X-Request-Id"
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SECRETS = (
    # name=value, "name": "value", Name: value
    (
        re.compile(
            r"(?i)([\w-]*(?:password|secret|token|ticket|cookie|session|"
            r"mp_sign_in|csrf)[\w-]*[\"']?\s*[:=]\s*[\"']?)[^\s\"'&;,}]+"
        ),
        r"\1***",
    ),
    (re.compile(r"(?i)(authorization[\"']?\s*[:=]\s*[\"']?)[^\"',}\n]+"), r"\1***"),
    (re.compile(r"\b((?:sk|rk)_(?:live|test)_|whsec_)\w+"), r"\1***"),
    (re.compile(r"(/reset/link/)[^\s\"'?&]+"), r"\1***"),
    (re.compile(r"(?i)([?&]code=)[^\s\"'&]+"), r"\1***"),
    (re.compile(r"(验证码|code|Code)(\D{0,12})\d{6}\b"), r"\1\2***"),
    (re.compile(r"\$argon2\w*\$[^\s\"']+"), "***"),
    (re.compile(r"\b(?:[2-9A-HJKMNP-Z]{4}-){3}[2-9A-HJKMNP-Z]{4}\b"), "***"),  # codes on paper
    (re.compile(r"(?<![\w-])[A-Za-z0-9_-]{43,}(?![\w-])"), "***"),  # random secrets, hashes
)


class JsonLines(logging.Formatter):
    """One event, one line; what a request knows of itself stands in each of its lines."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "text": scrubbed(record.getMessage()),
        }
        if has_request_context():
            told["request"] = request_id()
            if (actor := g.get("mp_actor")) is not None:
                told["actor"] = actor.person_id
        for name in ("method", "path", "status", "ms", "trail"):
            if (value := getattr(record, name, None)) is not None:
                told[name] = scrubbed(value) if isinstance(value, str) else value
        if record.exc_info:
            told["fault"] = scrubbed(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False, default=str)


def scrubbed(text: str) -> str:
    """The text without passwords, tokens, cookies and codes."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def to_stderr() -> None:
    """All loggers speak JSON from now on; called by the commands that serve."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def follow(app: Flask) -> None:
    """Give each request its number, say it in the answer, and write one line at its end."""
    app.before_request(_begin)
    app.after_request(_end)


def request_id() -> str:
    """The number of this request: a proxy's, when there is one that we trust, else our own."""
    if "mp_request_id" not in g:
        given = request.headers.get(HEADER, "")
        hops = current_app.config["PROXY_HOPS"]
        g.mp_request_id = given if hops and _GOOD_ID.fullmatch(given) else uuid.uuid4().hex
    found: str = g.mp_request_id
    return found


def _begin() -> None:
    g.mp_began = time.perf_counter()
    request_id()


def _end(answer: Response) -> Response:
    answer.headers[HEADER] = request_id()
    if not (request.endpoint or "").endswith("static"):
        took = (time.perf_counter() - g.get("mp_began", time.perf_counter())) * 1000
        log.info(
            "%s",
            answer.status,
            extra={
                "method": request.method,
                "path": request.path,
                "status": answer.status_code,
                "ms": round(took, 1),
            },
        )
    return answer
