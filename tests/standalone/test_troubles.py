"""What is shown when no page is: unknown addresses, wrong methods, too much, our own faults."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from marketplace.standalone import create_app
from marketplace.work import schema

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_unknown_address_gets_a_page_of_ours(app: Flask, language: str) -> None:
    answer = app.test_client().get("/nowhere", headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert 'class="trouble"' in answer.text
    assert "http_404" not in answer.text


def test_a_wrong_method_says_which_are_right(app: Flask) -> None:
    answer = app.test_client().delete("/sign-in")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert 'class="trouble"' in answer.text


def test_an_upload_that_is_too_large_gets_a_page(app: Flask) -> None:
    answer = app.test_client().post(
        "/sign-in", data=b"x" * 13 * MEGABYTE, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    assert 'class="trouble"' in answer.text


def test_a_form_of_too_many_parts_is_refused(app: Flask) -> None:
    parts = {f"field{n}": "x" for n in range(201)}
    answer = app.test_client().post("/sign-in", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 413


@pytest.mark.own_app
def test_our_own_fault_is_told_without_its_cause(app: Flask) -> None:
    def breaks() -> str:
        raise RuntimeError("the cause")

    app.add_url_rule("/breaks", view_func=breaks)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/breaks")
    assert answer.status_code == 500
    assert 'class="trouble"' in answer.text
    assert "the cause" not in answer.text


def test_when_even_the_error_page_breaks_there_is_a_last_one(tmp_path: Path) -> None:
    app = create_app({"MARKETPLACE_DATA": tmp_path, "MARKETPLACE_DEMO": True})
    schema.downgrade(app.extensions["marketplace"].runtime.engine, "base")  # no tables any more
    client = app.test_client()
    client.set_cookie("mp_sign_in", "asks-the-database")
    answer = client.get("/")
    assert answer.status_code == 500
    assert "我们这边出了错" in answer.text
    assert "Content-Security-Policy" in answer.headers
    app.extensions["marketplace"].runtime.engine.dispose()


@pytest.mark.own_app
def test_the_sign_of_life_tells_a_database_without_tables(app: Flask) -> None:
    assert app.test_client().get("/healthz").status_code == 200
    schema.downgrade(app.extensions["marketplace"].runtime.engine, "base")
    assert app.test_client().get("/healthz").status_code == 503
