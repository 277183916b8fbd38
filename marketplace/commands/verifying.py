"""`verify`: does everything add up? Reads only; exit code 1 with the list when it does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path

import click
from sqlalchemy.orm import Session

from marketplace.banking import queries as banking
from marketplace.catalog import queries as catalog
from marketplace.catalog import service as goods
from marketplace.claims import queries as claims
from marketplace.commands.opening import data_option, open_existing
from marketplace.credit import queries as credit
from marketplace.desk import queries as desk
from marketplace.invoices import queries as invoices
from marketplace.ledger import queries as ledger
from marketplace.orders import queries as orders
from marketplace.payments import queries as payments
from marketplace.ports.storage import Storage
from marketplace.purchasing import queries as purchasing
from marketplace.regions import queries as regions
from marketplace.reviews import queries as reviews
from marketplace.settlement import queries as settlement
from marketplace.statistics import queries as statistics
from marketplace.suppliers import queries as suppliers
from marketplace.unions import queries as unions
from marketplace.work import schema, trail
from marketplace.work.anchor import Anchor

Check = Callable[[Session, datetime], Iterator[str]]

CHECKS: dict[str, Check] = {
    "ledger sums to zero": lambda session, at: ledger.faults(session),
    "the journal is what the trail says": lambda session, at: ledger.trail_faults(session),
    "stock adds up": lambda session, at: catalog.stock_faults(session),
    "every reservation belongs to one order line": lambda session, at: orders.faults(session),
    "what goes back is what was given back": lambda session, at: orders.refund_faults(session),
    "claims end in their time and pay what was granted": claims.faults,
    "reviews are of goods that were received": lambda session, at: reviews.faults(session),
    "suppliers are owed and paid to the fen": settlement.faults,
    "net invoiced is net paid": lambda session, at: invoices.faults(session),
    "cards, their gateway's word and the books agree": lambda session, at: payments.faults(session),
    "what suppliers were paid directly agrees": lambda session, at: orders.direct_faults(session),
    "credit and vouchers went where they say": lambda session, at: credit.faults(session),
    "lines of the bank, transfers and the books agree": lambda session, at: banking.faults(session),
    "no budget overspent": lambda session, at: unions.faults(session),
    "plans and budgets agree": lambda session, at: purchasing.faults(session),
    "listings are marked by what they say": lambda session, at: catalog.content_faults(session),
    "every zone listing has a sourced designation": catalog.zone_faults,
    "the gate stands where papers say": lambda session, at: chain(
        suppliers.standing_faults(session), catalog.gate_faults(session)
    ),
    "every open thing lies on the desk once": desk.faults,
    "the clock of everything that waits runs": lambda session, at: iter(
        catalog.clock_faults(session)
    ),
    "facts equal a recount and tie to the ledger": lambda session, at: statistics.faults(session),
    "lists of counties hold without gaps": lambda session, at: regions.faults(session),
    "the trail is unbroken": lambda session, at: trail.faults(session),
    "append-only tables are guarded": lambda session, at: schema.trigger_faults(
        session.connection()
    ),
}


def check_all(
    session: Session,
    at: datetime,
    *,
    anchor: Anchor | None = None,
    storage: Storage | None = None,
) -> dict[str, list[str]]:
    """Every check with its faults, in words; empty lists when all is well. Raises Busy."""
    outcome = {name: list(check(session, at)) for name, check in CHECKS.items()}
    if anchor is not None:
        outcome["the trail is as it was anchored"] = list(anchor.faults(session))
    if storage is not None:
        outcome["files and rows name each other"] = list(goods.file_faults(session, storage, at))
    return outcome


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def verify(data: Path, as_json: bool) -> None:
    """Check that books, stock, budgets, zone, figures and trail agree."""
    runtime = open_existing(data)
    with runtime.reading() as session:
        at, storage = runtime.clock.now(), runtime.tools.storage
        outcome = check_all(session, at, anchor=runtime.anchor, storage=storage)
    runtime.engine.dispose()
    faults = [fault for found in outcome.values() for fault in found]
    if as_json:
        told = {"ok": not faults, "checks": outcome}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for name, found in outcome.items():
            click.echo(f"{'✗' if found else '✓'} {name}")
            for fault in found:
                click.echo(f"    {fault}")
    if faults:
        raise SystemExit(1)
