"""Pages of the sheets that suppliers hand in: looked at, corrected, written bit by bit."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from catalog_import import Lang, UnreadableFile, Wanted, template_csv, write_csv
from catalog_import.decoding import MAX_BYTES
from catalog_import.marking import MOST_ROWS, Marks, marked_sheet
from catalog_import.pictures import MAX_BYTES as ARCHIVE_BYTES
from catalog_import.synonyms import heading_table
from catalog_import.templates import goods_workbook
from marketplace.catalog import queries, rules, service
from marketplace.catalog.forms import SheetForm
from marketplace.catalog.models import CatalogImport
from marketplace.catalog.queries import Checked, Foretold, Upload
from marketplace.catalog.rules import ImportReport
from marketplace.catalog.views.blueprint import pages
from marketplace.catalog.views.goods import own_supplier
from marketplace.kernel.actor import Role
from marketplace.suppliers.models import Supplier
from marketplace.web import (
    back_to,
    download,
    kept_files,
    needs,
    now,
    page,
    reading,
    takes,
    work,
)
from marketplace.web.words import _, words

LAST_ONES = 5  # imports beside the form
MOST_SHOWN = 300  # problems on one page; the rest are counted
FORM_BYTES = 1024 * 1024  # what a form holds beside its sheet
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/import")
@needs(Role.SUPPLIER_STAFF)
def import_page() -> ResponseReturnValue:
    return import_page_of(own_supplier(), SheetForm())


@pages.get("/import/sample.csv")
@needs(Role.SUPPLIER_STAFF)
def sample() -> ResponseReturnValue:
    return download(template_csv(), f"{_('商品表格')}.csv", CSV)


@pages.get("/import/sample.xlsx")
@needs(Role.SUPPLIER_STAFF)
def sample_workbook() -> ResponseReturnValue:
    return download(goods_workbook(_choices()), f"{_('商品表格')}.xlsx", XLSX)


@pages.get("/listings/export")
@needs(Role.SUPPLIER_STAFF)
def export() -> ResponseReturnValue:
    """The supplier's goods in the same form: a workbook, or CSV when there are many."""
    supplier = own_supplier()
    with reading() as session:
        rows = list(queries.exported(session, supplier.id))
    if len(rows) <= MOST_ROWS:
        return download(goods_workbook(_choices(), rows), f"{_('我的商品')}.xlsx", XLSX)
    fields = heading_table().listing
    table = ([row.get(name) for name in fields] for row in rows)
    data = write_csv([one.zh for one in fields.values()], table)
    return download(data, f"{_('我的商品')}.csv", CSV)


@pages.post("/import")
@takes(MAX_BYTES + ARCHIVE_BYTES + FORM_BYTES)
@needs(Role.SUPPLIER_STAFF)
def import_now() -> ResponseReturnValue:
    """The whole sheet is looked at before a unit of work begins: no lock is held meanwhile."""
    form, supplier = SheetForm(), own_supplier()
    if not form.validate():
        return import_page_of(supplier, form, status=422)
    try:
        upload = form.upload()
    except UnreadableFile as fault:
        return import_page_of(supplier, form, ImportReport(problems=(fault.problem,)), status=422)
    looked_at, told = look_at(supplier, upload, asks=bool(form.ask_columns.data))
    if looked_at.columns and (looked_at.asks or form.ask_columns.data):
        shelf = service.shelve(kept_files(), sheet=upload.data, archive=upload.archive)
        with work() as w:
            taken = service.ask_columns(w, supplier.id, looked_at, shelf, upload.sheet)
        return back_to("catalog.show_columns", import_id=taken.id)
    if told.report.problems:
        marked = keep_marked(supplier, upload, told.report)
        return import_page_of(supplier, form, told.report, status=422, marked=marked)
    return looked(supplier, upload, (looked_at, told))


def look_at(supplier: Supplier, upload: Upload, *, asks: bool = False) -> tuple[Checked, Foretold]:
    """A sheet with its pictures, and what it would do. `asks`: its columns are named first, so the
    pictures are not opened yet."""
    with reading() as session:
        looked_at = queries.check_sheet(session, supplier.id, upload, now())
        same = service.same_photos(session, supplier.id, looked_at) if upload.archive else {}
    if upload.archive and not (asks or looked_at.asks):
        looked_at = service.with_archive(looked_at, upload.archive, same, kept_files())
    with reading() as session:
        told = queries.foretell(session, supplier.id, looked_at, now())
    if told.report.problems:
        service.let_go(kept_files(), looked_at)
    return looked_at, told


def looked(
    supplier: Supplier, upload: Upload, seen: tuple[Checked, Foretold]
) -> ResponseReturnValue:
    """Keep a good sheet until somebody says yes."""
    shelf = service.shelved(kept_files(), seen, upload.data, upload.archive)
    with work() as w:
        taken = service.look(w, supplier.id, *seen, shelf)
    service.forget_marked(kept_files(), supplier.id)
    return back_to("catalog.show_import", import_id=taken.id)


@pages.get("/import/marked")
@needs(Role.SUPPLIER_STAFF)
def marked() -> ResponseReturnValue:
    """The refused sheet with its reasons. Missing when the last sheet was not refused."""
    return marked_copy(kept_files().get(service.marked_key(own_supplier().id)))


def marked_copy(content: bytes) -> ResponseReturnValue:
    """A marked sheet, under a name that says what it is."""
    is_book = content.startswith(b"PK")
    name = _("需要改正的商品表格")
    return download(content, f"{name}.{'xlsx' if is_book else 'csv'}", XLSX if is_book else CSV)


def import_page_of(
    supplier: Supplier,
    form: SheetForm,
    report: ImportReport | None = None,
    *,
    status: int = 200,
    marked: bool = False,
    asked: CatalogImport | None = None,
) -> ResponseReturnValue:
    """`asked`: the sheet whose columns were just named, to name them otherwise."""
    say = words()
    problems = report.problems[:MOST_SHOWN] if report else ()
    with reading() as session:
        return page(
            "catalog/import.html",
            status,
            supplier=supplier,
            form=form,
            report=report,
            problems=[rules.told(problem, say, lang()) for problem in problems],
            notices=[notice.say(lang()) for notice in report.notices] if report else [],
            marked=marked,
            asked=asked,
            imports=session.scalars(queries.imports(supplier.id).limit(LAST_ONES)).all(),
            categories=rules.categories(),
        )


def _choices() -> dict[str, list[str]]:
    """What the cells of a form may say, where we know all of it."""
    makes = {part: rules.make_names(part) for part in rules.MAKE}
    with reading() as session:
        counties = queries.county_choices(session, now())
    return {"category": [one.zh for one in rules.categories()], "county": counties, **makes}


def lang() -> Lang:
    return "zh" if words().language == "zh" else "en"


def keep_marked(supplier: Supplier, upload: Upload, report: ImportReport) -> bool:
    """Whether the sheet could be read well enough to hand it back with its reasons."""
    say, language = words(), lang()
    told: dict[int, list[tuple[str, str]]] = {}
    for problem in report.problems:
        one = rules.told(problem, say, language)
        told.setdefault(one.row or 0, []).append((one.column, f"{one.what} {one.remedy}"))
    if not report.rows_read:
        return False
    wanted = Wanted("listing", upload.mapping, upload.sheet)
    copy = marked_sheet(upload.data, wanted, Marks(_("需要改正"), told))
    service.keep_marked(kept_files(), supplier.id, copy)
    return True
