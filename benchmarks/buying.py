"""Clients that order at the same time: through the shop's form, or with the bare driver.

Each client is a process: `python -m benchmarks.buying` reads what to do as one line of JSON, says
"ready", begins at the next line, and prints how many orders it wrote.
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from benchmarks.client import HOST
from benchmarks.driver import Writer

CLIENTS = 4
Order = Callable[[], None]


class Buyer:
    """An employee with a browser: signs in, fills the basket once, then sends the checkout form
    again and again, each time under a key of its own and for other goods."""

    def __init__(self, task: dict[str, Any]) -> None:
        self._connection = http.client.HTTPConnection(HOST, task["port"], timeout=60)
        self._cookies: dict[str, str] = {}
        self._is_ready = False
        self._placed = 0
        self._post("/sign-in", {**self._fields("/sign-in"), **task["person"]})
        self._forms = [self._form(wish) for wish in task["wishes"]]
        self._is_ready = True

    def order(self) -> None:
        """One POST of the form. Raises RuntimeError unless it is answered with the purchase."""
        form = self._forms[self._placed % len(self._forms)]
        self._placed += 1
        where = self._post("/checkout", {**form, "key": uuid.uuid4().hex})
        if "/purchases/" not in where:
            raise RuntimeError(f"no purchase: {where}")

    def _form(self, wish: list[str]) -> dict[str, str]:
        """The checkout form of a basket with one piece of each of these goods."""
        for listing in wish:
            page = f"/listings/{listing}"
            self._post(f"/basket/{listing}", {**self._fields(page), "quantity": "1"})
        form = self._fields("/checkout")
        for listing in wish:
            self._post(f"/basket/{listing}/remove", self._fields("/basket"))
        return {**form, "tender": "transfer", "no_return": "y"}

    def _fields(self, path: str) -> dict[str, str]:
        """What stands hidden or chosen in the forms of a page; of several the last counts."""
        _status, _where, page = self._ask("GET", path)
        found: dict[str, str] = {}
        for tag in re.findall(r"<input[^>]*>", page):
            said = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
            chosen = " checked" in tag or said.get("type") == "hidden"
            if chosen and "name" in said and said["name"] != "next":
                found[said["name"]] = said.get("value", "")
        return found

    def _post(self, path: str, fields: dict[str, str]) -> str:
        status, where, page = self._ask("POST", path, urlencode(fields))
        if status != http.client.SEE_OTHER:
            raise RuntimeError(f"{path} answers {status}: {page[-1500:]}")
        return where

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Sec-Fetch-Site"] = "same-origin"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        # a browser goes on to the next page and is told there; these cookies would grow and grow
        for given in () if self._is_ready else answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = given.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), answer.read().decode()


def through_the_shop(
    port: int, people: list[dict[str, str]], wishes: list[list[str]], seconds: float
) -> float:
    """Orders per second of all clients together, sent to the measured server."""
    return _together(
        [
            {"port": port, "person": people[n], "wishes": wishes[n::CLIENTS], "seconds": seconds}
            for n in range(CLIENTS)
        ]
    )


def with_the_bare_driver(task: dict[str, Any], wishes: list[list[str]], seconds: float) -> float:
    """The same number of clients writing the same rows themselves."""
    return _together(
        [{**task, "wishes": wishes[n::CLIENTS], "seconds": seconds} for n in range(CLIENTS)]
    )


def _together(tasks: list[dict[str, Any]]) -> float:
    """All clients get ready, begin at once, and are counted."""
    clients = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.buying"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )
        for _ in tasks
    ]  # fmt: skip  # one process a client
    for client, task in zip(clients, tasks, strict=True):
        _tell(client, json.dumps(task))
    for client in clients:
        if _hear(client) != "ready":
            raise RuntimeError("a client did not get ready")
    for client in clients:
        _tell(client, "go")
    rates = [float(_hear(client)) for client in clients]
    for client in clients:
        client.wait(timeout=30)
    return sum(rates)


def _tell(client: subprocess.Popen[str], line: str) -> None:
    if client.stdin is not None:
        client.stdin.write(line + "\n")
        client.stdin.flush()


def _hear(client: subprocess.Popen[str]) -> str:
    return client.stdout.readline().strip() if client.stdout is not None else ""


def main() -> None:
    task = json.loads(sys.stdin.readline())
    seconds = float(task["seconds"])
    if "port" in task:
        order: Order = Buyer(task).order
    else:
        order = Writer(task).order
    order()  # warms up
    print("ready", flush=True)  # noqa: T201  # the way clients speak
    sys.stdin.readline()
    began, count = time.perf_counter(), 0
    while (took := time.perf_counter() - began) < seconds:
        order()
        count += 1
    print(count / took, flush=True)  # noqa: T201  # the same


if __name__ == "__main__":
    main()
