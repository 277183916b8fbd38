"""`python -m catalog_import.workbook_child`: one workbook on standard input to rows in JSON.

Runs in a process of its own with little memory and time, because whoever made the file may not mean
well. Started by workbooks.py with its order as JSON in the one argument.
"""

import json
import sys
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import IO, Any

from catalog_import.archive import has_links, open_archive
from catalog_import.bounded import Bounds, limit
from catalog_import.outline import Outline, column_letters, runs
from catalog_import.quick import read_quickly
from catalog_import.refusal import CellRefused, refuse
from catalog_import.showing import show
from catalog_import.synonyms import Kind, ambiguous_headings, field_of_heading, plain_heading
from catalog_import.table import HEADING_AMONG

NOT_INSTALLED = 3  # the answer of a process that lacks openpyxl or defusedxml
OPTIONS_SHEET = "选项"  # hidden in the workbook that we hand out: its version and choices
TEMPLATE_VERSION = 1
MOST_MERGED = 2_000  # ranges that are told
SHOWN = 12  # names or ranges that are repeated
BAD_XML = ("DTDForbidden", "EntitiesForbidden", "ExternalReferenceForbidden")


@dataclass(frozen=True, slots=True)
class Order:
    """What to read, and how much of it at most."""

    size: int
    kind: Kind
    headings: list[str]  # plain headings that a mapping names
    sheet: str
    rows: int
    quick_rows: int
    columns: int
    cell: int
    seconds: int
    memory: int  # bytes
    output: int  # bytes


def main() -> int:
    """Answers 0 also when the file was refused: then the last line says why."""
    order = Order(**json.loads(sys.argv[1]))
    limit(Bounds(order.seconds, order.memory, order.output))
    if not (find_spec("openpyxl") and find_spec("defusedxml")):
        return NOT_INSTALLED
    out = sys.stdout
    try:
        if quick := _read_quickly(sys.stdin.buffer, order):
            out.write(quick)
            out.flush()
            return 0
        for line in read(sys.stdin.buffer, order):
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
        out.write('{"end": true}\n')
        out.flush()
    except CellRefused as refused:
        _say_refusal(out, refused)
    except MemoryError:
        _say_refusal(out, refuse("workbook_memory"))
    return 0


def _read_quickly(file: IO[bytes], order: Order) -> str:
    """What is to be said of a plain workbook: a line about it, then CSV. Raises CellRefused."""
    archive = open_archive(file, order.size)  # type: ignore[arg-type]  # a seekable binary file
    if has_links(archive) or order.sheet:
        return ""
    try:
        found = read_quickly(
            archive, file, rows=order.quick_rows, columns=order.columns, cell=order.cell
        )
    except BaseException:  # a panic of its Rust too: the careful way says what it is
        found = None
    file.seek(0)
    if found is None or 2 * len(found[1]) > order.output:
        return ""
    return json.dumps({"sheet": found[0], "csv": True}, ensure_ascii=False) + "\n" + found[1]


def read(file: IO[bytes], order: Order) -> Iterator[Any]:
    """First a dict about the sheet, then its rows as [number, cells, marks]. Raises CellRefused."""
    archive = open_archive(file, order.size)  # type: ignore[arg-type]  # a seekable binary file
    try:
        openpyxl = _library()
    except Exception as broken:  # it is installed, see main: no file keeps it from loading
        raise MemoryError from broken
    try:
        file.seek(0)
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        yield from _sheet(archive, book, order)
    except (CellRefused, MemoryError):
        raise
    except SystemError as broken:  # how the interpreter itself may end for want of memory
        raise MemoryError from broken
    except Exception as broken:  # whatever a library stumbles over, the file is not a good one
        raise refuse(_cause(broken)) from broken


def _sheet(archive: zipfile.ZipFile, book: Any, order: Order) -> Iterator[Any]:
    sheets = [one for one in book.worksheets if hasattr(one, "_worksheet_path")]
    hidden = [one.title for one in sheets if one.sheet_state != "visible"]
    chosen = _choose(sheets, order)
    with archive.open(chosen._worksheet_path) as source:  # the only way to its XML
        outline = Outline(source)
    if outline.last_column > order.columns:
        raise refuse("too_many_columns", limit=order.columns)
    if outline.last_row > order.rows + HEADING_AMONG:
        raise refuse("too_many_rows", limit=order.rows)
    yield {
        "sheet": chosen.title,
        "others": [o.title for o in sheets if o is not chosen and o.title not in hidden],
        "hidden": [title for title in hidden if title not in (chosen.title, OPTIONS_SHEET)],
        "version": _version(sheets),
        "hidden_rows": few(runs(outline.hidden_rows)),
        "hidden_columns": few(column_letters(column) for column in outline.hidden_columns),
        "merged": outline.merges(MOST_MERGED),
        "links": has_links(archive),
    }
    if outline.last_row:
        yield from _rows(chosen, outline, order)


def _version(sheets: list[Any]) -> int | None:
    """Of a workbook that we handed out."""
    for one in sheets:
        if one.title == OPTIONS_SHEET and one.sheet_state != "visible":
            for cells in one.iter_rows(max_row=1, max_col=1, values_only=True):
                return cells[0] if isinstance(cells[0], int) else None
    return None


def _library() -> Any:
    """openpyxl, made safe. Raises ModuleNotFoundError when it cannot be."""
    import openpyxl  # noqa: PLC0415  # after the limits, and in this process alone

    if not openpyxl.DEFUSEDXML or openpyxl.LXML:
        raise ModuleNotFoundError("defusedxml")
    warnings.simplefilter("ignore")
    return openpyxl


def _choose(sheets: list[Any], order: Order) -> Any:
    """The sheet that was named, else the visible one that has our headings; never a guess."""
    if order.sheet:
        for one in sheets:
            if one.title.strip() == order.sheet.strip():
                return one
        raise refuse("sheet_absent", sheet=order.sheet, sheets=few(o.title for o in sheets))
    seen = [one for one in sheets if one.sheet_state == "visible"]
    if not seen:
        raise refuse("sheets_all_hidden" if sheets else "workbook_damaged")
    if len(seen) == 1:
        return seen[0]
    known = _known_headings(order)
    scores = {one.title: _score(one, known, order) for one in seen}
    best = max(scores.values())
    alike = [one for one in seen if scores[one.title] == best]
    if len(alike) > 1 or not best:
        raise refuse("sheet_unclear", sheets=few(one.title for one in alike))
    return alike[0]


def _known_headings(order: Order) -> set[str]:
    prices = ambiguous_headings() if order.kind == "listing" else frozenset()
    return {*field_of_heading(order.kind), *order.headings, *prices}


def _score(sheet: Any, known: set[str], order: Order) -> int:
    """How many of our headings stand together in one of the first rows."""
    scores: list[int] = []
    for cells in sheet.iter_rows(max_row=50, max_col=order.columns, values_only=True):
        said = [str(cell) for cell in cells if cell is not None and str(cell).strip()]
        if said and len(scores) < HEADING_AMONG:
            scores.append(sum(plain_heading(cell) in known for cell in said))
    return max(scores, default=0)


def _rows(sheet: Any, outline: Outline, order: Order) -> Iterator[Any]:
    written = 0
    found = sheet.iter_rows(
        min_row=1, max_row=outline.last_row, min_col=1, max_col=outline.last_column
    )
    for number, cells in enumerate(found, 1):
        texts, marks = [], {}
        for index, cell in enumerate(cells):
            text, mark = show(cell)
            if len(text) > order.cell:
                raise refuse("cell_too_long", limit=order.cell, row=number)
            if mark:
                marks[index] = mark
            texts.append(text)
        if any(text and not text.isspace() for text in texts):
            written += sum(map(len, texts))
            if written * 2 > order.output:
                raise refuse("workbook_memory")
            yield [number, texts, marks]


def few(names: Iterable[str]) -> str:
    """Some of the names, and whether there are more."""
    told = list(names)
    return "、".join(told[:SHOWN]) + (" …" if len(told) > SHOWN else "")


def _say_refusal(out: IO[str], refused: CellRefused) -> None:
    said = {"refused": asdict(_Refusal(refused.code, refused.data))}
    out.write(json.dumps(said, ensure_ascii=False) + "\n")
    out.flush()


@dataclass(frozen=True, slots=True)
class _Refusal:
    code: str
    data: dict[str, str | int]


def _cause(broken: BaseException | None) -> str:
    """Whether a declaration that is never needed stopped the reading."""
    while broken is not None:
        if type(broken).__name__ in BAD_XML:
            return "workbook_doctype"
        broken = broken.__cause__ or broken.__context__
    return "workbook_damaged"


if __name__ == "__main__":
    raise SystemExit(main())
