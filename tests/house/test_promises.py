"""Every promise that the ground makes has a test that carries its number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.places import ROOT, nothing_in, told

# money and books, stock and budgets, approvals and visibility, doors, operation
PROMISED = (1, 2, 5, 10, 11, 12, 15, 16, *range(18, 23), *range(29, 37))
# "P12: …" or "P12, P35: …", where a docstring begins, or the number alone
NUMBERS = re.compile(r"\A((?:P\d+, )*P\d+)(?:: |\Z)")


def numbered() -> Iterator[tuple[int, str]]:
    """Each number with the test, or the file of tests, whose docstring begins with it."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        tests = [node for node in tree.body if _is_test(node)]
        for node in (tree, *tests) if tests else ():
            assert isinstance(node, ast.Module | ast.FunctionDef)
            name = "" if isinstance(node, ast.Module) else f"::{node.name}"
            for number in _numbers(ast.get_docstring(node) or ""):
                yield number, _where(path, name)


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _numbers(docstring: str) -> list[int]:
    found = NUMBERS.match(docstring)
    return [int(number) for number in re.findall(r"\d+", found[1])] if found else []


def _where(path: Path, name: str) -> str:
    return told(path) + name


def test_every_promise_has_a_test_that_carries_its_number() -> None:
    """What shows it is read from the tests themselves, so that the list cannot grow old."""
    shown: dict[int, list[str]] = {}
    for number, where in numbered():
        shown.setdefault(number, []).append(where)
    nothing_in(f"P{number} has no test" for number in set(PROMISED) - shown.keys())


def test_numbers_are_written_in_one_way() -> None:
    """One that is not found by its number is not found."""
    loose = re.compile(r'"""[^"]{0,40}\bP\d{1,2}\b(?!, P\d|: |""")')
    nothing_in(
        f"{told(path)}: {found.group()}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for found in loose.finditer(path.read_text("utf-8"))
        if path.name != Path(__file__).name
    )
