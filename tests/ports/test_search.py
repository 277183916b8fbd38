"""The contract of the search port: what is found, in which order, with which counts."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from marketplace.ports.search import DEEPEST, Question, SearchIndex, Sort
from tests.ports.searching import a_document, ids, of, put


@pytest.mark.parametrize("words", ["木耳", "柞水", "高山", "礼盒", "黑木耳", "柞水 木耳", "山黑"])
def test_words_inside_a_run_together_title_are_found(index: SearchIndex, words: str) -> None:
    wanted, other = a_document("柞水高山黑木耳礼盒"), a_document("会泽小土豆")
    put(index, wanted, other)
    assert ids(index, words) == of(wanted)


@pytest.mark.parametrize("words", ["瓜", "HAMI", "hami", "ｈａｍｉ", "25", "hami瓜", "哈密 25"])
def test_single_signs_latin_and_full_width_letters_are_found(
    index: SearchIndex, words: str
) -> None:
    wanted = a_document("哈密瓜 Hami 25")
    put(index, wanted)
    assert ids(index, words) == of(wanted)


@pytest.mark.parametrize("words", ["*", "?", "**", '"', "!!!", "(", "~", "' OR 1=1 --", "\x00"])
def test_signs_are_no_words_and_find_nothing(index: SearchIndex, words: str) -> None:
    put(index, a_document("黑木耳"))
    assert index.find(Question(words)).total == 0


@pytest.mark.parametrize("words", ["", "   ", "\u3000"])
def test_without_words_all_that_passes_the_filters_is_found(index: SearchIndex, words: str) -> None:
    ears, melon = a_document("黑木耳"), a_document("伽师瓜", category="fruit")
    put(index, ears, melon)
    assert index.find(Question(words)).total == 2
    assert ids(index, words, category="fruit") == of(melon)


@pytest.mark.parametrize(
    "words",
    ["木*", "title:木耳", "木耳 OR 土豆", "木耳~2", "[a TO z]", 'title : "土豆', "NEAR(土豆)"],
)
def test_operators_of_a_query_language_are_only_words(index: SearchIndex, words: str) -> None:
    put(index, a_document("土豆"), a_document("香菇"))
    assert ids(index, words) == []


def test_rare_signs_and_words_of_other_scripts_are_found_again(index: SearchIndex) -> None:
    wanted = a_document("𠮷野 Ärmel ไทย ½ ①号 龥")
    put(index, wanted)
    for words in ("𠮷野", "ärmel", "ไทย", "1⁄2", "①号", "1号", "龥"):
        assert ids(index, words) == of(wanted), words


def test_every_word_must_be_there(index: SearchIndex) -> None:
    both, one = a_document("黑木耳", "柞水县"), a_document("黑木耳", "会泽县")
    put(index, both, one)
    assert ids(index, "木耳 柞水") == of(both)


def test_a_question_of_very_many_words_is_answered_by_its_first(index: SearchIndex) -> None:
    wanted = a_document(" ".join(f"w{n}" for n in range(20)))
    put(index, wanted)
    assert ids(index, " ".join(f"w{n}" for n in range(900))) == of(wanted)


def test_a_title_counts_more_than_what_stands_beside_it(index: SearchIndex) -> None:
    beside, titled = a_document("山货", "蜂蜜"), a_document("蜂蜜", "山货")
    put(index, beside, titled)
    assert ids(index, "蜂蜜") == of(titled, beside)


def test_a_word_of_the_dictionary_comes_before_a_pair_across_two(index: SearchIndex) -> None:
    across, word = a_document("高山药材"), a_document("铁棍山药一箱")
    put(index, across, word)
    assert ids(index, "山药") == of(word, across)


def test_of_two_equal_hits_the_shorter_title_then_the_newer_comes_first(index: SearchIndex) -> None:
    long, old, new = a_document("木耳礼盒装"), a_document("木耳"), a_document("木耳", days=1)
    put(index, long, old, new)
    assert ids(index, "木耳") == of(new, old, long)


def test_people_may_order_by_price_and_by_age(index: SearchIndex) -> None:
    cheap, dear = a_document("木耳", price=10_00), a_document("木耳", price=90_00, days=2)
    fair = a_document("木耳", price=50_00, days=1)
    put(index, fair, dear, cheap)
    assert ids(index, "木耳", sort=Sort.CHEAPEST) == of(cheap, fair, dear)
    assert ids(index, "木耳", sort=Sort.DEAREST) == of(dear, fair, cheap)
    assert ids(index, "木耳", sort=Sort.NEWEST) == of(dear, fair, cheap)


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [(None, 10_00, 1), (10_00, 10_00, 1), (10_01, None, 2), (50_00, 90_00, 2), (90_01, None, 0),
     (60_00, 40_00, 0)],
)  # fmt: skip
def test_prices_are_narrowed_with_both_ends_included(
    index: SearchIndex, low: int | None, high: int | None, found: int
) -> None:
    put(index, *(a_document("木耳", price=price) for price in (10_00, 50_00, 90_00)))
    answer = index.find(Question("木耳", price_from=low, price_to=high))
    assert (answer.total, len(answer.ids)) == (found, found)


def test_goods_are_narrowed_by_category_county_and_supplier(index: SearchIndex) -> None:
    other = "0000000000000000000000000000000b"
    ears = a_document("木耳")
    honey = a_document("木耳蜜", category="honey", county="530326", gate=other)
    put(index, ears, honey)
    assert ids(index, "木耳", category="honey") == of(honey)
    assert ids(index, "木耳", counties=frozenset({"611026"})) == of(ears)
    assert ids(index, "木耳", counties=frozenset()) == []
    assert ids(index, "木耳", without=frozenset({other})) == of(ears)
    assert ids(index, "木耳", category="nothing") == []


def test_counts_leave_the_questions_own_choice_aside(index: SearchIndex) -> None:
    put(
        index,
        a_document("木耳"),
        a_document("木耳", county="530326"),
        a_document("木耳蜜", category="honey", price=900_00),
        a_document("土豆", category="vegetables"),
    )
    everywhere = index.find(Question("木耳"))
    assert everywhere.categories == {"honey": 1, "mushrooms": 2}
    assert everywhere.counties == {"530326": 1, "611026": 2}
    chosen = index.find(
        Question("木耳", category="mushrooms", counties=frozenset({"611026"}), price_to=100_00)
    )
    assert chosen.total == 1
    assert chosen.categories == {"mushrooms": 1}  # the dear honey is out by its price
    assert chosen.counties == {"530326": 1, "611026": 1}


def test_pages_follow_each_other_without_gap_or_repetition(index: SearchIndex) -> None:
    put(index, *(a_document(f"黑木耳 {n}", days=n % 3) for n in range(30)))
    pages = [index.find(Question("木耳", start=start, limit=7)) for start in range(0, 35, 7)]
    assert {page.total for page in pages} == {30}
    assert [len(page.ids) for page in pages] == [7, 7, 7, 7, 2]
    assert len({one for page in pages for one in page.ids}) == 30


def test_nobody_pages_deeper_than_the_limit(index: SearchIndex) -> None:
    put(index, a_document("木耳"))
    for start in (DEEPEST, DEEPEST + 1, 10**9):
        answer = index.find(Question("木耳", start=start))
        assert (answer.ids, answer.total) == ((), 1)


def test_the_last_page_ends_at_the_limit(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.adapters.search.snapshot.DEEPEST", 5)
    put(index, *(a_document(f"木耳 {n}") for n in range(8)))
    assert [len(ids(index, "木耳", start=start, limit=3)) for start in (0, 3, 6)] == [3, 2, 0]


def test_the_same_listing_twice_in_one_batch_stands_once(index: SearchIndex) -> None:
    first = a_document("旧名木耳")
    put(index, first, a_document("新名木耳", listing_id=first.listing_id))
    assert ids(index, "木耳") == of(first)
    assert ids(index, "旧名") == []


def test_a_changed_document_replaces_the_old_one(index: SearchIndex) -> None:
    first = a_document("旧名木耳")
    put(index, first)
    put(index, a_document("新名木耳", listing_id=first.listing_id, category="honey"))
    assert ids(index, "旧名") == []
    assert ids(index, "新名") == of(first)
    assert index.find(Question("木耳")).categories == {"honey": 1}


def test_what_is_asked_for_and_has_no_document_is_forgotten(index: SearchIndex) -> None:
    gone, stays = a_document("黑木耳"), a_document("白木耳")
    put(index, gone, stays)
    index.replace([gone.listing_id, gone.listing_id, uuid4()], ())
    assert ids(index, "木耳") == of(stays)
    index.replace([], ())
    assert index.status().documents == 1


def test_a_batch_puts_and_forgets_in_one_commit(index: SearchIndex) -> None:
    gone, stays = a_document("黑木耳"), a_document("白木耳")
    put(index, gone)
    before = index.status().generation
    index.replace([gone.listing_id, stays.listing_id], [stays])
    assert ids(index, "木耳") == of(stays)
    numbers = [int(one.split(".")[1]) for one in (before, index.status().generation)]
    assert numbers[1] - numbers[0] == 1


def test_backends_answer_alike(index: SearchIndex) -> None:
    """The same documents give the same page on every backend, ties included."""
    titles = ["黑木耳", "木耳礼盒", "山药木耳", "高山药材木耳", "蜂蜜"]
    put(index, *(
        a_document(titles[n % 5], "木耳 柞水", UUID(int=n), days=n % 2, price=n % 3)
        for n in range(40)
    ))  # fmt: skip
    answer = index.find(Question("山药 木耳", limit=40))
    assert [titles[one.int % 5] for one in answer.ids] == ["山药木耳"] * 8 + ["高山药材木耳"] * 8
    odd_first = sorted(answer.ids[:8], key=lambda one: (-(one.int % 2), one.int))
    assert list(answer.ids[:8]) == odd_first
