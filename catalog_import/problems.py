"""What can be wrong with a file: a code and its data. The sentences stand in words.py."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as given

from catalog_import.synonyms import Kind, heading_table
from catalog_import.words import WORDS, Lang

SHOWN = 60  # characters of a refused value that are repeated to the person


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and with what value.

    `row` counts as a spreadsheet does (the heading is row 1) and is None for the file as a whole;
    `line` is the first line of that row in the text file. `column` is the heading as the file has
    it, empty when the file lacks it; `field` is our name of the column.
    """

    code: str
    row: int | None = None
    line: int | None = None
    column: str = ""
    field: str = ""
    value: str = ""
    data: Mapping[str, str | int] = given(default_factory=dict, hash=False)
    kind: Kind = "listing"

    def __post_init__(self) -> None:
        if self.code not in WORDS:
            raise ValueError(f"no words for the problem {self.code!r}")

    def heading(self, lang: Lang) -> str:
        """The heading in the file, else what the missing column should be called."""
        words = heading_table().fields(self.kind).get(self.field)
        return self.column or (words.label(lang) if words else "")

    def what(self, lang: Lang) -> str:
        """What is wrong, without place and without full stop."""
        return WORDS[self.code][lang][0].format_map(self._shown())

    def remedy(self, lang: Lang) -> str:
        """What to do about it: one or more full sentences."""
        return WORDS[self.code][lang][1].format_map(self._shown())

    def say(self, lang: Lang) -> str:
        """Place, fault, value and remedy in one paragraph."""
        value = shown(self.value)
        if lang == "zh":
            said = f"（填写的是“{value}”）" if value else ""
            return f"{self._place_zh()}{self.what(lang)}{said}。{self.remedy(lang)}"
        said = f" (it says “{value}”)" if value else ""
        return f"{self._place_en()}{self.what(lang)}{said}. {self.remedy(lang)}"

    def _shown(self) -> dict[str, str]:
        return {name: shown(str(value)) for name, value in self.data.items()}

    def _moved(self) -> bool:
        return self.line is not None and self.line != self.row

    def _place_zh(self) -> str:
        row = f"第 {self.row} 行" if self.row is not None else ""
        line = f"文本第 {self.line} 行" if self._moved() else ""
        line = f"（{line}）" if row and line else line
        heading = shown(self.heading("zh"))
        column = f"「{heading}」" if heading else ""
        place = row + line + column
        return f"{place}：" if place else ""

    def _place_en(self) -> str:
        row = f"row {self.row}" if self.row is not None else ""
        line = f"text line {self.line}" if self._moved() else ""
        heading = shown(self.heading("en"))
        column = f"column “{heading}”" if heading else ""
        place = ", ".join(part for part in (row, line, column) if part)
        return f"{place[0].upper()}{place[1:]}: " if place else ""


class UnreadableFile(Exception):
    """The file as a whole cannot be read; nothing of it was used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def unreadable(code: str, line: int | None = None, **data: str | int) -> UnreadableFile:
    """The refusal of a whole file, ready to raise."""
    return UnreadableFile(Problem(code, line=line, data=data))


def shown(value: str) -> str:
    """A value as it may be repeated: short, on one line, with hidden characters spelled out."""
    letters = (_spelled(letter) for letter in value[: SHOWN + 1])
    text = "".join(letters)
    return text if len(value) <= SHOWN else f"{text[:SHOWN]}…"


def _spelled(letter: str) -> str:
    if letter in "\t\r\n":
        return " "
    hidden = unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
    return f"\\u{ord(letter):04x}" if hidden else letter
