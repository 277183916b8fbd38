"""Sizes that feel right have a hard end: docs/house.md names the numbers."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.places import ROOT, nothing_in, python_files, templates, told

FUNCTION, FILE, TEMPLATE = 40, 400, 150
Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines_of(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def long_functions(path: Path) -> list[str]:
    """Functions over the limit, from `def` to their last line."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return [
        f"{told(path)}:{node.lineno} {node.name} has {size} lines"
        for node in nodes
        if isinstance(node, Function)
        and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION
    ]


def test_no_function_is_longer_than_forty_lines() -> None:
    nothing_in(found for path in python_files() for found in long_functions(path))


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    own = [p for p in (ROOT / "static").rglob("*.*") if p.suffix in {".css", ".js"}]
    kept = [p for p in own if "vendor" not in p.parts]
    files = [*python_files(), *kept, ROOT / "Makefile", ROOT / ".ci" / "run"]
    nothing_in(f"{told(p)} has {n} lines" for p in files if (n := lines_of(p)) > FILE)


def test_no_template_is_longer_than_a_hundred_and_fifty_lines() -> None:
    found = templates()
    assert found
    nothing_in(f"{told(p)} has {n} lines" for p in found if (n := lines_of(p)) > TEMPLATE)
