"""What the parent asks of the child that draws photographs."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = {"large": 1280, "small": 480}  # the longer side in pixels; never more than the original has


@dataclass(frozen=True, slots=True)
class Order:
    """How much of a photograph is looked at, at most, and how large it must be."""

    pixels: int
    least: int  # pixels of the shorter side
    seconds: int
    memory: int  # bytes
    output: int  # bytes
