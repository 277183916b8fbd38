"""Every promise that is kept, and every failure of others that is ours to avoid, has a test that
carries its number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.places import ROOT, nothing_in, told

# money and books, stock and budgets, approvals and visibility, doors, imports, operation
PROMISED = (1, 2, 5, 10, 11, 12, *range(15, 28), *range(29, 37))
# of rights, questions to the database, fetching, uploads, pictures, archives, imports, selling
AVOIDED = (26, 30, 31, 32, 36, 37, 38, 39)
# "P12: …" or "P12, P35: …", where a docstring begins, or the number alone
NUMBERS = re.compile(r"\A((?:P\d+, )*P\d+)(?:: |\Z)")
# "Failure 30: …" or "Failure 30, Failure 32: …" at the same place, or behind the promises
FAILURES = re.compile(r"\A(?:(?:P\d+, )*P\d+: )?((?:Failure \d+, )*Failure \d+)(?:: |\Z)")


def numbered(numbers: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Each number with the test, or the file of tests, whose docstring begins with it."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        tests = [node for node in tree.body if _is_test(node)]
        for node in (tree, *tests) if tests else ():
            assert isinstance(node, ast.Module | ast.FunctionDef)
            name = "" if isinstance(node, ast.Module) else f"::{node.name}"
            for number in _numbers(numbers, ast.get_docstring(node) or ""):
                yield number, _where(path, name)


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _numbers(numbers: re.Pattern[str], docstring: str) -> list[int]:
    found = numbers.match(docstring)
    return [int(number) for number in re.findall(r"\d+", found[1])] if found else []


def _where(path: Path, name: str) -> str:
    return told(path) + name


def shown(numbers: re.Pattern[str]) -> set[int]:
    """What shows a number is read from the tests themselves, so that no list can grow old."""
    return {number for number, _where in numbered(numbers)}


def test_every_promise_has_a_test_that_carries_its_number() -> None:
    nothing_in(f"P{number} has no test" for number in set(PROMISED) - shown(NUMBERS))


def test_every_failure_of_others_has_a_test_that_carries_its_number() -> None:
    nothing_in(f"failure {number} has no test" for number in set(AVOIDED) - shown(FAILURES))


def test_numbers_are_written_in_one_way() -> None:
    """One that is not found by its number is not found."""
    loose = re.compile(
        r'"""[^"]{0,40}(?:\bP\d{1,2}\b(?!, P\d|: |""")'
        r'|\b[Ff]ailures? \d+(?!\d|, Failure \d|: |""")|\bfailures? \d)'
    )
    nothing_in(
        f"{told(path)}: {found.group()}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for found in loose.finditer(path.read_text("utf-8"))
        if path.name != Path(__file__).name
    )
