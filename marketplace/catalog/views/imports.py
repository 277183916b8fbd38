"""Pages of handed-in sheets: the columns, what each would do, how far it is written."""

from __future__ import annotations

import uuid
from contextlib import suppress

from flask.typing import ResponseReturnValue

from catalog_import import Mapping, Wanted
from catalog_import.marking import Marks, marked_sheet
from catalog_import.synonyms import heading_table
from marketplace.catalog import queries, rules, service
from marketplace.catalog.forms import ColumnsForm, ConfirmForm, SheetForm
from marketplace.catalog.models import CatalogImport
from marketplace.catalog.queries import Upload
from marketplace.catalog.states import IMPORT, ImportState
from marketplace.catalog.views.blueprint import pages
from marketplace.catalog.views.goods import own_supplier
from marketplace.catalog.views.sheets import (
    MOST_SHOWN,
    import_page_of,
    keep_marked,
    lang,
    look_at,
    looked,
    marked_copy,
)
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing, WrongState
from marketplace.web import (
    back_to,
    checked,
    identity,
    kept_files,
    needs,
    page,
    page_number,
    paged,
    reading,
    someone,
    work,
)
from marketplace.web.words import words

BUTTONS = {"stop": service.stop, "undo": service.undo}


@pages.get("/imports")
@needs(Role.SUPPLIER_STAFF)
def imports() -> ResponseReturnValue:
    """All sheets of the supplier, with who handed them in and what they did."""
    supplier = own_supplier()
    with reading() as session:
        found = paged(session, queries.imports(supplier.id), page_number())
        last = queries.last_import(session, supplier.id)
    return page("catalog/imports.html", imports=found, last=last, name_of=identity().name_of)


@pages.get("/import/<uuid:import_id>")
@needs(Role.SUPPLIER_STAFF)
def show_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """What a sheet would do, or how far it is written; then the page asks again by itself."""
    with reading() as session:
        taken = queries.own_import(session, someone(), import_id)
        last = queries.last_import(session, taken.supplier_id)
    if taken.state is ImportState.COLUMNS:
        return back_to("catalog.show_columns", import_id=taken.id)
    return _import(taken, ConfirmForm(), may_undo=taken.id == last)


@pages.post("/import/<uuid:import_id>/confirm")
@needs(Role.SUPPLIER_STAFF)
def confirm(import_id: uuid.UUID) -> ResponseReturnValue:
    """Write what was shown."""
    form = ConfirmForm()
    if not form.validate():
        with reading() as session:
            taken = queries.own_import(session, someone(), import_id)
        return _import(taken, form, status=422)
    with work() as w:
        service.confirm(w, import_id, form.absent_goods())
    return back_to("catalog.show_import", import_id=import_id)


@pages.post("/import/<uuid:import_id>/<verb>")
@needs(Role.SUPPLIER_STAFF)
def use_import(import_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """Stop a sheet, or take the last one back."""
    if verb not in BUTTONS:
        raise Missing
    checked()
    with work() as w:
        BUTTONS[verb](w, import_id)
    return back_to("catalog.show_import", import_id=import_id)


@pages.get("/import/<uuid:import_id>/columns")
@needs(Role.SUPPLIER_STAFF)
def show_columns(import_id: uuid.UUID) -> ResponseReturnValue:
    """Which column of the sheet is what."""
    taken = _to_name(import_id)
    return _columns(taken, ColumnsForm(taken.foretold["columns"]))


@pages.post("/import/<uuid:import_id>/columns")
@needs(Role.SUPPLIER_STAFF)
def name_columns(import_id: uuid.UUID) -> ResponseReturnValue:
    """Remember what was said, and look at the sheet again with it."""
    taken, supplier = _to_name(import_id), own_supplier()
    form = ColumnsForm(taken.foretold["columns"])
    mapping = form.mapping()
    if mapping is None:
        return _columns(taken, form, status=422)
    with work() as w:
        service.remember_columns(w, taken.id, mapping)
    sheet_name = str(taken.foretold.get("sheet", ""))
    data = kept_files().get(service.sheet_key(taken.id))
    upload = Upload(data, taken.file_name, mapping, sheet_name, _archive(taken))
    looked_at, told = look_at(supplier, upload)
    if told.report.problems:
        marked = keep_marked(supplier, upload, told.report)
        return import_page_of(
            supplier, SheetForm(), told.report, status=422, marked=marked, asked=taken
        )
    return looked(supplier, upload, (looked_at, told))


@pages.get("/import/<uuid:import_id>/marked")
@needs(Role.SUPPLIER_STAFF)
def marked_rows(import_id: uuid.UUID) -> ResponseReturnValue:
    """The sheet with the rows marked that were not written after all. Missing once another sheet
    has come, or where all of it was written."""
    with reading() as session:
        taken = queries.own_import(session, someone(), import_id)
    data = service.kept_refused(kept_files(), taken)
    fields = {field: heading for heading, field, *_ in taken.foretold["columns"] if field}
    told: dict[int, list[tuple[str, str]]] = {}
    for said, (_code, kept) in zip(_refusals(taken), taken.refusals.values(), strict=True):
        value = f"{said.value} " if not said.row else ""
        reason = (fields.get(kept.get("field", ""), ""), f"{value}{said.what} {said.remedy}")
        told.setdefault(said.row or 0, []).append(reason)
    mapping = Mapping(tuple((heading, field) for field, heading in fields.items()))
    wanted = Wanted("listing", mapping, str(taken.foretold["sheet"]))
    return marked_copy(marked_sheet(data, wanted, Marks(words()("需要改正"), told)))


def _archive(taken: CatalogImport) -> bytes:
    """The pictures beside it, if there were any."""
    with suppress(Missing):
        return kept_files().get(service.archive_key(taken.id))
    return b""


def _to_name(import_id: uuid.UUID) -> CatalogImport:
    """A sheet whose columns can be named. Raises Missing, WrongState."""
    with reading() as session:
        taken = queries.own_import(session, someone(), import_id)
    if taken.state not in {ImportState.COLUMNS, ImportState.ASKED}:
        raise WrongState(verb="name_columns", state=taken.state)
    return taken


def _columns(taken: CatalogImport, form: ColumnsForm, *, status: int = 200) -> ResponseReturnValue:
    fields = {name: one.label(lang()) for name, one in heading_table().listing.items()}
    return page("catalog/columns.html", status, taken=taken, form=form, fields=fields)


def _import(
    taken: CatalogImport, form: ConfirmForm, *, may_undo: bool = False, status: int = 200
) -> ResponseReturnValue:
    is_asked = taken.state is ImportState.ASKED
    reads_gb18030 = is_asked and taken.foretold.get("gb18030")
    steps = IMPORT.open_verbs(taken.state, {Role.SUPPLIER_STAFF})
    open_ones = {"stop", "undo"} if may_undo else {"stop"}
    return page(
        "catalog/progress.html",
        status,
        taken=taken,
        form=form,
        told=taken.foretold,
        preview=service.preview(kept_files(), taken) if reads_gb18030 else (),
        notices=[one.say(lang()) for one in queries.notices_of(taken.foretold)],
        fields={
            **{name: one.label(lang()) for name, one in heading_table().listing.items()},
            rules.PHOTOS: words()("图片"),
        },
        refusals=_refusals(taken)[:MOST_SHOWN],
        has_marked=bool(taken.refusals) and taken.ended_at is not None and _is_kept(taken),
        verbs_open=[step for step in steps if step.verb in open_ones],
    )


def _is_kept(taken: CatalogImport) -> bool:
    with suppress(Missing):
        return bool(service.kept_refused(kept_files(), taken))
    return False


def _refusals(taken: CatalogImport) -> list[rules.Told]:
    """Rows that were good when the sheet was read and no longer when they were written."""
    say = words()
    return [
        rules.told_again(0 if row.startswith(service.ABSENT) else int(row), code, data, say)
        for row, (code, data) in taken.refusals.items()
    ]
