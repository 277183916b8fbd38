"""Notices by mail: one letter for all that is new, in text and HTML, in the reader's language."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts import service
from marketplace.accounts.models import Notice, Person
from marketplace.adapters.offline_post import OfflineMail
from marketplace.adapters.smtp_mail import SmtpMail
from marketplace.config import Config
from marketplace.ports.mail import Mail
from marketplace.web import letters
from tests.fixtures import People, post
from tests.house.places import ROOT

PAGE = ("notices.mine", {})


def _with_address(people: People, *names: str) -> None:
    with people.runtime.work() as w:
        for name in names:
            person = w.session.get_one(Person, uuid.UUID(people.ids[name]))
            person.email = f"{name}@coop.example"


def _told(people: People, name: str, *reasons: str) -> None:
    (grant,) = people.actor(name).grants
    with people.runtime.work() as w:
        for reason in reasons:
            data = {
                "title": "<b>瓜</b>",
                "kind": "ReviewKind.listing",
                "outcome": "outcome.returned",
            }
            service.notify(w, grant.organisation_id, "decided", {**data, "note": reason}, at=PAGE)


def _letters(people: People) -> list[Mail]:
    with people.runtime.work() as w:
        service.mail_notices(w)
    people.runtime.deliver()
    return cast(OfflineMail, people.runtime.tools.mail).sent()


def raw(mail: Mail) -> EmailMessage:
    """As it goes over the wire, read back from its bytes."""
    config = Config(smtp_host="mail.shop.example", smtp_from="直通车 <noreply@shop.example>")
    sent = SmtpMail(config).letter("0123-abcd", mail).as_bytes()
    read = message_from_bytes(sent, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_letter_says_the_same_in_text_and_html_with_a_link_to_the_public_address(
    people: People,
) -> None:
    """What people typed is text in both, never marks."""
    runtime = people.runtime
    before = runtime.tools
    config = replace(before.config, public_url="https://shop.example/")
    runtime.tools = replace(before, config=config, prefix="/aid")
    _with_address(people, "supplier")
    _told(people, "supplier", "示例：照片不清楚")
    (mail,) = _letters(people)
    runtime.tools = before
    letter = raw(mail)
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    text, html = (str(part.get_content()) for part in letter.iter_parts())
    for words in ("示例：照片不清楚", "https://shop.example/aid/notices"):
        assert words in text
        assert words in html
    assert "<b>瓜</b>" in text
    assert "<b>瓜</b>" not in html
    assert 'lang="zh-Hans"' in html
    assert letter["To"] == "supplier@coop.example"
    assert "<b>瓜</b>" in str(letter["Subject"])


def test_many_notices_are_one_letter_and_none_is_told_twice(people: People) -> None:
    _with_address(people, "supplier")
    _told(people, "supplier", *(f"示例 {n}" for n in range(23)))
    _told(people, "second_supplier", "示例：没有邮箱的人")
    (mail,) = _letters(people)
    assert "23" in mail.subject
    assert mail.text.count("示例 ") == 20
    assert "还有 3 条" in mail.text
    assert "登录后打开" in mail.text  # nobody has said the public address
    assert _letters(people) == [mail]
    with people.runtime.reading() as session:
        assert session.scalars(select(Notice.id).where(Notice.mail_owed)).all() == []


def test_a_letter_is_written_in_the_language_that_its_reader_chose(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    _with_address(people, "supplier")
    post(client_as("supplier"), "/preferences", on="/", language="en", next="/")
    _told(people, "supplier", "示例")
    (mail,) = _letters(people)
    assert "Dear supplier" in mail.text
    assert 'lang="en"' in mail.html
    assert "您好" not in mail.text + mail.html


def test_the_colours_of_letters_are_those_of_the_house() -> None:
    tokens = (ROOT / "static" / "css" / "tokens.css").read_text("utf-8").partition("}")[0]
    for name in ("PAPER", "SHEET", "INK", "SOFT", "LINE", "PINE"):
        assert f"--{name.lower()}: {getattr(letters, name)};" in tokens
