"""Sessions that read, and units of work of one process that take turns on the embedded database."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.accounts.models import Person
from marketplace.kernel.errors import Busy
from marketplace.web import door
from marketplace.work import Runtime, runtime


@pytest.mark.sqlite_only  # PostgreSQL lets many write
def test_who_waits_too_long_for_the_turn_to_write_is_told_to_try_again(
    bare_runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "PATIENCE", 0.05)
    with bare_runtime.work():  # nothing is asked yet: the turn is taken all the same
        told = _told_in_another_thread(bare_runtime)
    assert len(told) == 1


@pytest.mark.sqlite_only  # likewise
def test_the_turn_is_given_back_also_after_a_fault(
    bare_runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ZeroDivisionError), bare_runtime.work():
        _ = 1 / 0
    monkeypatch.setattr(runtime, "PATIENCE", 0.05)
    assert _told_in_another_thread(bare_runtime) == []


def _told_in_another_thread(bare_runtime: Runtime) -> list[BaseException]:
    """Whether a thread that wants to write is sent away."""
    told: list[BaseException] = []

    def write() -> None:
        try:
            with bare_runtime.work() as w:
                w.session.scalars(select(Person)).all()
        except Busy as fault:
            told.append(fault)

    other = threading.Thread(target=write)
    other.start()
    other.join()
    return told


def test_a_short_look_opens_no_transaction_on_postgresql(bare_runtime: Runtime) -> None:
    """What one question sees, another one of the same look may see changed."""
    with bare_runtime.looking() as session:
        assert _is_alone(session) == (bare_runtime.engine.dialect.name == "postgresql")
    with bare_runtime.reading() as session:
        assert not _is_alone(session)  # the connection went back as it was


def _is_alone(session: Session) -> bool:
    """Whether each question is a transaction of its own."""
    session.execute(text("SELECT 1"))
    driver = session.connection().connection.driver_connection
    return getattr(driver, "autocommit", False) is True


def test_a_page_takes_one_session_for_all_its_short_looks(app: Flask) -> None:
    with app.test_request_context("/"):
        with door.looking() as outer, door.looking() as inner:
            assert inner is outer
        with door.reading() as outer, door.looking() as inner:
            assert inner is outer
        with door.looking() as outer, door.reading() as inner:
            assert inner is not outer  # long lists are read in batches: a transaction of their own
        with door.looking() as later:
            assert later not in (outer, inner)  # whoever closed it took it away
