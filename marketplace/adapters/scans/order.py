"""What the parent asks of the child that looks at a scan."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """How much of a scan is looked at, at most."""

    pixels: int
    pages: int
    side: int  # of the preview, in pixels
    seconds: int
    memory: int  # bytes
    output: int  # bytes
