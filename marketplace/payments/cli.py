"""`reconcile`: the gateway's list beside our books, now; the worker does it once a day."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from marketplace.payments import rules, service
from marketplace.ports.payments import GatewayDown
from marketplace.work import Runtime

Opener = Callable[[Path], Runtime]


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/data"),
    show_default=True,
    envvar="MARKETPLACE_DATA",
    help="Folder of the embedded database, the search index and the papers.",
)
@click.pass_obj
def reconcile(opened: Opener, data: Path) -> None:
    """Compare the card gateway's list with our books; exit code 1 with new discrepancies."""
    runtime = opened(data)
    try:
        found = _reconciled(runtime)
    finally:
        runtime.engine.dispose()
    if found:
        raise SystemExit(1)


def _reconciled(runtime: Runtime) -> int:
    card = runtime.tools.card
    if not card.page_origin or not card.is_offered:
        reasons = "; ".join(card.problems) or f"{card.name} keeps no list"
        raise click.ClickException(f"没有可以对账的支付渠道 / nothing to compare with: {reasons}")
    try:
        done = service.reconcile(runtime, runtime.clock.now() - rules.LOOK_BACK)
    except GatewayDown as fault:
        raise click.ClickException("支付渠道没有回应 / the gateway does not answer") from fault
    click.echo(
        f"{done.charges} 笔渠道收款 / charges, {done.settled} 笔补上结果 / settled, "
        f"{done.found} 处新差异 / new discrepancies, {done.undecided} 笔仍未知 / still unknown"
    )
    return done.found
