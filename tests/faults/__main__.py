"""`python -m tests.faults [--times N] [words of a scene …]`: every scene on both databases, with
what was tried, what survived, and what was lost."""

from __future__ import annotations

import argparse
import sys

from tests.databases import KINDS
from tests.faults.ground import a_ground, prepared
from tests.faults.history import Verdict
from tests.faults.scenes import SCENES

COLUMNS = (
    "tried", "ok", "failed", "unknown", "survived", "lost", "doubled", "ghosts", "strangers",
)  # fmt: skip


def told(name: str, kind: str, times: int, verdict: Verdict) -> str:
    counts = "  ".join(f"{column} {getattr(verdict, column)}" for column in COLUMNS)
    return f"{name} × {times}, {kind}: {counts}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("words", nargs="*", help="only scenes whose name says one of these")
    parser.add_argument("--times", type=int, help="how often each thing breaks")
    asked = parser.parse_args()
    is_well = True
    with prepared() as databases:
        for scene in SCENES:
            if asked.words and not any(word in scene.name for word in asked.words):
                continue
            for kind in KINDS:
                times = asked.times or scene.long
                with a_ground(databases, kind) as ground:
                    verdict = scene.play(ground, times)
                sys.stdout.write(told(scene.name, kind, times, verdict) + "\n")
                sys.stdout.flush()
                is_well = is_well and verdict.is_well
    return 0 if is_well else 1


if __name__ == "__main__":
    raise SystemExit(main())
