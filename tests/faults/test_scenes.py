"""Each scene a few times in every run of the suite; `python -m tests.faults` plays them long."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import KINDS, Databases
from tests.faults.ground import a_ground
from tests.faults.history import FAIL, INVOKE, OK, History
from tests.faults.scenes import SCENES, Scene

PLAYED = [(scene, kind) for scene in SCENES for kind in KINDS]


@pytest.mark.parametrize(("scene", "kind"), PLAYED, ids=[f"{s.name}-{k}" for s, k in PLAYED])
def test_what_breaks_loses_and_doubles_nothing(
    databases: Databases, scene: Scene, kind: str
) -> None:
    """P6, P7, P11, P31, P32, P34, P35: ok is there once, failed is not there, unknown at most
    once."""
    with a_ground(databases, kind) as ground:
        verdict = scene.play(ground, scene.short)
    assert verdict.tried
    assert verdict.is_well, verdict


@pytest.mark.parametrize(
    ("told", "there", "fault"),
    [
        ([(INVOKE, "a"), (OK, "a")], {}, "lost"),
        ([(INVOKE, "a"), (OK, "a")], {"a": 2}, "doubled"),
        ([(INVOKE, "a")], {"a": 2}, "doubled"),
        ([(INVOKE, "a"), (FAIL, "a")], {"a": 1}, "ghosts"),
        ([(INVOKE, "a"), (OK, "a")], {"a": 1, "b": 1}, "strangers"),
    ],
)
def test_the_checker_finds_every_lie(
    tmp_path: Path, told: list[tuple[str, str]], there: dict[str, int], fault: str
) -> None:
    history = History(tmp_path / "told.jsonl")
    for what, key in told:
        history.note(what, key)
    verdict = history.compared(there)
    assert getattr(verdict, fault) == 1
    assert not verdict.is_well


def test_the_checker_lets_an_unknown_end_be_either(tmp_path: Path) -> None:
    history = History(tmp_path / "told.jsonl")
    for key in ("a", "b"):
        history.note(INVOKE, key, "somebody")
    verdict = history.compared({"a": 1})
    assert verdict.is_well
    assert (verdict.unknown, verdict.survived) == (2, 1)
    assert history.unknown() == {"a": "somebody", "b": "somebody"}
