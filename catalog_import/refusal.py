"""How a single cell is refused: by a code, with data."""

import unicodedata


class CellRefused(Exception):
    """One value cannot be used. The words for `code` stand in words.py."""

    def __init__(self, code: str, data: dict[str, str | int]) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


def refuse(code: str, **data: str | int) -> CellRefused:
    """The refusal of one value, ready to raise."""
    return CellRefused(code, data)


def halfwidth(text: str) -> str:
    """Full-width forms as their usual ones (NFKC), trimmed; for numbers only.

    Other compatibility forms stay: “12²” must not turn into 122.
    """
    if text.isascii():
        return text.strip()
    letters = (
        unicodedata.normalize("NFKC", letter)
        if unicodedata.east_asian_width(letter) == "F"
        else letter
        for letter in text
    )
    return "".join(letters).strip()
