"""How often and how much each door takes, and the pages that say so."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits.storage import MemoryStorage

from marketplace.standalone import create_app
from marketplace.standalone.limits import MEGABYTE, OFTEN, UPLOADS
from marketplace.web import MarketForm
from tests.fixtures import People
from tests.house.test_translations import catalogue

ClientAs = Callable[[str], FlaskClient]


def test_the_hundred_and_twenty_first_search_in_a_minute_waits(app: Flask) -> None:
    """P22: each door has a limit of its own, and says when to come back."""
    client = app.test_client()
    answers = [client.get("/search") for _ in range(121)]
    assert {a.status_code for a in answers[:120]} == {200}
    stopped = answers[-1]
    assert stopped.status_code == 429
    seconds = int(stopped.headers["Retry-After"])
    assert 0 < seconds <= 60
    assert "搜索得太快了" in stopped.text
    assert f"{seconds} 秒" in stopped.text
    assert client.get("/").status_code == 200


def test_a_limit_is_each_persons_own(app: Flask, client_as: ClientAs) -> None:
    one, other = client_as("employee"), client_as("second_employee")
    for _ in range(121):
        answer = one.get("/search")
    assert answer.status_code == 429
    assert other.get("/search").status_code == 200
    assert app.test_client().get("/search").status_code == 200


def test_doors_of_one_row_share_their_limit(app: Flask, people: People) -> None:
    client = app.test_client()
    for _ in range(30):
        client.post("/reset")
        client.post("/reset/code")
    assert client.post("/reset/link/x").status_code == 429


def test_two_applications_count_apart(app: Flask, shop: Flask) -> None:
    for _ in range(121):
        answer = app.test_client().get("/search")
    assert answer.status_code == 429
    assert shop.test_client().get("/search").status_code == 200


class GoneStore(MemoryStorage):
    """A shared store whose server does not answer."""

    STORAGE_SCHEME: ClassVar[list[str]] = ["gone"]

    def incr(self, *_what: object, **_more: object) -> int:
        raise ConnectionError("the store is gone")

    def check(self) -> bool:
        return False


def test_a_store_that_is_gone_stops_nobody_from_searching(app: Flask, people: People) -> None:
    """P32: the count goes on in each process; passwords are counted in the database anyway."""
    same = {key: value for key, value in app.config.items() if key.startswith("MARKETPLACE_")}
    made = create_app({**same, "SECRET_KEY": "a" * 32, "RATE_LIMIT_STORE": "gone://"})
    client = made.test_client()
    answers = [client.get("/search").status_code for _ in range(122)]
    assert answers[0] == 200
    assert answers[-1] == 429
    made.extensions["marketplace"].runtime.engine.dispose()


def test_every_row_of_the_table_has_its_words() -> None:
    for language in ("zh", "en"):
        words = catalogue(language)
        for row in OFTEN:
            assert words[f"error.{row.code}"]
            assert "%(seconds)s" in words[f"remedy.{row.code}"]


def test_a_row_whose_door_is_gone_stops_the_start(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.standalone.limits.OFTEN", (OFTEN[0].__class__(
        "search", "1 per day", ("marketplace.zone.nowhere",)),))  # fmt: skip
    same = {key: value for key, value in app.config.items() if key.startswith("MARKETPLACE_")}
    with pytest.raises(KeyError, match="nowhere"):
        create_app({**same, "SECRET_KEY": "a" * 32})


def test_a_form_without_a_file_takes_one_megabyte(client_as: ClientAs) -> None:
    client = client_as("employee")
    answer = client.post("/addresses", data={"street": io.BytesIO(b"x" * (MEGABYTE + 1))})
    answer.request.environ["wsgi.input"].close()
    assert answer.status_code == 413
    assert "最多收 1 MB" in answer.text


def test_an_upload_takes_one_file_with_its_form(app: Flask, client_as: ClientAs) -> None:
    client = client_as("manager")
    door = app.url_map.bind("localhost").build("marketplace.accounts.take", method="POST")
    answers = []
    for size in (2, 11):
        sheet = (io.BytesIO(b"x" * size * MEGABYTE), "people.csv")
        answer = client.post(door, data={"people": sheet})
        answer.request.environ["wsgi.input"].close()  # the client keeps what it sent in a file
        answers.append(answer)
    small, large = answers
    assert small.status_code in {400, 422}  # it was read, and has no token
    assert large.status_code == 413
    assert "最多收 10 MB" in large.text


def test_a_form_of_too_many_parts_is_told_how_many(client_as: ClientAs) -> None:
    client = client_as("employee")
    answer = client.post("/addresses", data={f"f{n}": "x" for n in range(201)},
                         content_type="multipart/form-data")  # fmt: skip
    assert answer.status_code == 413
    assert "200 项" in answer.text


def test_every_door_that_takes_a_file_stands_in_the_table(app: Flask) -> None:
    takers = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if any(form._file_fields() for form in _forms(inspect.unwrap(view)))
        and any("POST" in (rule.methods or ()) for rule in app.url_map.iter_rules(endpoint))
    }
    assert takers == set(UPLOADS)


def _forms(view: Callable[..., Any]) -> Iterator[type[MarketForm]]:
    """The forms that a view makes, itself or by a helper that answers one."""
    for name in view.__code__.co_names:
        found = view.__globals__.get(name)
        if inspect.isfunction(found):
            found = view.__globals__.get(str(found.__annotations__.get("return")))
        if isinstance(found, type) and issubclass(found, MarketForm):
            yield found
