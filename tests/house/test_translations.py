"""Every text stands in both languages: sentences in the templates and forms, keys in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import MarketplaceError
from marketplace.kernel.machine import Machine
from tests.house.places import ROOT, modules, nothing_in, templates, told

TRANSLATIONS = ROOT / "marketplace" / "translations"
KEYWORDS = {"_": None}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACE = re.compile(r"%\((\w+)\)[a-z]|%(?![(%])")
Texts = dict[str, str]


def catalogue(language: str) -> Texts:
    """All texts of one language, read as the application reads them."""
    found: Texts = {}
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, abort_invalid=True):
                if message.id:
                    found[str(message.id)] = str(message.string)
    return found


def said_otherwise(language: str) -> list[str]:
    """Texts that two catalogues of one language say differently: the later file would win."""
    seen: Texts = {}
    clashes = []
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source):
                text = str(message.string)
                if message.id and seen.setdefault(str(message.id), text) != text:
                    clashes.append(f"{path.name}: {message.id} is said {text!r} and otherwise")
    return clashes


@pytest.fixture(scope="module")
def english() -> Texts:
    return catalogue("en")


@pytest.fixture(scope="module")
def chinese() -> Texts:
    return catalogue("zh")


def texts_of_templates() -> Iterator[tuple[str, str]]:
    """Where, and what `_('…')` says in a template."""
    for path in templates():
        with path.open("rb") as source:
            for line, _function, found, _comments in babel_extract(source, ("_",), (), {}):
                text = found[0] if isinstance(found, tuple) else found
                if text is not None:  # else a variable: a label from a form or a table
                    yield f"{told(path)}:{line}", text


def texts_of_code() -> Iterator[tuple[str, str]]:
    """Where, and what `_('…')` says in Python."""
    for path in sorted((ROOT / "marketplace").rglob("*.py")):
        for line, text, *_rest in extract_from_file("python", path, KEYWORDS):
            yield f"{told(path)}:{line}", str(text)


def texts_of_forms() -> Iterator[tuple[str, str]]:
    """Labels and messages of forms: constants that are said when the page is made."""
    rooms = [*(ROOT / "marketplace").rglob("forms.py"), *(ROOT / "marketplace").rglob("forms/*.py")]
    for path in sorted(rooms):
        tree = ast.parse(path.read_text("utf-8"))
        notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in notes:
                continue
            if isinstance(node.value, str) and CHINESE.search(node.value):
                yield f"{told(path)}:{node.lineno}", node.value


def unsaid(texts: Iterable[tuple[str, str]], english: Texts) -> set[str]:
    """Texts without an English word, each with a place where it stands."""
    missing = {text: where for where, text in texts if not english.get(text)}
    return {f"{where}: {text}" for text, where in missing.items()}


def test_the_templates_are_said_in_english(english: Texts) -> None:
    found = list(texts_of_templates())
    assert found
    nothing_in(unsaid(found, english))


def test_the_code_is_said_in_english(english: Texts) -> None:
    nothing_in(unsaid(texts_of_code(), english))


def test_the_forms_are_said_in_english(english: Texts) -> None:
    nothing_in(unsaid(texts_of_forms(), english))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_text_is_said_in_one_way(language: str) -> None:
    nothing_in(said_otherwise(language))


def test_no_text_is_empty(english: Texts, chinese: Texts) -> None:
    nothing_in(key for found in (english, chinese) for key, said in found.items() if not said)


def test_keys_stand_in_both_languages(english: Texts, chinese: Texts) -> None:
    nothing_in({key for key in english if key.isascii()} ^ set(chinese))


def test_places_agree(english: Texts, chinese: Texts) -> None:
    def places(text: str) -> set[str]:
        return {found[0] for found in PLACE.finditer(text)}

    sources = {key: chinese.get(key, key) for key in english}
    nothing_in(k for k, said in sources.items() if places(said) != places(english[k]))


def test_english_holds_no_chinese_by_mistake(english: Texts) -> None:
    nothing_in(k for k, said in english.items() if len(CHINESE.findall(said)) > len(said) / 2)


def tables() -> list[Machine]:  # type: ignore[type-arg]  # of whatever states
    found = [v for m in modules("states") for v in vars(m).values() if isinstance(v, Machine)]
    assert found
    return found


def test_every_state_and_verb_has_words(english: Texts, chinese: Texts) -> None:
    keys = set()
    for step in (step for table in tables() for step in table.steps.values()):
        if step.by - {Role.SYSTEM}:  # a verb of the system is no button
            keys.add(f"verb.{type(step.target).__name__}.{step.verb}")
        keys |= {f"{type(state).__name__}.{state.value}" for state in type(step.target)}
    nothing_in(key for key in keys if not (english.get(key) and chinese.get(key)))


def refusals(kind: type[MarketplaceError] = MarketplaceError) -> Iterator[type[MarketplaceError]]:
    """Every error of ours that a person may see."""
    for each in kind.__subclasses__():
        if each.__module__.startswith("marketplace."):
            yield each
            yield from refusals(each)


def codes_given(names: set[str]) -> Iterator[str]:
    """Codes given where an error is made: `Refused("not_enough")`."""
    for path in sorted((ROOT / "marketplace").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0]
            if name in names and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_every_refusal_is_said_in_words(english: Texts, chinese: Texts) -> None:
    assert list(modules())
    kinds = [k for k in refusals() if k.status not in {401, 500}]  # to the sign-in; at start-up
    codes = {kind.code for kind in kinds} | set(codes_given({k.__name__ for k in kinds}))
    keys = {f"error.{code}" for code in codes}
    nothing_in(key for key in keys if not (english.get(key) and chinese.get(key)))


def test_a_catalogue_lies_where_it_is_read() -> None:
    folders = {path.parent for path in (ROOT / "marketplace").rglob("*.po")}
    assert folders == {TRANSLATIONS / "en", TRANSLATIONS / "zh"}
    assert all(Path(folder).is_dir() for folder in folders)
