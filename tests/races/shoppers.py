"""People with a browser's cookies and nothing else, over real HTTP."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from typing import IO
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input[^>]*name="(\w+)"[^>]*type="hidden"[^>]*value="([^"]*)"')
CUT = (0, "")  # no answer: it may have happened, it may not


class Staying(urllib.request.HTTPRedirectHandler):
    """Redirects are answers to look at."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str,
        headers: HTTPMessage, newurl: str,
    ) -> None:  # fmt: skip
        return None


class Shopper:
    """One person; `site` may change, as a server comes back on another port."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), Staying()
        )

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and page; CUT when the line broke."""
        data = urlencode(fields).encode() if fields is not None else None
        try:
            with self.opener.open(self.site + path, data, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, _body(answer)
        except (OSError, http.client.HTTPException):
            return CUT

    def post(self, path: str, *, on: str, **fields: str) -> tuple[int, str]:
        """As the form on the page `on` would, with its hidden fields."""
        _, page = self.ask(on)
        return self.ask(path, {**hidden(page), **fields})


def _body(answer: urllib.error.HTTPError) -> str:
    """Its status was told; the words after it may have been cut off."""
    try:
        return answer.read().decode()
    except http.client.HTTPException:
        return ""


def hidden(page: str) -> dict[str, str]:
    return dict(HIDDEN.findall(page))
