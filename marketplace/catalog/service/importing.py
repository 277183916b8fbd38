"""Taking a supplier's sheet in: it is good as a whole, then written part by part, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import CursorResult, select, update

from catalog_import import Mapping
from marketplace.catalog import queries
from marketplace.catalog.models import CatalogImport
from marketplace.catalog.queries import Checked, Entry, Upload
from marketplace.catalog.rules import ImportReport
from marketplace.catalog.service import many
from marketplace.catalog.service.writing import own_supplier
from marketplace.catalog.states import IMPORT, ImportState
from marketplace.events import ImportAdvanced, ImportEnded
from marketplace.kernel.actor import System
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.ports.storage import Storage
from marketplace.suppliers.models import Supplier
from marketplace.work import Work, move

SMALL = 500  # rows that are written at once, in the unit that accepts the sheet
MOST_REFUSALS = 300  # rows refused while writing that are told one by one


class ImportRunning(Refused):
    """Another sheet of this supplier is being written; `data`: import_id."""

    code = "import_running"


def accept(
    w: Work, supplier_id: uuid.UUID, checked: Checked, *, at_once: bool = False
) -> CatalogImport:
    """Begin to write a sheet that was found good. A short one is written before this returns (a
    long one too, with `at_once`), else the outbox writes it part by part.

    A sheet in GB18030 waits for a person's look first, unless it is written `at_once`.
    Raises Missing for a stranger's supplier, ImportRunning, Invalid (sheet_refused).
    """
    supplier = own_supplier(w, supplier_id)
    if checked.report.problems or not checked.parts:
        raise Invalid("sheet_refused")
    _one_at_a_time(w, supplier.id)
    w.tools.storage.drop(marked_key(supplier.id))  # an older sheet is no longer corrected
    asks = checked.report.encoding_to_confirm and not at_once
    taken = CatalogImport(
        id=uuid.uuid4(),
        supplier_id=supplier.id,
        file_name=checked.name[-200:],
        file_sha256=checked.sha256,
        state=ImportState.ASKED if asks else ImportState.WRITING,
        at=w.now,
        by=w.actor.person_id,
        rows=checked.report.rows_read,
        parts=len(checked.parts),
        part=0,
    )
    w.session.add(taken)
    w.record("import", taken, to_state=taken.state, rows=taken.rows, sha256=taken.file_sha256)
    if at_once or (taken.rows <= SMALL and not asks):
        for part in checked.parts:
            _write(w, taken, queries.unpack(part))
            taken.part += 1
        _finish(w, taken)
        return taken
    _keep(w, taken, checked)
    if not asks:
        w.announce(ImportAdvanced(w.now, taken.id, 0))
    return taken


def confirm(w: Work, import_id: uuid.UUID) -> CatalogImport:
    """The words read well: write them. Raises Missing, WrongState, ImportRunning."""
    taken = queries.own_import(w.session, w.actor, import_id)
    _one_at_a_time(w, taken.supplier_id, besides=taken.id)
    move(w, IMPORT, taken, "confirm")
    w.announce(ImportAdvanced(w.now, taken.id, 0))
    return taken


def stop(w: Work, import_id: uuid.UUID) -> CatalogImport:
    """Write no more of a sheet; what is written stays. Raises Missing, WrongState."""
    taken = queries.own_import(w.session, w.actor, import_id)
    move(w, IMPORT, taken, "stop", part=taken.part, parts=taken.parts)
    taken.ended_at = w.now
    w.announce(ImportEnded(w.now, taken.id))
    return taken


def write_part(w: Work, import_id: uuid.UUID, part: int) -> None:
    """Write one part of a sheet and announce the next. A part that was written, or is not due,
    stays as it is, so this may be repeated."""
    turned = w.session.execute(
        update(CatalogImport)
        .where(CatalogImport.id == import_id, CatalogImport.part == part)
        .where(CatalogImport.state == ImportState.WRITING, CatalogImport.part < CatalogImport.parts)
        .values(part=CatalogImport.part + 1),
        execution_options={"synchronize_session": False},
    )
    if not isinstance(turned, CursorResult) or turned.rowcount != 1:
        return
    taken = w.session.get_one(CatalogImport, import_id, populate_existing=True)
    acting = replace(w, actor=System(taken.by, w.actor.name))  # in the name of who handed it in
    try:
        kept = w.tools.storage.get(_key(import_id))
    except Missing:  # a restored database may be older than what was let go of
        move(acting, IMPORT, taken, "stop", part=part, parts=taken.parts)
        taken.part, taken.ended_at = part, w.now
        return
    _write(acting, taken, queries.unpack(queries.part_of(kept, part)))
    if taken.part == taken.parts:
        _finish(acting, taken)
    else:
        w.announce(ImportAdvanced(w.now, import_id, taken.part))


def forget(w: Work, import_id: uuid.UUID) -> None:
    """Let go of the rows that were kept for writing; nothing happens the second time."""
    w.tools.storage.drop(_key(import_id))


def keep_marked(w: Work, supplier_id: uuid.UUID, marked: bytes) -> None:
    """Keep the marked copy of a refused sheet until the next sheet, one for each supplier."""
    supplier = own_supplier(w, supplier_id)
    w.tools.storage.drop(marked_key(supplier.id))
    w.tools.storage.put(marked_key(supplier.id), marked)


def marked_key(supplier_id: uuid.UUID) -> str:
    """Under which the marked copy of a refused sheet is kept."""
    return f"imports/marked/{supplier_id}"


def preview(storage: Storage, taken: CatalogImport, rows: int = 5) -> list[Entry]:
    """The first rows of a sheet that waits to be written."""
    return queries.unpack(queries.part_of(storage.get(_key(taken.id)), 0))[:rows]


def import_sheet(
    w: Work,
    supplier_id: uuid.UUID,
    data: bytes,
    file_name: str,
    mapping: Mapping | None = None,
    *,
    check_only: bool = False,
) -> ImportReport:
    """Look at a sheet and write all of it within this one unit: for what is known to be short.

    `check_only` writes nothing in any case. Raises Missing for a stranger's supplier.
    """
    supplier = own_supplier(w, supplier_id)
    checked = queries.check_sheet(w.session, supplier.id, Upload(data, file_name, mapping), w.now)
    if checked.report.problems:
        return checked.report
    if check_only:
        return queries.foretold(w.session, supplier.id, checked, w.now)
    taken = accept(w, supplier.id, checked, at_once=True)
    return replace(
        checked.report,
        created=taken.created,
        updated=taken.updated,
        unchanged=taken.unchanged,
    )


def _one_at_a_time(w: Work, supplier_id: uuid.UUID, besides: uuid.UUID | None = None) -> None:
    """Two sheets of one supplier would write over each other. An unanswered question ends here.

    The supplier's row is locked, so that of two at the same time the second one sees the first.
    """
    w.session.execute(
        select(Supplier.id).where(Supplier.id == supplier_id).with_for_update(key_share=True)
    )
    open_ones = w.session.scalars(queries.open_imports(supplier_id)).all()
    for other in open_ones:
        if other.id == besides:
            continue
        if other.state is ImportState.WRITING:
            raise ImportRunning(import_id=other.id)
        move(w, IMPORT, other, "stop")
        other.ended_at = w.now
        w.announce(ImportEnded(w.now, other.id))


def _keep(w: Work, taken: CatalogImport, checked: Checked) -> None:
    key, storage = _key(taken.id), w.tools.storage
    storage.put(key, queries.bundle(checked.parts))
    w.undo.append(lambda: storage.drop(key))


def _write(w: Work, taken: CatalogImport, entries: Iterable[Entry]) -> None:
    """The rows of one part, and their numbers."""
    found = queries.sort_out(w.session, taken.supplier_id, list(entries), w.now, lock=True)
    many.add(w, taken.supplier_id, found.new)
    many.change(w, taken.supplier_id, found.changed)
    many.restock(w, taken.supplier_id, found.restocked)
    taken.created += len(found.new)
    taken.updated += found.updated
    taken.unchanged += found.unchanged
    taken.refused += len(found.faults)
    room = MOST_REFUSALS - len(taken.refusals)
    told = {str(one.row): [one.fault.code, _plain(one.fault.data)] for one in found.faults[:room]}
    taken.refusals = {**taken.refusals, **told}


def _plain(data: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in data.items()}


def _finish(w: Work, taken: CatalogImport) -> None:
    counts = {name: getattr(taken, name) for name in ("created", "updated", "unchanged", "refused")}
    move(w, IMPORT, taken, "finish", **counts)
    taken.ended_at = w.now
    w.announce(ImportEnded(w.now, taken.id))


def _key(import_id: uuid.UUID) -> str:
    return f"imports/{import_id}"
