"""The guard that keeps tests on this machine does guard."""

from __future__ import annotations

import socket

import pytest

from tests.guard import LeftTheMachine, is_local

ELSEWHERE = ("192.0.2.1", 80)  # an address set aside for documentation


def test_a_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as sock, pytest.raises(LeftTheMachine):
        sock.connect(ELSEWHERE)
    with socket.socket() as sock, pytest.raises(LeftTheMachine):
        sock.connect_ex(ELSEWHERE)


def test_a_name_elsewhere_is_not_even_looked_up() -> None:
    with pytest.raises(LeftTheMachine):
        socket.create_connection(("mall.example", 443))


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", b"127.0.0.1"])
def test_loopback_is_local(host: object) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "192.0.2.1", "fe80::1", "localhost.example"])
def test_all_else_is_not(host: object) -> None:
    assert not is_local(host)
