"""In earnest and without a carrier, codes would lie in a file: no way in that needs one is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from marketplace.adapters.offline_post import OfflineSms
from marketplace.ports.sms import Sms
from tests.fixtures import PASSWORD, People, post
from tests.makers.doors import EMPLOYEE, is_in


@pytest.mark.parametrize("path", ["/sign-in/phone", "/register", "/reset", "/reset/code"])
def test_ways_that_need_a_message_are_shut(mute_shop: Flask, people: People, path: str) -> None:
    client = mute_shop.test_client()
    assert f'href="{path}' not in client.get("/sign-in").text
    for answer in (client.get(path), client.post(path, data={"mobile": EMPLOYEE})):
        assert answer.status_code == 404
        assert "这个入口没有开放" in answer.text


def test_the_password_opens_as_ever(mute_shop: Flask, people: People) -> None:
    client = mute_shop.test_client()
    post(client, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    assert is_in(client)


def test_with_a_carrier_they_are_open(shop: Flask, people: People) -> None:
    client = shop.test_client()
    assert 'href="/sign-in/phone' in client.get("/sign-in").text
    assert client.get("/register").status_code == 200


def test_what_the_stand_in_keeps_only_its_owner_reads(tmp_path: Path) -> None:
    tray = OfflineSms(tmp_path / "post")
    (tmp_path / "post" / "sms").mkdir(parents=True, mode=0o755)
    tray.send("k-1", Sms("13500000000", "123456"))
    assert (tmp_path / "post" / "sms").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "post" / "sms" / "k-1.json").stat().st_mode & 0o777 == 0o600
