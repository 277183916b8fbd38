"""New passwords: what is refused before anything is hashed."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from pathlib import Path

import pytest

from marketplace.accounts import rules, service
from marketplace.accounts.rules.guessing import guessable
from marketplace.adapters.breached_list import BreachedList
from marketplace.kernel.errors import Invalid
from tests.fixtures import PASSWORD, People


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "Passw0rd2024!",
        "P@ssw0rd!!!",
        "iloveyou5201314",
        "woaini1314520",
        "zhangwei19850412",
        "Shanghai2024!",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "asdfghjkl;'",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "1234567890",
        "13800000001",
        "19850412198504",
        "ａｄｍｉｎ@123456",
        "WelcomeChina2020",
    ],
)
def test_what_guessers_try_first_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="password_common") as refusal:
        rules.check_password(password)
    assert password not in str(refusal.value.data)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "tea-mountain-road",
        "kJ8#mm2!xQ",
        "雨后的茶山有雾气和狗",
        "leishan-rice-4-two",
        "dragon sunshine monkey coffee football",  # many common words are no common password
    ],
)
def test_what_nobody_guesses_is_taken(password: str) -> None:
    assert rules.check_password(password) == password


def test_what_is_known_of_the_person_counts_for_nothing() -> None:
    assert not guessable("E20481-lanzhou-x")
    assert guessable("E20481-welcome!", "E20481")
    with pytest.raises(Invalid):
        rules.check_password("13500000000xy", "13500000000")


def test_a_hundred_dots_are_looked_at_in_no_time() -> None:
    assert guessable("." * rules.LONGEST_PASSWORD)


@pytest.fixture
def leaked(tmp_path: Path) -> Path:
    """A list of five hundred, as the public lists are written."""
    sums = sorted(_sum(f"leaked-word-{n}") for n in range(500))
    path = tmp_path / "leaked.txt"
    counts = random.Random(7)  # noqa: S311 - lengths of lines, no secret
    path.write_text("".join(f"{one}:{counts.randrange(1, 10**6)}\r\n" for one in sums), "ascii")
    return path


def test_every_line_of_the_list_is_found_and_nothing_else(leaked: Path) -> None:
    found = BreachedList(leaked)
    assert all(found.holds(f"leaked-word-{n}") for n in range(500))
    assert not any(found.holds(f"other-word-{n}") for n in range(500))


def test_an_empty_list_holds_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    assert not BreachedList(empty).holds("anything")


def test_a_leaked_password_is_refused(people: People, leaked: Path) -> None:
    config = replace(people.runtime.tools.config, breached_passwords=str(leaked))
    with pytest.raises(Invalid, match="password_breached"):
        service.checked_password(config, "leaked-word-77")
    assert service.checked_password(config, "other-word-77-b").hash.startswith("$argon2id$")


def test_a_list_that_is_named_and_not_there_lets_nothing_through(people: People) -> None:
    config = replace(people.runtime.tools.config, breached_passwords="/nowhere/list")
    with pytest.raises(OSError, match="nowhere"):
        service.checked_password(config, "tea-mountain-road")


def _sum(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()
