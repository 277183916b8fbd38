"""`reckon`: the gate anew, after what must be shown has changed in the scheme."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from marketplace.catalog import service as catalog
from marketplace.commands.opening import data_option, open_existing
from marketplace.suppliers.models import Supplier


@click.command()
@data_option
def reckon(data: Path) -> None:
    """Reckon anew what may be sold until when, after the scheme has changed; safe to repeat.

    One supplier after the other, each in a unit of work of its own: the shop goes on meanwhile.
    """
    runtime = open_existing(data)
    try:
        with runtime.reading() as session:
            ids = session.scalars(select(Supplier.id).order_by(Supplier.created_at)).all()
        moved = 0
        for supplier_id in ids:
            with runtime.work() as w:
                moved += catalog.reckon_supplier(w, supplier_id)
        click.echo(f"{len(ids)} 家供应商 / suppliers, {moved} 件商品 / goods")
    finally:
        runtime.engine.dispose()
