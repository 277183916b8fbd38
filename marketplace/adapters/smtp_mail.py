"""Mail through an SMTP server, as the settings name it; nothing but the standard library."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path

from marketplace.config import Config, Misconfigured
from marketplace.kernel.clock import SystemClock
from marketplace.ports.mail import Mail, PostDown

SECURITIES = ("starttls", "tls", "none")


class SmtpMail:
    """The `Mailer` port. One connection per letter: the outbox sends few, and a server that
    forgets idle connections is no trouble then."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.password = config.smtp_password
        if config.smtp_password_file:
            self.password = Path(config.smtp_password_file).read_text("utf-8").strip()

    def send(self, key: str, mail: Mail) -> None:
        """The key becomes the Message-ID, by which mail boxes know a letter that comes twice."""
        letter = self.letter(key, mail)
        try:
            with self._connected() as server:
                if self.config.smtp_user:
                    server.login(self.config.smtp_user, self.password)
                server.send_message(letter)
        except (OSError, smtplib.SMTPException) as fault:  # OSError: also TLS, also a time-out
            raise PostDown from fault

    def letter(self, key: str, mail: Mail) -> EmailMessage:
        """As it goes over the wire."""
        letter = EmailMessage()
        letter["Message-ID"] = f"<{key}@{parseaddr(self.config.smtp_from)[1].rpartition('@')[2]}>"
        letter["Date"] = format_datetime(SystemClock().now())
        letter["From"] = self.config.smtp_from
        letter["To"] = mail.to
        letter["Subject"] = mail.subject
        letter["Auto-Submitted"] = "auto-generated"  # nobody's holiday notice answers it
        letter.set_content(mail.text)
        if mail.html:
            letter.add_alternative(mail.html, subtype="html")
        return letter

    def _connected(self) -> smtplib.SMTP:
        """Never falls back to an open line when TLS was asked for."""
        config, trust = self.config, ssl.create_default_context()
        timeout = config.smtp_timeout_seconds
        if config.smtp_security == "tls":
            return smtplib.SMTP_SSL(
                config.smtp_host, config.smtp_port, timeout=timeout, context=trust
            )
        server = smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=timeout)
        if config.smtp_security == "starttls":
            try:
                server.starttls(context=trust)
            except BaseException:
                server.close()
                raise
        return server


def smtp_mail(config: Config) -> SmtpMail:
    """As configured. Raises Misconfigured with everything that is missing."""
    problems = [
        f"MARKETPLACE_{name.upper()} is missing: mail goes through SMTP"
        for name in ("smtp_host", "smtp_from")
        if not getattr(config, name)
    ]
    if config.smtp_from and "@" not in parseaddr(config.smtp_from)[1]:
        problems.append(f"MARKETPLACE_SMTP_FROM is no mail address: {config.smtp_from!r}")
    if config.smtp_security not in SECURITIES:
        problems.append(f"MARKETPLACE_SMTP_SECURITY is none of {', '.join(SECURITIES)}")
    if config.smtp_password_file and not Path(config.smtp_password_file).is_file():
        problems.append(f"MARKETPLACE_SMTP_PASSWORD_FILE is no file: {config.smtp_password_file!r}")
    if problems:
        raise Misconfigured(tuple(problems))
    return SmtpMail(config)
