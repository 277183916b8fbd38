"""Short messages to mobile numbers; sent by the outbox only, never inside a unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sms:
    """One message to a mobile number of mainland China, 11 digits."""

    mobile: str
    text: str


class SmsSender(Protocol):
    def send(self, key: str, sms: Sms) -> None:
        """Hand it over; the same key again is the same message. Raises ports.mail.PostDown."""

    def recent(self, mobile: str) -> list[str]:
        """What was sent to the number lately, newest first, where the sender can show it (the
        stand-in of the demonstration); a real carrier answers nothing."""
