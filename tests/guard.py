"""Loaded by tests/conftest.py for every test: nothing leaves this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

# to listen on every address of this machine is not to leave it
LOCAL_NAMES = frozenset({None, "", "localhost", b"localhost", "0.0.0.0", "::"})  # noqa: S104 - as said above


class LeftTheMachine(AssertionError):
    """A test tried to reach another machine."""


def is_local(host: object) -> bool:
    """Whether a host of an address is this machine; a name other than localhost is not."""
    if host in LOCAL_NAMES:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    def connect(sock: socket.socket, address: Any, *rest: Any) -> Any:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
            raise LeftTheMachine(f"a test wanted to reach {address!r}")
        return original(sock, address, *rest)

    return connect


@pytest.fixture(autouse=True, scope="session")
def nothing_leaves_this_machine() -> Iterator[None]:
    """Connections and look-ups of names beyond loopback fail the test that tries them."""
    look_up = socket.getaddrinfo

    def guarded_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        if not is_local(host):
            raise LeftTheMachine(f"a test wanted the address of {host!r}")
        return look_up(host, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield
