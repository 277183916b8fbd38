"""What every page of every reader must have, and what an English page may not say in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.config import Config
from marketplace.kernel.base import Base
from marketplace.regions.models import Division
from marketplace.web.samples import Samples
from marketplace.web.words import Words
from tests.look.conftest import Shop
from tests.look.reading import CHINESE, PageReader
from tests.look.rendering import ROOT
from tests.look.walking import NOT_PAGES, Visit, endpoint_of

TRANSLATIONS = ROOT / "marketplace" / "translations"
PROVINCE = 1  # the level of a division
LANG = {"zh": "zh-Hans", "en": "en"}


@pytest.fixture(scope="module", params=["zh", "en"])
def pages(
    request: pytest.FixtureRequest, visits: list[Visit], client_of: Callable[[str], FlaskClient]
) -> list[tuple[Visit, PageReader, str]]:
    """Every page with its reading, in one language."""
    language: str = request.param
    if language == "zh":
        return [(visit, visit.page, language) for visit in visits]
    for reader in {visit.reader for visit in visits}:
        client_of(reader).set_cookie("mp_language", language)
    return [(visit, PageReader(client_of(visit.reader).get(visit.address).text), language)
            for visit in visits]  # fmt: skip


def test_every_page_of_the_application_is_walked(shop: Shop, visits: list[Visit]) -> None:
    """tests/look/walking.py says how to add a page that no link leads to."""
    routes = {
        rule.endpoint for rule in shop.app.url_map.iter_rules() if "GET" in (rule.methods or ())
    }
    pages = {name for name in routes if not name.endswith("static")} - set(NOT_PAGES)
    assert pages - {visit.endpoint for visit in visits} == set()
    assert set(NOT_PAGES) <= routes, "an exemption for a route that is no more"


def test_no_link_leads_nowhere(shop: Shop, visits: list[Visit]) -> None:
    lost = {
        f"{link} on {visit}"
        for visit in visits
        for link in visit.page.links
        if link.startswith("/") and endpoint_of(shop.app, link.partition("#")[0]) == "nobody"
    }
    assert lost == set()


def test_every_page_has_one_title_one_heading_and_its_language(
    pages: list[tuple[Visit, PageReader, str]],
) -> None:
    faults = []
    for visit, page, language in pages:
        if page.headings["h1"] != 1:
            faults.append(f"{page.headings['h1']} first headings: {visit}")
        if not re.fullmatch(r"\s*\S.* · \S.*\s*", page.title):
            faults.append(f"title {page.title!r}: {visit}")
        if page.lang != LANG[language]:
            faults.append(f"lang {page.lang!r}: {visit}")
        if page.repeated_ids:
            faults.append(f"ids {page.repeated_ids}: {visit}")
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize("pages", ["en"], indirect=True)
def test_an_english_page_says_chinese_only_where_the_data_does(
    pages: list[tuple[Visit, PageReader, str]], shop: Shop
) -> None:
    """Names of goods, people and places stay; words of ours must be translated."""
    said = {text: str(visit) for visit, page, _language in pages for text in page.chinese}
    with shop.app.extensions["marketplace"].runtime.reading() as session:
        known = "\n".join(
            [
                *stored_texts(session),
                *place_names(session),
                *english_texts(),
                *settings(),
                *sources(),
            ]
        )
    ours = set(source_texts())
    faults = {
        text: where
        for text, where in said.items()
        if text in ours or not all(word in known for word in CHINESE.findall(text))
    }
    assert not faults, "\n" + "\n".join(f"{text}: {where}" for text, where in faults.items())


def texts() -> Iterator[tuple[str, str]]:
    """Every text of ours with its English."""
    for path in sorted((TRANSLATIONS / "en").glob("*.po")):
        with path.open("rb") as source:
            yield from ((str(m.id), str(m.string)) for m in read_po(source) if m.id)


def source_texts() -> Iterator[str]:
    return (chinese for chinese, english in texts() if english != chinese)


def english_texts() -> Iterator[str]:
    """Some hold Chinese on purpose: the name of a law, an example to type."""
    return (english for _chinese, english in texts())


def settings() -> tuple[str, ...]:
    """Names that nobody stored: the account of transfers, and what the style guide invents."""
    return str(Config()), str(vars(Samples(Words("zh")))), "示例收货人 示例路 1 号 示例工会"


def sources() -> Iterator[str]:
    """Names of laws and notices, which stand in the data as they are called."""
    return (path.read_text("utf-8") for path in sorted((ROOT / "marketplace").rglob("*.toml")))


def stored_texts(session: Session) -> Iterator[str]:
    """Every text in every table."""
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            yield from (str(value) for value in row if value is not None)


def place_names(session: Session) -> Iterator[str]:
    """Prefectures with the short name of their province before them, as labels have them."""
    divisions = session.scalars(select(Division)).all()
    short = {place.code[:2]: place.short_name for place in divisions if place.level == PROVINCE}
    yield from (short[place.code[:2]] + place.name for place in divisions)
