"""The words of texts and questions, and our own words beside the dictionary's."""

from __future__ import annotations

from importlib import resources

import pytest

from marketplace.adapters.search import words

OWN = [
    line.partition("#")[0].strip()
    for line in resources.files("marketplace.adapters.search")
    .joinpath("words.txt")
    .read_text("utf-8")
    .splitlines()
    if line.partition("#")[0].strip()
]


def test_a_word_of_ours_stands_once_and_is_not_cut_apart() -> None:
    assert OWN
    assert len(OWN) == len(set(OWN))
    assert [word for word in OWN if words.meant_words(word) != [word]] == []


def test_our_words_are_found_inside_titles() -> None:
    assert {"盐池", "滩羊"} <= set(words.cut_words("宁夏盐池滩羊肉卷"))
    assert "阿克苏" in words.cut_words("新疆阿克苏冰糖心苹果")


def test_two_signs_of_chinese_are_a_pair_wherever_the_dictionary_cuts() -> None:
    assert words.asked_words("黑木耳") == ["黑木", "木耳"]
    assert words.asked_words("耳") == ["耳"]
    assert set(words.asked_words("黑木耳")) < set(words.words_of("柞水高山黑木耳礼盒"))


@pytest.mark.parametrize(
    ("text", "asked"),
    [("Hami瓜", ["hami", "瓜"]), ("２５斤装", ["25", "斤装"]), ("维C 100%", ["维", "c", "100"]),
     ("木耳木耳", ["木耳", "耳木"]), ("*?~\"'()[]:^\\", []), ("𠮷野家", ["𠮷野", "野家"])],
)  # fmt: skip
def test_mixed_writing_is_parted_by_script(text: str, asked: list[str]) -> None:
    assert words.asked_words(text) == asked
    assert set(asked) <= set(words.words_of(text))


def test_words_hold_letters_and_digits_only_so_that_no_engine_reads_them_as_signs() -> None:
    every = "".join(map(chr, range(1, 0x3000)))
    for text in (every, *every):
        assert all(word.isalnum() for word in (*words.words_of(text), *words.cut_words(text)))


def test_a_question_has_a_limit() -> None:
    long = "".join(chr(0x4E00 + n) for n in range(900))
    assert len(words.asked_words(long)) == words.MOST_ASKED
    assert len(words.meant_words(long)) <= words.MOST_ASKED


def test_the_version_follows_our_words(monkeypatch: pytest.MonkeyPatch) -> None:
    before = words.version.__wrapped__()
    monkeypatch.setattr(words, "_own_words", lambda: "另一个词\n")
    assert words.version.__wrapped__() != before
