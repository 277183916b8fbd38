"""Goods on the command line: take a supplier's sheet in, or only check it; the search index.

The command that carries this group gives, as click's `obj`, a function that opens the marketplace
of a data folder.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from catalog_import import Lang, UnreadableFile, read_mapping
from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import CatalogImport
from marketplace.catalog.queries import Checked, Upload
from marketplace.catalog.service import ImportReport
from marketplace.catalog.states import ImportState
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
@click.option("--sheet", default="", help="Which sheet of a workbook to read.")
@click.option("--gb18030", is_flag=True, help="The file is GB18030 and reads well.")
@click.option("--check", is_flag=True, help="Only look: write nothing in any case.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.pass_obj
def import_file(open_runtime: Opener, /, file: Path, **options: Any) -> None:
    """Take a CSV file or a workbook in for a supplier. Exit code 1 and nothing written when a row
    is wrong."""
    runtime = open_runtime(options["data"])
    lang: Lang = options["lang"]
    say = Words(lang)
    upload = _upload(file, options, lang)
    with runtime.reading() as session:
        supplier_id = _supplier(session, options["code"], say)
        now = runtime.clock.now()
        checked = queries.check_sheet(session, supplier_id, upload, now)
        report = checked.report
        if not report.problems and options["check"]:
            report = queries.foretold(session, supplier_id, checked, now)
    if not report.problems and not options["check"]:
        if report.encoding_to_confirm and not options["gb18030"]:
            raise click.ClickException(
                say("文件按 GB18030 编码读取。文字正常的话，加上 --gb18030。")
            )
        report = _write(runtime, supplier_id, checked)
    _tell(report, say, lang)
    if report.problems:
        raise SystemExit(1)


def _upload(file: Path, options: dict[str, Any], lang: Lang) -> Upload:
    meaning: Path | None = options["mapping"]
    try:
        mapping = read_mapping(meaning.read_bytes()) if meaning else None
    except UnreadableFile as fault:
        raise click.ClickException(fault.problem.say(lang)) from fault
    return Upload(file.read_bytes(), file.name, mapping, options["sheet"])


def _supplier(session: Session, code: str, say: Words) -> uuid.UUID:
    wanted = compact(code)
    known = [s.id for s in suppliers.all_suppliers(session) if s.credit_code == wanted]
    if not known:
        raise click.ClickException(say("没有统一社会信用代码为 %(code)s 的供应商。", code=code))
    return known[0]


def _write(runtime: Runtime, supplier_id: uuid.UUID, checked: Checked) -> ImportReport:
    """Part by part, each in a unit of its own; the worker may take turns with us."""
    with runtime.work() as w:
        taken = service.accept(w, supplier_id, checked)
    if taken.state is ImportState.ASKED:  # --gb18030 is the answer
        with runtime.work() as w:
            service.confirm(w, taken.id)
    for part in range(taken.part, taken.parts):
        runtime.again(partial(_write_part, runtime, taken.id, part))
    with runtime.reading() as session:
        done = session.get_one(CatalogImport, taken.id)
        return replace(
            checked.report,
            created=done.created,
            updated=done.updated,
            unchanged=done.unchanged,
        )


def _write_part(runtime: Runtime, import_id: uuid.UUID, part: int) -> None:
    with runtime.work() as w:
        service.write_part(w, import_id, part)


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
    for notice in report.notices:
        click.echo(notice.say(lang))
    if report.encoding_to_confirm:
        click.echo(say("文件按 GB18030 编码读取，请看一看文字是否正常。"))
    if report.problems:
        click.echo(
            say(
                "读取 %(read)s 行，%(refused)s 行有问题，共 %(n)s 处；什么都没有写入。",
                read=report.rows_read,
                refused=report.refused,
                n=report.faults,
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
