"""What the look's templates may not contain, and what its macros must say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from marketplace.web.samples import Samples
from marketplace.web.words import Words
from tests.look.rendering import OWN, ROOT, TEMPLATES, macro, render

ERRORS = (400, 403, 404, 409, 413, 422, 429, 500, 503)
_INLINE = re.compile(r"\sstyle\s*=|\son[a-z]+\s*=|<style|<script(?![^>]*\ssrc=)|javascript:", re.I)
_SAID = re.compile(r"\b_\('([^']+)'")
_COMMENT = re.compile(r"\{#.*?#\}", re.S)
SIGNS = tomllib.loads((ROOT / "tools" / "icons.toml").read_text("utf-8"))["signs"]["names"]
_SIGN = re.compile(r"\bicon\('([a-z0-9-]+)'|drawn\('([a-z0-9-]+)'|\('[a-z]*', '([a-z0-9-]+)'\)")
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))


def _short(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=_short)
def test_no_template_carries_inline_style_or_script(path: Path) -> None:
    assert _INLINE.findall(_COMMENT.sub("", path.read_text("utf-8"))) == []


@pytest.mark.parametrize("path", OWN, ids=_short)
def test_every_text_of_the_look_has_its_english(path: Path) -> None:
    english = Words("en")
    template = _COMMENT.sub("", path.read_text("utf-8"))
    missing = [said for said in _SAID.findall(template) if english(said) == said]
    assert not missing


@pytest.mark.parametrize("path", OWN, ids=_short)
def test_a_template_stays_readable_in_one_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 150


@pytest.mark.parametrize("path", OWN, ids=_short)
def test_every_sign_of_the_look_is_in_the_sprite(path: Path) -> None:
    named = {"".join(found) for found in _SIGN.findall(_COMMENT.sub("", path.read_text("utf-8")))}
    assert named <= set(SIGNS)


@pytest.mark.parametrize("path", SHEETS, ids=_short)
def test_every_rule_stands_under_our_own_class(path: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    heads = [head.strip() for head in re.findall(r"([^{};]+)\{", css)]
    strangers = [
        selector
        for head in heads
        if not head.startswith("@")
        for selector in re.split(r",(?![^(]*\))", head)
        if not re.match(r"(body)?\.mp\b", selector.strip())
    ]
    assert not strangers
    assert len(css.splitlines()) <= 400


def test_no_sheet_names_another_site() -> None:
    assert not [path.name for path in SHEETS if re.search(r"url\(|@import", path.read_text())]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_style_guide_shows_every_macro_without_an_unknown_name(language: str) -> None:
    page = render("styleguide/index.html", _=Words(language), lang=language)
    assert page.lstrip().startswith("<!doctype html>")
    assert _INLINE.search(page) is None


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_page_says_what_happened_and_what_to_do(status: int) -> None:
    page = render("error.html", status=status)
    assert f">{status}<" in page
    assert "接下来：" in page


def test_an_error_page_lists_each_problem_with_its_place() -> None:
    page = render("error.html", status=422, problems=[("第 3 行 · 供货价", "“12,5元” 不是金额")])
    assert "第 3 行 · 供货价" in page
    assert "“12,5元” 不是金额" in page


def test_an_error_code_without_words_never_reaches_people() -> None:
    page = render("error.html", status=404, code="http_404", title="http_404", text="http_404")
    assert "http_404" not in page
    assert "这里没有这一页" in page


def test_a_host_page_keeps_its_own_document_and_gets_our_box() -> None:
    page = render("styleguide/index.html", mp_layout="host.html")
    assert page.count("<body") == 1
    assert '<body class="mall">' in page
    assert page.count('<div class="mp guest"') == 1
    assert "css/tokens.css" in page


def test_our_own_page_has_one_main_and_no_box_in_a_box() -> None:
    page = render("styleguide/index.html")
    assert page.count("<main") == 1
    assert 'class="mp guest"' not in page


def test_danger_is_said_with_a_sign_and_words_not_by_colour_alone() -> None:
    said = macro("tag('逾期', 'stop')", "badges")
    assert "<svg" in said
    assert "逾期" in said


def test_a_verb_is_a_form_of_its_own_with_its_token() -> None:
    samples = Samples(Words("zh"))
    said = macro("verbs(open_verbs, url_of)", "buttons",
                 open_verbs=samples.verbs, url_of=samples.url_of)  # fmt: skip
    assert said.count("<form") == len(samples.verbs) == said.count('name="csrf_token"')
    assert said.count('name="note"') == sum(verb.needs_note for verb in samples.verbs)


def test_a_verb_takes_its_address_from_a_function_too() -> None:
    said = macro("verbs(open_verbs, url_of)", "buttons", open_verbs=Samples(Words("zh")).verbs[:1],
                 url_of=lambda verb: f"/do/{verb}")  # fmt: skip
    assert 'action="/do/approve"' in said


def test_a_field_ties_its_hint_and_errors_to_the_control() -> None:
    said = macro(
        "field(form.recipient, hint='与证件一致')", "forms", form=Samples(Words("zh")).form
    )
    assert 'aria-describedby="recipient-hint recipient-error"' in said
    assert 'aria-invalid="true"' in said
    assert 'id="recipient-hint"' in said
    assert 'id="recipient-error"' in said


def test_text_from_people_is_escaped_everywhere() -> None:
    said = macro("address_block(name, '', '', '')", "page", name="<b>x</b>")
    assert "<b>x</b>" not in said


def test_a_person_who_is_not_signed_in_is_offered_the_sign_in() -> None:
    said = macro("person()", "bar", actor=None)
    assert 'href="/sign-in"' in said
    assert "/sign-out" not in said
