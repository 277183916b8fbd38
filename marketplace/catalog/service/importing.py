"""Taking a supplier's sheet in: it is good as a whole, then written part by part, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import CursorResult, update

from catalog_import import Mapping
from marketplace.catalog import queries
from marketplace.catalog.models import CatalogImport
from marketplace.catalog.queries import Checked, Entry, Foretold, Seen, Upload
from marketplace.catalog.rules import ImportReport
from marketplace.catalog.service import bringing, many, refusing, undoing
from marketplace.catalog.service.asking import end_questions
from marketplace.catalog.service.shelving import (
    Shelf,
    archive_key,
    clear_if_undone,
    rows_key,
    sheet_key,
    shelve,
)
from marketplace.catalog.service.writing import own_supplier
from marketplace.catalog.states import IMPORT, AbsentGoods, ImportState
from marketplace.events import ImportAdvanced, ImportEnded
from marketplace.kernel.actor import System
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.ports.storage import Storage
from marketplace.work import Work, move

SMALL = 500  # rows that are written at once, in the unit that confirms the sheet


def look(
    w: Work,
    supplier_id: uuid.UUID,
    checked: Checked,
    told: Foretold,
    shelf: Shelf | None = None,
) -> CatalogImport:
    """Keep a good sheet until somebody has seen what it would do and says yes. `shelf`: where it
    was put by, see `shelved`; None: that is done here.

    Raises Missing for a stranger's supplier, Invalid (sheet_refused).
    """
    bringing.forget_if_undone(w, checked)
    if shelf is not None:
        clear_if_undone(w, shelf)
    supplier = own_supplier(w, supplier_id)
    if checked.report.problems or not checked.parts:
        raise Invalid("sheet_refused")
    if shelf is None:
        shelf = shelved(w.tools.storage, (checked, told))
        clear_if_undone(w, shelf)
    end_questions(w, supplier.id)
    taken = CatalogImport(
        id=shelf.import_id,
        supplier_id=supplier.id,
        file_name=checked.name[-200:],
        file_sha256=checked.sha256,
        state=ImportState.ASKED,
        at=w.now,
        by=w.actor.person_id,
        rows=checked.report.rows_read,
        parts=len(checked.parts),
        part=0,
        foretold=told.as_data(checked),
    )
    w.session.add(taken)
    w.record("import", taken, to_state=taken.state, rows=taken.rows, sha256=taken.file_sha256)
    return taken


def shelved(
    storage: Storage, seen: tuple[Checked, Foretold], sheet: bytes = b"", archive: bytes = b""
) -> Shelf:
    """A good sheet, put by for `look`: done before a unit of work, for a store may take a while.

    Raises Busy.
    """
    checked, told = seen
    return shelve(storage, (*checked.parts, *told.absent.parts, *told.seen), sheet, archive)


def confirm(
    w: Work, import_id: uuid.UUID, absent_goods: AbsentGoods = AbsentGoods.LEAVE
) -> CatalogImport:
    """Write it, or queue behind the supplier's sheet that is being written. A short one is written
    before this returns, else the outbox writes it part by part. Raises Missing, WrongState."""
    taken = queries.own_import(w.session, w.actor, import_id)
    undoing.lock_supplier(w, taken.supplier_id)
    move(w, IMPORT, taken, "confirm", absent_goods=absent_goods)
    taken.absent_goods, taken.confirmed_at = absent_goods, w.now
    if absent_goods is not AbsentGoods.LEAVE:
        taken.parts += int(taken.foretold["absent_parts"])
    _begin_next(w, taken.supplier_id)
    if taken.state is ImportState.WRITING and taken.rows <= SMALL:
        _write_all(w, taken)
    return taken


def accept(
    w: Work,
    supplier_id: uuid.UUID,
    checked: Checked,
    *,
    told: Foretold | None = None,
    absent_goods: AbsentGoods = AbsentGoods.LEAVE,
    shelf: Shelf | None = None,
) -> CatalogImport:
    """Take a good sheet in without asking; one in GB18030 waits for a look at its words all the
    same. Raises as `look` does."""
    taken = look(w, supplier_id, checked, told or Foretold(checked.report), shelf)
    if checked.report.encoding_to_confirm:
        return taken
    return confirm(w, taken.id, absent_goods)


def stop(w: Work, import_id: uuid.UUID) -> CatalogImport:
    """Write no more of a sheet; what is written stays. Raises Missing, WrongState."""
    taken = queries.own_import(w.session, w.actor, import_id)
    undoing.lock_supplier(w, taken.supplier_id)
    move(w, IMPORT, taken, "stop", part=taken.part, parts=taken.parts)
    _end(w, taken)
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
        kept = w.tools.storage.get(rows_key(import_id))
    except Missing:  # a restored database may be older than what was let go of
        move(acting, IMPORT, taken, "stop", part=part, parts=taken.parts)
        taken.part = part
        _end(acting, taken)
        return
    _write(acting, taken, kept, part)
    if taken.part == taken.parts:
        _finish(acting, taken)
    else:
        w.announce(ImportAdvanced(w.now, import_id, taken.part))


def forget(w: Work, import_id: uuid.UUID) -> None:
    """Let go of what was kept of a sheet; nothing happens the second time. While some of it was not
    written the file itself stays, to be marked, until the supplier's next sheet."""
    storage = w.tools.storage
    taken = w.session.get(CatalogImport, import_id)
    if taken is not None and taken.refusals:
        refusing.keep_refused(storage, taken)
    with suppress(Missing):  # it had no rows yet, or they went before
        bringing.drop_unused(w, queries.parts_of(storage.get(rows_key(import_id))))
    for key in (rows_key(import_id), sheet_key(import_id), archive_key(import_id)):
        storage.drop(key)


def preview(storage: Storage, taken: CatalogImport, rows: int = 5) -> list[Entry]:
    """The first rows of a sheet that waits to be written."""
    return queries.unpack(queries.part_of(storage.get(rows_key(taken.id)), 0))[:rows]


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

    `check_only` writes nothing in any case. Raises Missing for a stranger's supplier; Refused
    (import_running) while another sheet of the supplier is being written.
    """
    supplier = own_supplier(w, supplier_id)
    checked = queries.check_sheet(w.session, supplier.id, Upload(data, file_name, mapping), w.now)
    if checked.report.problems:
        return checked.report
    told = queries.foretell(w.session, supplier.id, checked, w.now)
    if check_only:
        return told.report
    taken = look(w, supplier.id, checked, told)
    confirm(w, taken.id)
    if taken.state is ImportState.WAITING:
        raise Refused("import_running", import_id=taken.id)
    if taken.state is ImportState.WRITING:
        _write_all(w, taken)
    return report_of(checked.report, taken)


def report_of(report: ImportReport, taken: CatalogImport) -> ImportReport:
    """The counts of what was done, with what was said when the sheet was read."""
    names = ("created", "updated", "unchanged", "refused")
    return replace(report, **{name: getattr(taken, name) for name in names})


def _begin_next(w: Work, supplier_id: uuid.UUID) -> None:
    """Begin the sheet that waits longest, when none of the supplier's is being written: two would
    write over each other. The caller has locked the supplier."""
    w.session.flush()
    open_ones = w.session.scalars(queries.queue(supplier_id)).all()
    if not open_ones or any(one.state is ImportState.WRITING for one in open_ones):
        return
    following = open_ones[0]
    undoing.forget_earlier(w, following)
    acting = replace(w, actor=System(following.by, w.actor.name))
    move(acting, IMPORT, following, "begin")
    w.announce(ImportAdvanced(w.now, following.id, following.part))


def _write_all(w: Work, taken: CatalogImport) -> None:
    """All parts of a short sheet at once; the parcel of the first one finds nothing to do."""
    kept = w.tools.storage.get(rows_key(taken.id))
    while taken.part < taken.parts:
        _write(w, taken, kept, taken.part)
        taken.part += 1
    _finish(w, taken)


def _write(w: Work, taken: CatalogImport, kept: bytes, number: int) -> None:
    """One part: rows of the sheet, or goods that it does not name."""
    part = queries.part_of(kept, number)
    absent = queries.unpack_absent(part)
    if absent is None:
        _write_rows(w, taken, queries.unpack(part), _seen(taken, kept, number))
        return
    going = refusing.leave_alone(w, taken, absent)
    undoing.remember(w, taken, going)
    taken.absent += many.leave_out(w, taken, going)
    undoing.remember_after(w, taken, going)


def _seen(taken: CatalogImport, kept: bytes, number: int) -> dict[int, Seen | None]:
    """What the preview of a part showed: behind all parts that are written."""
    count: int = taken.foretold["seen_parts"]
    if not count:
        return {}
    return queries.unpack_seen(queries.part_of(kept, queries.parts_in(kept) - count + number))


def _write_rows(
    w: Work, taken: CatalogImport, entries: Iterable[Entry], seen: MappingOf[int, Seen | None]
) -> None:
    found = queries.sort_out(w.session, taken.supplier_id, list(entries), w.now, seen=seen)
    undoing.remember(w, taken, found.known_ids())
    many.add(w, taken, found.new)
    many.change(w, taken, found.changed)
    many.restock(w, taken.supplier_id, found.restocked)
    undoing.remember_after(w, taken, found.known_ids())
    taken.created += len(found.new)
    taken.updated += found.updated
    taken.unchanged += len(found.unchanged)
    refusing.refuse_rows(taken, found.faults)


def _finish(w: Work, taken: CatalogImport) -> None:
    undoing.lock_supplier(w, taken.supplier_id)
    names = ("created", "updated", "unchanged", "refused", "absent")
    move(w, IMPORT, taken, "finish", **{name: getattr(taken, name) for name in names})
    _end(w, taken)


def _end(w: Work, taken: CatalogImport) -> None:
    """Nothing more of it is written; the next one of the queue begins."""
    taken.ended_at = w.now
    w.announce(ImportEnded(w.now, taken.id))
    _begin_next(w, taken.supplier_id)
