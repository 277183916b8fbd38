"""What is asked about a sheet before it is written: what its columns are."""

from __future__ import annotations

import uuid

from catalog_import import Mapping
from marketplace.catalog import queries
from marketplace.catalog.models import CatalogImport, ColumnMemory
from marketplace.catalog.queries import Checked
from marketplace.catalog.service.shelving import Shelf, clear_if_undone
from marketplace.catalog.service.undoing import lock_supplier
from marketplace.catalog.service.writing import own_supplier
from marketplace.catalog.states import IMPORT, ImportState
from marketplace.events import ImportEnded
from marketplace.work import Work, move


def ask_columns(
    w: Work, supplier_id: uuid.UUID, checked: Checked, shelf: Shelf, sheet_name: str = ""
) -> CatalogImport:
    """Keep a sheet, which was put by, until somebody has said what its columns are. Raises
    Missing."""
    clear_if_undone(w, shelf)
    supplier = own_supplier(w, supplier_id)
    end_questions(w, supplier.id)
    taken = CatalogImport(
        id=shelf.import_id,
        supplier_id=supplier.id,
        file_name=checked.name[-200:],
        file_sha256=checked.sha256,
        state=ImportState.COLUMNS,
        at=w.now,
        by=w.actor.person_id,
        rows=0,
        parts=0,
        part=0,
        foretold={**queries.columns_as_data(checked), "sheet": sheet_name},
    )
    w.session.add(taken)
    w.record("ask_columns", taken, to_state=taken.state)
    return taken


def remember_columns(w: Work, import_id: uuid.UUID, mapping: Mapping) -> None:
    """Use this for every sheet of the supplier with the same headings. Raises Missing."""
    taken = queries.own_import(w.session, w.actor, import_id)
    lock_supplier(w, taken.supplier_id)
    mark = queries.headings_mark([heading for heading, _field in mapping.pairs])
    known = w.session.get(ColumnMemory, (taken.supplier_id, mark))
    if known is None:
        known = ColumnMemory(supplier_id=taken.supplier_id, headings=mark)
        w.session.add(known)
    known.columns, known.at, known.by = dict(mapping.pairs), w.now, w.actor.person_id
    w.record("name_columns", taken, columns=dict(mapping.pairs))


def end_questions(w: Work, supplier_id: uuid.UUID) -> None:
    """An unanswered question ends with the next sheet."""
    lock_supplier(w, supplier_id)
    for other in w.session.scalars(queries.unanswered(supplier_id)).all():
        move(w, IMPORT, other, "stop")
        other.ended_at = w.now
        w.announce(ImportEnded(w.now, other.id))
