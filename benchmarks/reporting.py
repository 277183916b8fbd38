"""One figure beside its reference, as it stands in `bench.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` and `reference_value` are medians of `runs`, `ratio` the median of their ratios."""

    name: str
    value: float
    unit: str
    reference: str
    reference_value: float
    ratio: float
    runs: int
    database: str
    server: str
    workers: int
    client: str
    peak_megabytes: float | None = None  # where memory is bounded

    def as_json(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    def told(self) -> str:
        """One line for people."""
        memory = f"   {self.peak_megabytes:.0f} MB" if self.peak_megabytes else ""
        return (
            f"{self.database:10} {self.name:16} {self.value:10.1f} {self.unit:11}"
            f" {self.reference_value:10.1f}  = {self.ratio:.3f}{memory}"
        )


def write(figures: Sequence[Figure], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    told = json.dumps([one.as_json() for one in figures], ensure_ascii=False, indent=2)
    target.write_text(f"{told}\n", encoding="utf-8")
