"""`python -m catalog_import FILE`: print what is wrong with a sheet, and counts; store nothing."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from catalog_import import (
    Lang,
    ListingSheet,
    Mapping,
    Problem,
    UnreadableFile,
    read_listings,
    read_mapping,
)

COUNTS = {
    "zh": "编码 {encoding}，分隔符 {separator}；读取 {read} 行，通过 {good} 行，"
    "拒绝 {refused} 行，问题 {problems} 个",
    "en": "{encoding}, separator {separator}; {read} rows read, {good} good, {refused} refused, "
    "{problems} problems",
}


def main(arguments: list[str] | None = None) -> int:
    """0 when every row is good, 1 when there is any problem, 2 for a wrong call."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a character
    try:
        data: bytes = options.file.read_bytes()
        mapping = read_mapping(options.mapping.read_bytes()) if options.mapping else None
    except OSError as missing:
        parser.error(str(missing))
    except UnreadableFile as refused:
        return _print_refusal(refused.problem, options.lang, as_json=options.json)
    return _report(data, mapping, options.lang, as_json=options.json)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m catalog_import", description=__doc__)
    parser.add_argument("file", type=Path, help="CSV")
    parser.add_argument("--mapping", type=Path, help="TOML / JSON: heading = field")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    return parser


def _report(data: bytes, mapping: Mapping | None, lang: Lang, *, as_json: bool) -> int:
    try:
        sheet = read_listings(data, mapping=mapping)
    except UnreadableFile as refused:
        return _print_refusal(refused.problem, lang, as_json=as_json)
    if as_json:
        _say(json.dumps(_as_data(sheet, lang), ensure_ascii=False, indent=2))
    else:
        _print_sheet(sheet, lang)
    return 1 if sheet.problems else 0


def _print_refusal(problem: Problem, lang: Lang, *, as_json: bool) -> int:
    said = {"unreadable": _problem_data(problem, lang)}
    _say(json.dumps(said, ensure_ascii=False, indent=2) if as_json else problem.say(lang))
    return 1


def _print_sheet(sheet: ListingSheet, lang: Lang) -> None:
    for problem in sheet.problems:
        _say(problem.say(lang))
    counts = _counts(sheet)
    for code, count in counts.items():
        _say(f"{count:>8}  {code}")
    _say(
        COUNTS[lang].format(
            encoding=sheet.encoding,
            separator=json.dumps(sheet.separator),
            read=sheet.rows_read,
            good=len(sheet.rows),
            refused=len(sheet.partial),
            problems=len(sheet.problems),
        )
    )


def _counts(sheet: ListingSheet) -> dict[str, int]:
    """Code, with its field where it has one → how often."""
    named = (
        f"{problem.code} {problem.field}" if problem.field else problem.code
        for problem in sheet.problems
    )
    return dict(sorted(Counter(named).items()))


def _as_data(sheet: ListingSheet, lang: Lang) -> dict[str, object]:
    return {
        "sha256": sheet.sha256,
        "encoding": sheet.encoding,
        "separator": sheet.separator,
        "headings": sheet.headings,
        "unknown_headings": list(sheet.unknown_headings),
        "rows_read": sheet.rows_read,
        "good": len(sheet.rows),
        "refused": len(sheet.partial),
        "counts": _counts(sheet),
        "problems": [_problem_data(problem, lang) for problem in sheet.problems],
    }


def _problem_data(problem: Problem, lang: Lang) -> dict[str, object]:
    return {
        "code": problem.code,
        "row": problem.row,
        "line": problem.line,
        "column": problem.column,
        "field": problem.field,
        "value": problem.value,
        "message": problem.say(lang),
    }


if __name__ == "__main__":
    raise SystemExit(main())
