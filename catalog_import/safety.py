"""Cells that a spreadsheet must not run: a text that could be a formula gets a leading apostrophe.

The mark is put so that it can be taken off again: what we export reads back equal.
"""

import re

# What starts a formula or hides one: the ASCII signs, their full-width and small forms, the minus
# sign, tab and line ends; blanks and apostrophes before them do not help.
DANGEROUS = re.compile(r"[\s']*[=+\-@＝＋－＠﹦﹢﹣﹫−\t\r\n]")
MARK = "'"


def safe_cell(text: str) -> str:
    """The text as it may stand in a sheet that someone opens."""
    return MARK + text if DANGEROUS.match(text) else text


def original(cell: str) -> str:
    """The text as it was before `safe_cell`."""
    marked = cell.startswith(MARK) and DANGEROUS.match(cell, 1)
    return cell[1:] if marked else cell
