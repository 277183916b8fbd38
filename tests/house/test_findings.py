"""Every check by machine is said in words, with what to do where something is to be done."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.places import ROOT, nothing_in
from tests.house.test_translations import catalogue

# made under a name that is put together: by the fault of a code, by the kind of a number
COMPOSED = {
    *((f"credit_code_{fault}", "fail")
      for fault in ("length", "letter", "authority", "inner_check", "check")),
    *((f"{number}_digit", grade) for number in ("sc", "jy") for grade in ("pass", "warn")),
    ("number_region", "pass"),
    ("number_region", "warn"),
    ("number_region_unknown", "warn"),
}  # fmt: skip
GRADES = {"good": "pass", "doubtful": "warn", "bad": "fail"}


def findings() -> Iterator[tuple[str, str]]:
    """Name and grade of every finding that our code makes, as far as it names it outright."""
    for path in sorted((ROOT / "marketplace").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", "")
                first = node.args[0]
                if name in GRADES and isinstance(first, ast.Constant):
                    yield str(first.value), GRADES[name]


def test_every_finding_has_words_in_both_languages() -> None:
    made = {*findings(), *COMPOSED}
    assert len(made) > 30
    wanted = {f"finding.{check}.{grade}" for check, grade in made}
    wanted |= {f"finding.{check}.remedy" for check, grade in made if grade != "pass"}
    for language in ("zh", "en"):
        said = catalogue(language)
        nothing_in(f"{language}: {key}" for key in wanted if not said.get(key))
