"""The contract of the search port; a second backend joins by one more line in BACKENDS."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from marketplace.adapters.whoosh_search import WhooshSearch
from marketplace.ports.search import SearchDocument, SearchIndex

BACKENDS: dict[str, Callable[[Path], SearchIndex]] = {"whoosh": WhooshSearch}


@pytest.fixture(params=sorted(BACKENDS))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> SearchIndex:
    return BACKENDS[request.param](tmp_path / "index")


def a_document(title: str, text: str = "", listing_id: UUID | None = None) -> SearchDocument:
    return SearchDocument(listing_id or uuid4(), title, text)


@pytest.mark.parametrize("words", ["木耳", "柞水", "高山", "礼盒", "黑木耳", "柞水 木耳", "山黑"])
def test_words_inside_a_run_together_title_are_found(index: SearchIndex, words: str) -> None:
    wanted, other = a_document("柞水高山黑木耳礼盒"), a_document("会泽小土豆")
    index.put([wanted, other])
    assert index.find(words, limit=10) == [wanted.listing_id]


@pytest.mark.parametrize("words", ["瓜", "HAMI", "hami", "ｈａｍｉ", "25"])
def test_single_signs_latin_and_full_width_letters_are_found(
    index: SearchIndex, words: str
) -> None:
    wanted = a_document("哈密瓜 Hami 25")
    index.put([wanted])
    assert index.find(words, limit=10) == [wanted.listing_id]


@pytest.mark.parametrize("words", ["", "   ", "*", "?", "**", '"', "!!!", "(", "~"])
def test_a_question_without_words_finds_nothing(index: SearchIndex, words: str) -> None:
    index.put([a_document("黑木耳")])
    assert index.find(words, limit=10) == []


@pytest.mark.parametrize("words", ["木*", "title:木耳", "木耳 OR 土豆", "木耳~2", "[a TO z]"])
def test_operators_of_a_query_language_are_only_words(index: SearchIndex, words: str) -> None:
    index.put([a_document("土豆"), a_document("香菇")])
    assert index.find(words, limit=10) == []


def test_every_word_must_be_there(index: SearchIndex) -> None:
    both, one = a_document("黑木耳", "柞水县"), a_document("黑木耳", "会泽县")
    index.put([both, one])
    assert index.find("木耳 柞水", limit=10) == [both.listing_id]


def test_a_title_counts_more_than_what_stands_beside_it(index: SearchIndex) -> None:
    beside, titled = a_document("山货", "蜂蜜"), a_document("蜂蜜", "山货")
    index.put([beside, titled])
    assert index.find("蜂蜜", limit=10)[0] == titled.listing_id


def test_the_same_listing_twice_in_one_batch_stands_once(index: SearchIndex) -> None:
    first = a_document("旧名木耳")
    index.put([first, a_document("新名木耳", listing_id=first.listing_id)])
    assert index.find("木耳", limit=10) == [first.listing_id]
    assert index.find("旧名", limit=10) == []


def test_a_changed_document_replaces_the_old_one(index: SearchIndex) -> None:
    first = a_document("旧名木耳")
    index.put([first])
    index.put([a_document("新名木耳", listing_id=first.listing_id)])
    assert index.find("旧名", limit=10) == []
    assert index.find("新名", limit=10) == [first.listing_id]


def test_what_is_removed_is_not_found_and_unknown_ids_do_no_harm(index: SearchIndex) -> None:
    document = a_document("黑木耳")
    index.put([document])
    index.remove([document.listing_id, uuid4()])
    assert index.find("木耳", limit=10) == []


def test_a_deleted_folder_is_an_empty_index_that_can_be_filled_again(tmp_path: Path) -> None:
    index = WhooshSearch(tmp_path / "index")
    document = a_document("黑木耳")
    index.put([document])
    shutil.rmtree(tmp_path / "index")
    assert index.find("木耳", limit=10) == []
    index.put([document])
    assert index.find("木耳", limit=10) == [document.listing_id]


def test_a_cleared_index_is_empty_also_when_its_files_are_damaged(tmp_path: Path) -> None:
    index = WhooshSearch(tmp_path / "index")
    index.put([a_document("黑木耳")])
    for file in (tmp_path / "index").iterdir():
        file.write_bytes(b"damaged")
    index.clear()
    assert index.find("木耳", limit=10) == []


def test_the_limit_holds(index: SearchIndex) -> None:
    index.put([a_document(f"黑木耳 {n}") for n in range(8)])
    assert len(index.find("木耳", limit=5)) == 5
