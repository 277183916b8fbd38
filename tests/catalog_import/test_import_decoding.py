"""Bytes to text: right, or refused with the place; never nonsense."""

import pytest

from catalog_import import UnreadableFile, decode, read_listings
from catalog_import.decoding import MAX_BYTES
from tests.catalog_import.sheets import GOOD, csv_of

TEXT = "品名,产地\n联通牌核桃,雷山县\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("gb18030"), "gb18030"),
    ],
)
def test_a_text_is_the_same_in_every_encoding_we_read(data: bytes, encoding: str) -> None:
    decoded = decode(data)
    assert decoded.text == TEXT
    assert decoded.encoding == encoding


def test_the_two_characters_that_fooled_notepad_are_read_as_gb18030() -> None:
    assert decode("联通".encode("gb18030")).text == "联通"


def test_a_rare_character_of_four_bytes_survives_gb18030() -> None:
    assert decode("𠮷村的茶𬀩".encode("gb18030")).text == "𠮷村的茶𬀩"


def test_a_sheet_read_as_gb18030_asks_to_be_confirmed() -> None:
    assert read_listings(csv_of(GOOD).decode().encode("gb18030")).encoding_to_confirm
    assert not read_listings(csv_of(GOOD)).encoding_to_confirm


def refusal(data: bytes) -> tuple[str, int | None]:
    with pytest.raises(UnreadableFile) as refused:
        decode(data)
    return refused.value.problem.code, refused.value.problem.line


def test_a_utf8_file_with_one_broken_byte_is_not_taken_for_gb18030() -> None:
    good = ("品名,产地\n" + "高山绿茶,雷山县\n" * 5).encode()
    at = good.index("雷".encode())
    assert refusal(good[:at] + good[at + 1 :]) == ("encoding_damaged", 2)
    assert refusal(good[:-2]) == ("encoding_damaged", 6)


def test_bytes_that_fit_no_encoding_are_refused_with_their_line() -> None:
    assert refusal(b"name\nA\n\xff\xff\xff\n") == ("encoding_unknown", 3)


def test_half_a_character_after_a_utf16_mark_is_refused() -> None:
    assert refusal(b"\xff\xfe" + "品名\n茶".encode("utf-16-le")[:-1]) == ("encoding_unknown", 2)
    assert refusal(b"\xff\xfe\x00\xd8,\x00")[0] == "encoding_unknown"


def test_utf16_without_a_mark_is_refused() -> None:
    assert refusal("sku,name\n1,a\n".encode("utf-16-le"))[0] == "control_character"


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85"])
def test_a_control_character_is_refused_with_its_line(control: str) -> None:
    assert refusal(f"品名\r\n茶\r一\n二{control}\n".encode()) == ("control_character", 4)


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \n\r\n\t", b"\xff\xfe"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data)[0] == "file_empty"


@pytest.mark.parametrize("data", [b"PK\x03\x04xlsx", b"\xd0\xcf\x11\xe0xls"])
def test_a_workbook_is_refused_as_a_workbook(data: bytes) -> None:
    assert refusal(data)[0] == "file_is_workbook"


def test_a_file_above_the_limit_is_refused_before_it_is_read() -> None:
    assert refusal(b"a" * (MAX_BYTES + 1))[0] == "file_too_large"
    assert decode(b"a" * MAX_BYTES).encoding == "utf-8"
