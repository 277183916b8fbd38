"""Parcels that failed too often wait for a person, who sees why and decides."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from marketplace.adapters.offline_post import OfflineMail
from marketplace.desk import service
from marketplace.kernel.errors import Missing
from marketplace.ports.sms import Sms
from marketplace.work.models import Parcel
from tests.fixtures import People, post
from tests.makers.outbox import a_dead_parcel

ClientAs = Callable[[str], FlaskClient]
PAGE = "/desk/outbox"


def test_a_dead_parcel_is_shown_with_its_fault_and_tried_again(
    people: People, client_as: ClientAs
) -> None:
    """P33: nothing owed is lost in silence."""
    parcel = a_dead_parcel(people.runtime)
    assert people.runtime.deliver() == 0
    manager = client_as("manager")
    assert "PostDown: 示例故障" in manager.get(PAGE).text
    assert post(manager, f"{PAGE}/{parcel}/try-again", on=PAGE).status_code == 303
    assert people.runtime.deliver() == 1
    mail = people.runtime.tools.mail
    assert isinstance(mail, OfflineMail)
    assert [sent.subject for sent in mail.sent()] == ["示例邮件"]
    assert "没有停住的投递" in manager.get(PAGE).text


def test_what_a_letter_said_is_forgotten_once_it_is_sent(people: People) -> None:
    with people.runtime.work() as w:
        w.send(Sms("13900000000", "验证码 314159"))
    assert people.runtime.deliver() == 1
    with people.runtime.reading() as session:
        assert [parcel.payload for parcel in session.query(Parcel)] == [""]


def test_a_parcel_is_dropped_with_a_reason(people: People, client_as: ClientAs) -> None:
    parcel = a_dead_parcel(people.runtime)
    manager = client_as("manager")
    assert post(manager, f"{PAGE}/{parcel}/drop", on=PAGE, note=" ").status_code == 422
    assert post(manager, f"{PAGE}/{parcel}/drop", on=PAGE, note="地址作废").status_code == 303
    assert people.runtime.deliver() == 0
    with people.runtime.reading() as session:
        assert session.query(Parcel).filter(Parcel.dropped_at.is_not(None)).count() == 1


def test_only_what_waits_for_a_person_is_decided(people: People) -> None:
    parcel = a_dead_parcel(people.runtime)
    manager = people.actor("manager")
    with people.runtime.work(manager) as w:
        service.try_again(w, UUID(parcel))
    for decide in (
        lambda w: service.try_again(w, UUID(parcel)),
        lambda w: service.drop(w, UUID(parcel), "x"),
    ):
        with pytest.raises(Missing), people.runtime.work(manager) as w:
            decide(w)


def test_auditors_look_and_decide_nothing(people: People, client_as: ClientAs) -> None:
    a_dead_parcel(people.runtime)
    page = client_as("auditor").get(PAGE).text
    assert "PostDown" in page
    assert "再试一次" not in page
