"""The verbs on the command line: serve, work, demo, check, migrate, reckon, verify, backup …"""

from __future__ import annotations

import click

from marketplace import __version__
from marketplace.accounts.cli import accounts
from marketplace.catalog.cli import import_file, search
from marketplace.commands.backing import backup, restore
from marketplace.commands.checking import check
from marketplace.commands.demonstration import demo
from marketplace.commands.migrating import migrate
from marketplace.commands.opening import open_existing
from marketplace.commands.reckoning import reckon
from marketplace.commands.serving import serve, work
from marketplace.commands.sweeping import sweep
from marketplace.commands.verifying import verify
from marketplace.payments.cli import reconcile
from marketplace.regions.cli import regions


@click.group(context_settings={"help_option_names": ["-h", "--help"], "obj": open_existing})
@click.version_option(__version__)
def main() -> None:
    """Direct Train 直通车: a consumption-aid marketplace."""


for verb in (
    serve,
    demo,
    work,
    verify,
    check,
    migrate,
    reckon,
    sweep,
    reconcile,
    backup,
    restore,
    accounts,
    import_file,
    regions,
    search,
):
    main.add_command(verb)
