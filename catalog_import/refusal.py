"""How a single cell is refused: by a code, with data, through pydantic."""

import unicodedata
from collections.abc import Callable

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def refuse(code: str, **data: str | int) -> PydanticCustomError:
    """The refusal of one value, ready to raise. The words for `code` stand in words.py."""
    return PydanticCustomError(code, code, data)


def read_by(parse: Callable[[str], object]) -> BeforeValidator:
    """Parse what comes as text; a value that has its type already is left to pydantic."""
    return BeforeValidator(lambda value: parse(value) if isinstance(value, str) else value)


def halfwidth(text: str) -> str:
    """Full-width forms as their usual ones (NFKC), trimmed; for numbers only.

    Other compatibility forms stay: “12²” must not turn into 122.
    """
    letters = (
        unicodedata.normalize("NFKC", letter)
        if unicodedata.east_asian_width(letter) == "F"
        else letter
        for letter in text
    )
    return "".join(letters).strip()
