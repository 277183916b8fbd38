"""The command: fills once, serves what is complete, tells who can sign in, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from marketplace.commands import main
from marketplace.commands.demo import DATABASE, people
from marketplace.commands.demonstration import people_told
from marketplace.standalone import create_app
from tests.fixtures import post

MOST_PAGES = 40
LED = {  # one for each way of looking at the shop
    "lin", "head-buyer", "head-approver", "head-treasurer", "reviewer", "auditor", "manager",
    "sandu-staff", "yanchi-staff", "leishan-staff",
}  # fmt: skip
LINK = re.compile(r'href="(/[^"#]*)"')


def run(*arguments: str) -> tuple[int, str, str]:
    outcome = CliRunner().invoke(main, ["demo", *arguments])
    return outcome.exit_code, outcome.stdout, outcome.stderr


@pytest.fixture
def app(copied: Path) -> Iterator[Flask]:
    """The application as `demo --serve` opens it."""
    made = create_app({"MARKETPLACE_DATA": copied, "MARKETPLACE_DEMO": True})
    yield made
    made.extensions["marketplace"].runtime.engine.dispose()


def sign_in(app: Flask, person: dict[str, object]) -> FlaskClient:
    client = app.test_client()
    answer = post(client, "/sign-in", login=person["login"], password=person["password"])
    assert answer.status_code == 303, person["name"]
    return client


def test_people_are_told_as_json_and_nothing_else(tmp_path: Path) -> None:
    code, out, _ = run("--people", "--data", str(tmp_path / "never"))
    told = json.loads(out)
    assert code == 0
    assert len(told) == len(people().person) == 22
    assert set(told[0]) == {"name", "roles", "login", "password", "organisation"}
    assert not (tmp_path / "never").exists()


def test_each_person_signs_in_with_what_is_told(app: Flask) -> None:
    for person in people_told():
        sign_in(app, person)


def test_the_sign_in_page_lists_them_all(app: Flask) -> None:
    page = app.test_client().get("/sign-in").get_data(as_text=True)
    assert all(str(person["name"]) in page for person in people_told())


@pytest.mark.parametrize("key", sorted(LED))
def test_wherever_a_person_is_led_a_page_answers(app: Flask, key: str) -> None:
    told = zip(people().person, people_told(), strict=True)
    client = sign_in(app, next(words for person, words in told if person.key == key))
    waiting, seen = ["/"], {""}
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        answer = client.get(address)
        seen.add(address)
        assert answer.status_code < 400, address
        if answer.mimetype == "text/html":
            found = (link.replace("&amp;", "&") for link in LINK.findall(answer.text))
            new = [link for link in found if link not in seen and not link.startswith("/static")]
            waiting += dict.fromkeys(link for link in new if link not in waiting)


def test_a_second_run_changes_nothing(copied: Path) -> None:
    before = hashlib.sha256((copied / DATABASE).read_bytes()).hexdigest()
    code, _, told = run("--data", str(copied))
    assert code == 0
    assert "already filled" in told
    assert hashlib.sha256((copied / DATABASE).read_bytes()).hexdigest() == before


@pytest.mark.sqlite_only  # the demonstration lies in its folder
def test_a_strangers_database_is_neither_filled_nor_served(data: Path) -> None:
    code, _, told = run("--data", str(data))
    assert code == 1
    assert "not a demonstration database" in told


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    code, _, told = run("--data", str(tmp_path))
    assert code == 1
    assert "not empty" in told
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_killed_in_the_middle_it_leaves_no_half_filled_folder(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    filling = subprocess.Popen(  # noqa: S603 - our own command on our own folder
        [sys.executable, "-m", "marketplace", "demo", "--data", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert filling.stderr is not None
    assert "filling" in filling.stderr.readline()
    while not list(tmp_path.glob(f".demo-being-filled-*/{DATABASE}")):
        assert filling.poll() is None
    filling.kill()
    filling.communicate()
    assert not folder.exists()


def test_what_a_killed_run_left_long_ago_is_cleared_away(filled: Path) -> None:
    assert [path.name for path in filled.parent.iterdir()] == ["demo"]
