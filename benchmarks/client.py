"""The client: a process of its own that keeps some connections busy and counts the answers.

It imports nothing of the shop, so that it is there at once.
`python -m benchmarks.client PORT PATH SECONDS` prints answers per second.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time

HOST = "127.0.0.1"
CONNECTIONS = 4


class Connection:
    """One kept-alive connection with at most one question under way: a browser that keeps its
    cookies."""

    def __init__(self, port: int, path: str) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}:{port}", "Accept-Language: zh-CN"]
        self._question = self._asked()

    def _asked(self) -> bytes:
        return "\r\n".join((*self._lines, "", "")).encode()

    def ask(self) -> None:
        self._socket.sendall(self._question)

    def answer(self) -> int:
        """Read one answer to its end; answers its length. Raises RuntimeError unless it is 200."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _blank, body = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(head.decode("latin-1"))
        if b"\r\nset-cookie: " in (low := head.lower()):
            start = low.index(b"\r\nset-cookie: ") + len(b"\r\nset-cookie: ")
            self._lines[3:] = [f"Cookie: {head[start:].split(b';')[0].decode()}"]
            self._question = self._asked()
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        got = len(body)
        while got < length:
            got += len(self._more())
        return length

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 18)
        if not data:
            raise RuntimeError("the server hung up")
        return data

    def close(self) -> None:
        self._socket.close()


def per_second(port: int, path: str, seconds: float, connections: int = CONNECTIONS) -> float:
    """Answers per second to this process, a question under way on each connection all the time."""
    held = [Connection(port, path) for _ in range(connections)]
    for one in held:
        one.ask()
    began, count = time.perf_counter(), 0
    while (took := time.perf_counter() - began) < seconds:
        for one in held:
            one.answer()
            one.ask()
            count += 1
    for one in held:
        one.close()
    return count / took


def measured(port: int, path: str, seconds: float) -> float:
    """The same from another process, so that it does not share this one's interpreter."""
    words = [sys.executable, "-m", "benchmarks.client", str(port), path, str(seconds)]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout  # noqa: S603  # ourselves
    return float(told)


if __name__ == "__main__":
    print(per_second(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))  # noqa: T201
