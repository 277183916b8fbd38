"""Pages of the sheets that suppliers hand in: looked at, corrected, written bit by bit."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from catalog_import import Lang, UnreadableFile, Wanted, template_csv
from catalog_import.decoding import MAX_BYTES
from catalog_import.marking import Marks, marked_sheet, template_workbook
from marketplace.catalog import queries, rules, service
from marketplace.catalog.forms import SheetForm
from marketplace.catalog.models import CatalogImport
from marketplace.catalog.queries import Upload
from marketplace.catalog.rules import ImportReport
from marketplace.catalog.states import IMPORT, ImportState
from marketplace.catalog.views.blueprint import pages
from marketplace.catalog.views.goods import own_supplier
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing
from marketplace.suppliers.models import Supplier
from marketplace.web import (
    back_to,
    checked,
    download,
    kept_files,
    needs,
    now,
    page,
    reading,
    someone,
    takes,
    work,
)
from marketplace.web.words import _, words

MOST_SHOWN = 300  # problems on one page; the rest are counted
FORM_BYTES = 1024 * 1024  # what a form holds beside its sheet
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/import")
@needs(Role.SUPPLIER_STAFF)
def import_page() -> ResponseReturnValue:
    return _import_page(own_supplier(), SheetForm())


@pages.get("/import/sample.csv")
@needs(Role.SUPPLIER_STAFF)
def sample() -> ResponseReturnValue:
    return download(template_csv(), f"{_('商品表格')}.csv", CSV)


@pages.get("/import/sample.xlsx")
@needs(Role.SUPPLIER_STAFF)
def sample_workbook() -> ResponseReturnValue:
    return download(template_workbook(), f"{_('商品表格')}.xlsx", XLSX)


@pages.post("/import")
@takes(MAX_BYTES + FORM_BYTES)
@needs(Role.SUPPLIER_STAFF)
def import_now() -> ResponseReturnValue:
    """The whole sheet is looked at before a unit of work begins: no lock is held meanwhile."""
    form, supplier = SheetForm(), own_supplier()
    if not form.validate():
        return _import_page(supplier, form, status=422)
    try:
        upload = form.upload()
    except UnreadableFile as fault:
        return _import_page(supplier, form, ImportReport(problems=(fault.problem,)), status=422)
    with reading() as session:
        looked_at = queries.check_sheet(session, supplier.id, upload, now())
    if looked_at.report.problems:
        marked = _keep_marked(supplier, upload, looked_at.report)
        return _import_page(supplier, form, looked_at.report, status=422, marked=marked)
    with work() as w:
        taken = service.accept(w, supplier.id, looked_at)
    if taken.state is not ImportState.DONE:
        return back_to("catalog.show_import", import_id=taken.id)
    counts = {"n": taken.created, "u": taken.updated, "s": taken.unchanged}
    said = _("已导入：新增 %(n)s 件，更新 %(u)s 件，未变 %(s)s 件。", **counts)
    notices = [notice.say(_lang()) for notice in looked_at.report.notices]
    return back_to("catalog.mine", " ".join([said, *notices]))


@pages.get("/import/marked")
@needs(Role.SUPPLIER_STAFF)
def marked() -> ResponseReturnValue:
    """The refused sheet with its reasons. Missing when the last sheet was not refused."""
    content = kept_files().get(service.marked_key(own_supplier().id))
    is_book = content.startswith(b"PK")
    name = _("需要改正的商品表格")
    return download(content, f"{name}.{'xlsx' if is_book else 'csv'}", XLSX if is_book else CSV)


@pages.get("/import/<uuid:import_id>")
@needs(Role.SUPPLIER_STAFF)
def show_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """How far a sheet is written; the page asks again by itself while it is not through."""
    with reading() as session:
        taken = queries.own_import(session, someone(), import_id)
    is_asked = taken.state is ImportState.ASKED
    steps = IMPORT.open_verbs(taken.state, {Role.SUPPLIER_STAFF})
    return page(
        "catalog/progress.html",
        taken=taken,
        preview=service.preview(kept_files(), taken) if is_asked else (),
        refusals=_refusals(taken),
        verbs_open=[step for step in steps if step.verb != "finish"],
    )


@pages.post("/import/<uuid:import_id>/<verb>")
@needs(Role.SUPPLIER_STAFF)
def use_import(import_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """Confirm the words of a sheet in GB18030, or stop writing one."""
    plain = {"confirm": service.confirm, "stop": service.stop}
    if verb not in plain:
        raise Missing
    checked()
    with work() as w:
        plain[verb](w, import_id)
    return back_to("catalog.show_import", import_id=import_id)


def _import_page(
    supplier: Supplier,
    form: SheetForm,
    report: ImportReport | None = None,
    *,
    status: int = 200,
    marked: bool = False,
) -> ResponseReturnValue:
    say = words()
    problems = report.problems[:MOST_SHOWN] if report else ()
    with reading() as session:
        return page(
            "catalog/import.html",
            status,
            supplier=supplier,
            form=form,
            report=report,
            problems=[rules.told(problem, say, _lang()) for problem in problems],
            notices=[notice.say(_lang()) for notice in report.notices] if report else [],
            marked=marked,
            imports=queries.imports(session, supplier.id),
            categories=rules.categories(),
        )


def _lang() -> Lang:
    return "zh" if words().language == "zh" else "en"


def _keep_marked(supplier: Supplier, upload: Upload, report: ImportReport) -> bool:
    """Whether the sheet could be read well enough to hand it back with its reasons."""
    say, lang = words(), _lang()
    told: dict[int, list[tuple[str, str]]] = {}
    for problem in report.problems:
        one = rules.told(problem, say, lang)
        told.setdefault(one.row or 0, []).append((one.column, f"{one.what} {one.remedy}"))
    if not report.rows_read:
        return False
    wanted = Wanted("listing", upload.mapping, upload.sheet)
    copy = marked_sheet(upload.data, wanted, Marks(_("需要改正"), told))
    with work() as w:
        service.keep_marked(w, supplier.id, copy)
    return True


def _refusals(taken: CatalogImport) -> list[rules.Told]:
    """Rows that were good when the sheet was read and no longer when they were written."""
    say = words()
    return [
        rules.told_again(int(row), code, data, say) for row, (code, data) in taken.refusals.items()
    ]
