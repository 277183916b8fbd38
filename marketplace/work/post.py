"""Letters leave by their ports, from the outbox alone."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.ports.mail import Mail
from marketplace.ports.sms import Sms
from marketplace.work.wires import Outside, Sent


def carry_mail(outside: Outside, letters: Sequence[Sent[Mail]]) -> None:
    """One after the other; after a fault all come again, and those sent before are known by key."""
    for letter in letters:
        outside.tools.mail.send(letter.key, letter.what)


def carry_sms(outside: Outside, messages: Sequence[Sent[Sms]]) -> None:
    """As mail."""
    for message in messages:
        outside.tools.sms.send(message.key, message.what)
