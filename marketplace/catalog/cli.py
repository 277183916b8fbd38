"""Goods on the command line: take a supplier's sheet in, or only check it; the search index.

The command that carries this group gives, as click's `obj`, a function that opens the marketplace
of a data folder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from catalog_import import Lang, UnreadableFile, read_mapping
from marketplace.catalog import rules, service
from marketplace.catalog.service import ImportReport
from marketplace.kernel.credit_code import compact
from marketplace.ports.search import SearchBusy
from marketplace.suppliers import queries as suppliers
from marketplace.web.words import Words
from marketplace.work import Runtime

Opener = Callable[[Path], Runtime]
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


DATA = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/data"),
    show_default=True,
    envvar="MARKETPLACE_DATA",
    help="Folder of the database, the search index and the papers.",
)


@click.group()
def catalog() -> None:
    """Goods of suppliers."""


@catalog.command("import")
@click.argument("file", type=FILE)
@click.option("--supplier", "code", required=True, help="The supplier's social credit code.")
@click.option("--mapping", type=FILE, help="TOML or JSON: heading = field.")
@DATA
@click.option("--check", is_flag=True, help="Only look: write nothing in any case.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.pass_obj
def import_file(
    open_runtime: Opener,
    file: Path,
    *,
    code: str,
    mapping: Path | None,
    data: Path,
    check: bool,
    lang: Lang,
) -> None:
    """Take a CSV file in for a supplier. Exit code 1 and nothing written when a row is wrong."""
    runtime = open_runtime(data)
    say = Words(lang)
    with runtime.reading() as session:
        wanted = compact(code)
        known = [s.id for s in suppliers.all_suppliers(session) if s.credit_code == wanted]
    if not known:
        raise click.ClickException(say("没有统一社会信用代码为 %(code)s 的供应商。", code=code))
    try:
        meaning = read_mapping(mapping.read_bytes()) if mapping else None
    except UnreadableFile as fault:
        raise click.ClickException(fault.problem.say(lang)) from fault
    with runtime.work() as w:
        report = service.import_sheet(
            w, known[0], file.read_bytes(), file.name, meaning, check_only=check
        )
    _tell(report, say, lang)
    if report.problems:
        raise SystemExit(1)


@click.group()
def search() -> None:
    """The search index."""


@search.command()
@DATA
@click.pass_obj
def rebuild(open_runtime: Opener, data: Path) -> None:
    """Build a new index beside the living one, which answers until then. Run it after a power cut,
    or when `status` asks for it; the worker does the same when the index is gone."""
    runtime = open_runtime(data)
    try:
        count = service.rebuild_search(runtime.tools.search, runtime.reading)
    except SearchBusy as fault:
        raise click.ClickException("另一个进程正在写索引 / another process writes it") from fault
    click.echo(f"{count} 件 / documents")


@search.command()
@DATA
@click.pass_obj
def status(open_runtime: Opener, data: Path) -> None:
    """Tell backend, documents and generation. Exit code 1 when it should be rebuilt."""
    found = open_runtime(data).tools.search.status()
    click.echo(f"{found.backend}\t{found.documents} 件 / documents\t{found.generation}")
    if found.problem:
        click.echo(f"请重建 / rebuild it: {found.problem}")
    if not (found.ready and found.current):
        raise SystemExit(1)


def _tell(report: ImportReport, say: Words, lang: Lang) -> None:
    for problem in report.problems:
        told = rules.told(problem, say, lang)
        row = say("第 %(row)s 行", row=told.row) if told.row else say("整个文件")
        value = f"“{told.value}” " if told.value else ""
        click.echo(f"{row}\t{told.column}\t{value}{told.what} {told.remedy}")
    if report.encoding_to_confirm:
        click.echo(say("文件按 GB18030 编码读取，请看一看文字是否正常。"))
    if report.problems:
        click.echo(
            say(
                "读取 %(read)s 行，%(refused)s 行有问题，共 %(n)s 处；什么都没有写入。",
                read=report.rows_read,
                refused=report.refused,
                n=len(report.problems),
            )
        )
    else:
        click.echo(
            say(
                "新增 %(created)s 件，更新 %(updated)s 件，未变 %(unchanged)s 件。",
                created=report.created,
                updated=report.updated,
                unchanged=report.unchanged,
            )
        )
