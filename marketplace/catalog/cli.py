"""Goods on the command line: take a supplier's sheet in, or only check it; the search index.

The command that carries this group gives, as click's `obj`, a function that opens the marketplace
of a data folder.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from catalog_import import Lang, UnreadableFile, read_mapping
from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import CatalogImport
from marketplace.catalog.queries import Checked, Foretold, Upload
from marketplace.catalog.service import ImportReport
from marketplace.catalog.states import AbsentGoods, ImportState
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


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--supplier", "code", required=True, help="The supplier's social credit code.")
@click.option("--mapping", type=FILE, help="TOML or JSON: heading = field.")
@click.option("--pictures", type=FILE, help="ZIP of pictures named by SKU.")
@DATA
@click.option("--sheet", default="", help="Which sheet of a workbook to read.")
@click.option("--gb18030", is_flag=True, help="The file is GB18030 and reads well.")
@click.option("--dry-run", is_flag=True, help="Only look: write nothing in any case.")
@click.option(
    "--absent",
    type=click.Choice([one.value for one in AbsentGoods]),
    default=AbsentGoods.LEAVE.value,
    show_default=True,
    help="What becomes of goods of the supplier that the file does not name.",
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.pass_obj
def import_file(open_runtime: Opener, /, file: Path, **options: Any) -> None:
    """Take a CSV file or a workbook in for a supplier, whole or not at all.

    Rows read = created + updated + unchanged + refused. Exit code 0: every row is good; 1: a row
    or the file is refused, nothing is written; 2: a wrong call.
    """
    runtime = open_runtime(options["data"])
    lang: Lang = options["lang"]
    say = Words(lang)
    upload = _upload(file, options, lang)
    with runtime.reading() as session:
        supplier_id = _supplier(session, options["code"], say)
        now = runtime.clock.now()
        checked = queries.check_sheet(session, supplier_id, upload, now)
        same = service.same_photos(session, supplier_id, checked) if upload.archive else {}
    storage = None if options["dry_run"] else runtime.tools.storage
    if upload.archive:
        checked = service.with_archive(checked, upload.archive, same, storage)
    with runtime.reading() as session:
        told = queries.foretell(session, supplier_id, checked, now)
    report, absent_goods = told.report, AbsentGoods(options["absent"])
    is_dry = options["dry_run"] or bool(report.problems)
    if not is_dry:
        if report.encoding_to_confirm and not options["gb18030"]:
            service.let_go(runtime.tools.storage, checked)
            raise click.ClickException(
                say("文件按 GB18030 编码读取。文字正常的话，加上 --gb18030。")
            )
        report = _write(runtime, supplier_id, (checked, told), absent_goods=absent_goods, say=say)
    elif storage is not None:
        service.let_go(storage, checked)
    _tell(report, say, lang)
    _tell_pictures(checked, say)
    _tell_absent(told, absent_goods, say)
    if is_dry:
        click.echo(say("什么都没有写入。"))
    if report.problems:
        raise SystemExit(1)


def _upload(file: Path, options: dict[str, Any], lang: Lang) -> Upload:
    meaning: Path | None = options["mapping"]
    pictures: Path | None = options["pictures"]
    archive = pictures.read_bytes() if pictures else b""
    try:
        mapping = read_mapping(meaning.read_bytes()) if meaning else None
    except UnreadableFile as fault:
        raise click.ClickException(fault.problem.say(lang)) from fault
    return Upload(file.read_bytes(), file.name, mapping, options["sheet"], archive)


def _supplier(session: Session, code: str, say: Words) -> uuid.UUID:
    wanted = compact(code)
    known = [s.id for s in suppliers.all_suppliers(session) if s.credit_code == wanted]
    if not known:
        raise click.ClickException(say("没有统一社会信用代码为 %(code)s 的供应商。", code=code))
    return known[0]


def _write(
    runtime: Runtime,
    supplier_id: uuid.UUID,
    looked: tuple[Checked, Foretold],
    *,
    absent_goods: AbsentGoods,
    say: Words,
) -> ImportReport:
    """Part by part, each in a unit of its own; the worker may take turns with us."""
    checked, told = looked
    shelf = service.shelved(runtime.tools.storage, looked)
    with runtime.work() as w:
        taken = service.accept(
            w, supplier_id, checked, told=told, absent_goods=absent_goods, shelf=shelf
        )
    service.forget_marked(runtime.tools.storage, supplier_id)
    if taken.state is ImportState.ASKED:  # --gb18030 is the answer
        with runtime.work() as w:
            taken = service.confirm(w, taken.id, absent_goods)
    with click.progressbar(length=taken.parts, label=say("写入"), file=sys.stderr) as bar:
        while (done := _look(runtime, taken.id)).ended_at is None:
            _write_next(runtime, supplier_id)
            bar.update(_look(runtime, taken.id).part - done.part)
    return service.report_of(checked.report, done)


def _look(runtime: Runtime, import_id: uuid.UUID) -> CatalogImport:
    with runtime.reading() as session:
        return session.get_one(CatalogImport, import_id)


def _write_next(runtime: Runtime, supplier_id: uuid.UUID) -> None:
    """The next part of whichever sheet of the supplier is in turn: ours may stand in a queue."""
    with runtime.reading() as session:
        turn = session.scalars(queries.queue(supplier_id)).first()
    if turn is not None:
        runtime.again(partial(_write_part, runtime, turn.id, turn.part))


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
    click.echo(
        say(
            "读取 %(read)s 行 = 新增 %(created)s + 更新 %(updated)s"
            " + 未变 %(unchanged)s + 拒绝 %(refused)s。",
            read=report.rows_read,
            created=report.created,
            updated=report.updated,
            unchanged=report.unchanged,
            refused=report.refused,
        )
    )
    if report.problems:
        click.echo(say("共 %(n)s 处问题，一件也不写入。", n=report.faults))


def _tell_pictures(checked: Checked, say: Words) -> None:
    told = checked.pictures
    if told is None:
        return
    click.echo(say("图片：新的 %(new)s 张，已有的 %(same)s 张。", new=told.new, same=told.same))
    if told.without_row:
        click.echo(say("表格里没有这些图片的商品：%(names)s", names="、".join(told.without_row)))
    if told.without_picture:
        names = "、".join(told.without_picture)
        click.echo(say("这些商品没有图片，保持不变：%(names)s", names=names))


def _tell_absent(told: Foretold, chosen: AbsentGoods, say: Words) -> None:
    absent = told.absent
    if not absent.ids:
        return
    said = {
        AbsentGoods.LEAVE: "表格里没有的 %(all)s 件商品不变。",
        AbsentGoods.WITHDRAW: "表格里没有的 %(all)s 件商品中，下架 %(n)s 件。",
        AbsentGoods.EMPTY: "表格里没有的 %(all)s 件商品中，%(n)s 件不再有可售库存。",
    }
    count = absent.seen if chosen is AbsentGoods.WITHDRAW else absent.with_pieces
    click.echo(say(said[chosen], all=len(absent.ids), n=count))
