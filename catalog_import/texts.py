"""Cells that are words: names, codes, lists. Kept as written, or refused."""

import re
import unicodedata

from catalog_import.refusal import halfwidth, refuse

MAX_TEXT = 200
MAX_LONG = 500
MAX_SHORT = 40
MAX_CODE = 64
MAX_NAMES = 50

PLACEHOLDERS = frozenset({"NULL", "null", "None", "NaN", "nan", "undefined", "\\N"})
HTML = re.compile(r"</?[A-Za-z][^<>]*>|<!--|&(?:[A-Za-z]{2,8}|#[0-9]+|#[xX][0-9A-Fa-f]+);")
# What a spreadsheet leaves of a long number in a column that is not text, and of a broken formula.
ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]{1,3}")
ERROR_VALUE = re.compile(r"#{3,}|#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
BETWEEN_NAMES = re.compile(r"[、;；|｜]")
HIDDEN = {"Cc", "Cf", "Zl", "Zp"}  # control, zero width, direction; line and paragraph ends
DAMAGED = {"Co", "Cs"}  # private use looks different everywhere


def text(value: str) -> str:
    """One line of plain text, NFC, trimmed, at most 200 characters."""
    return _line(value, MAX_TEXT)


def short_text(value: str) -> str:
    """The same with up to 40 characters: a unit."""
    return _line(value, MAX_SHORT)


def short_code(value: str) -> str:
    """A code of up to 40 characters: a stock number."""
    said = code(value)
    if len(said) > MAX_SHORT:
        raise refuse("text_too_long", length=len(said), limit=MAX_SHORT)
    return said


def long_text(value: str) -> str:
    """The same with up to 500 characters: a list of ingredients."""
    return _line(value, MAX_LONG)


def _line(value: str, most: int) -> str:
    said = unicodedata.normalize("NFC", value).strip()
    if said in PLACEHOLDERS:
        raise refuse("placeholder_value")
    if said.startswith("#") and ERROR_VALUE.fullmatch(said):
        raise refuse("spreadsheet_damaged")
    if not said.isprintable() or "\ufffd" in said:  # seldom: then letter by letter
        if any(letter in said for letter in "\t\r\n"):
            raise refuse("line_break")
        _refuse_bad_characters(said)
    if ("<" in said or "&" in said) and HTML.search(said):
        raise refuse("html_tags")
    if len(said) > most:
        raise refuse("text_too_long", length=len(said), limit=most)
    return said


def code(value: str) -> str:
    """A code somebody gave: text of at most 64 half-width characters, zeros in front kept."""
    said = text(value)
    if said[0:1] == "'" and said[1:2].isdecimal():  # by which spreadsheets mark text
        said = said[1:]
    if ROUNDED.fullmatch(said):
        raise refuse("spreadsheet_damaged")
    if not said.isascii() and halfwidth(said) != said:
        raise refuse("fullwidth_code")
    if len(said) > MAX_CODE:
        raise refuse("text_too_long", length=len(said), limit=MAX_CODE)
    return said


def barcode(value: str) -> str:
    """An EAN-13 whose check digit is right."""
    digits = code(value)
    if not re.fullmatch(r"[0-9]{13}", digits):
        raise refuse("barcode_digits")
    if sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10:
        raise refuse("barcode_check")
    return digits


def county(value: str) -> str:
    """A name or a six-digit code; which county it is, others decide."""
    said = text(value)
    if ROUNDED.fullmatch(said):
        raise refuse("spreadsheet_damaged")
    if halfwidth(said).isdecimal() and not re.fullmatch(r"[0-9]{6}", said):
        raise refuse("county_code")
    return said


def names(value: str) -> tuple[str, ...]:
    """Names separated by 、 ; or |, in the order given, each once."""
    found: list[str] = []
    for part in BETWEEN_NAMES.split(value):
        if not (name := part.strip()):
            continue
        if (name := text(name)) in found:
            raise refuse("name_twice", name=name)
        found.append(name)
    if len(found) > MAX_NAMES:
        raise refuse("too_many_names", limit=MAX_NAMES)
    return tuple(found)


def mobile(value: str) -> str:
    """A mainland mobile number as its 11 digits, without +86, blanks and hyphens."""
    said = halfwidth(value)
    if ROUNDED.fullmatch(said) or ERROR_VALUE.fullmatch(said):
        raise refuse("spreadsheet_damaged")
    digits = re.sub(r"[\s\-‐‑–—]", "", said).removeprefix("'").removeprefix("+86")
    if not re.fullmatch(r"1[3-9][0-9]{9}", digits):
        raise refuse("mobile_unclear")
    return digits


def _refuse_bad_characters(said: str) -> None:
    for letter in said:
        category = unicodedata.category(letter)
        if category in HIDDEN:
            raise refuse("hidden_character", character=f"U+{ord(letter):04X}")
        if category in DAMAGED or letter == "\ufffd" or ord(letter) & 0xFFFE == 0xFFFE:
            raise refuse("unreadable_character", character=f"U+{ord(letter):04X}")
