"""The mail port: one contract, run against the stand-in and against a server that speaks SMTP."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from marketplace.adapters.offline_post import OfflineMail
from marketplace.adapters.smtp_mail import SmtpMail, smtp_mail
from marketplace.config import Config, Misconfigured
from marketplace.ports.mail import Mail, Mailer, PostDown

LETTER = Mail(
    to="li@shop.example",
    subject="找回密码 / new password",
    text="第一行\n.一行以点开头\n",
    html="<p>第一行</p>",
)
KEY = "0123-abcd"


@dataclass
class Sink:
    """An SMTP server for one test: takes every letter, or refuses them all."""

    letters: list[EmailMessage] = field(default_factory=list)
    refuses: bool = False
    port: int = 0


class Talk(socketserver.StreamRequestHandler):
    """Just as much of the protocol as a client needs; offers no TLS."""

    sink: Sink

    def handle(self) -> None:
        self.say("220 sink.example")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"QUIT":
                return self.say("221 bye")
            if verb == b"DATA" and not self.sink.refuses:
                self.say("354 go on")
                self.take()
            self.say("550 no" if self.sink.refuses and verb in {b"RCPT", b"DATA"} else "250 ok")
        return None

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        whole = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(whole, EmailMessage)
        self.sink.letters.append(whole)


@pytest.fixture
def sink() -> Iterator[Sink]:
    found = Sink()
    handler = type("Handler", (Talk,), {"sink": found})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        found.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join(timeout=10)


def settings(sink: Sink, **other: str) -> Config:
    return Config(
        smtp_host="127.0.0.1",
        smtp_port=sink.port,
        smtp_from="直通车 <noreply@shop.example>",
        smtp_timeout_seconds=5,
        **{"smtp_security": "none", **other},
    )


@pytest.fixture(params=["offline", "smtp"])
def post(
    request: pytest.FixtureRequest, tmp_path: Path, sink: Sink
) -> tuple[Mailer, Callable[[], list[Mail]]]:
    """A mailer, and what arrived at its other end."""
    if request.param == "offline":
        offline = OfflineMail(tmp_path)
        return offline, offline.sent
    return SmtpMail(settings(sink)), lambda: [read(letter) for letter in sink.letters]


def read(letter: EmailMessage) -> Mail:
    """A letter as a mail program shows it."""
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    return Mail(
        to=letter["To"],
        subject=letter["Subject"],
        text=text.get_content().replace("\r\n", "\n") if text else "",
        html=html.get_content().strip() if html else "",
    )


def test_a_letter_arrives_as_it_was_written(
    post: tuple[Mailer, Callable[[], list[Mail]]],
) -> None:
    mailer, arrived = post
    mailer.send(KEY, LETTER)
    assert arrived() == [LETTER]


def test_a_letter_without_html_arrives_too(
    post: tuple[Mailer, Callable[[], list[Mail]]],
) -> None:
    mailer, arrived = post
    plain = Mail(LETTER.to, LETTER.subject, LETTER.text)
    mailer.send(KEY, plain)
    assert arrived() == [plain]


def test_a_letter_sent_twice_is_known_by_its_number(tmp_path: Path, sink: Sink) -> None:
    """P33: at least once; the second copy says that it is the same letter."""
    offline = OfflineMail(tmp_path)
    for mailer in (offline, SmtpMail(settings(sink))):
        mailer.send(KEY, LETTER)
        mailer.send(KEY, LETTER)
    assert len(offline.sent()) == 1
    assert [letter["Message-ID"] for letter in sink.letters] == [f"<{KEY}@shop.example>"] * 2


def test_a_server_that_refuses_is_told_so_that_the_outbox_tries_again(sink: Sink) -> None:
    sink.refuses = True
    with pytest.raises(PostDown):
        SmtpMail(settings(sink)).send(KEY, LETTER)
    assert sink.letters == []


def test_a_server_that_is_gone_is_no_fault_of_ours(sink: Sink) -> None:
    """P32: dead mail stops nothing; the letter waits."""
    config = settings(sink)
    gone = Config(**{**{f: getattr(config, f) for f in ("smtp_host", "smtp_from")},
                     "smtp_port": 1, "smtp_security": "none"})  # fmt: skip
    with pytest.raises(PostDown):
        SmtpMail(gone).send(KEY, LETTER)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_line_that_should_be_closed_is_never_used_open(sink: Sink, security: str) -> None:
    with pytest.raises(PostDown):
        SmtpMail(settings(sink, smtp_security=security)).send(KEY, LETTER)
    assert sink.letters == []


def test_the_password_may_stand_in_a_file(tmp_path: Path, sink: Sink) -> None:
    secret = tmp_path / "smtp"
    secret.write_text("from-a-file\n", "utf-8")
    mailer = smtp_mail(settings(sink, smtp_password_file=str(secret)))
    assert mailer.password == "from-a-file"
    assert "in-the-environment" not in repr(settings(sink, smtp_password="in-the-environment"))


def test_everything_that_smtp_lacks_is_told_at_once() -> None:
    with pytest.raises(Misconfigured) as refusal:
        smtp_mail(Config(smtp_security="perhaps", smtp_password_file="/nowhere"))
    assert len(refusal.value.problems) == 4
