"""Organisations and people on the command line.

The command that carries this group gives, as click's `obj`, a function that opens the marketplace
of a data folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from marketplace.accounts import queries, service
from marketplace.accounts.models import Organisation, OrganisationKind
from marketplace.accounts.service import Plan, Sheets
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import MarketplaceError
from marketplace.web.labels import error_words
from marketplace.web.told import told
from marketplace.web.words import Words
from marketplace.work import Runtime, Work

Opener = Callable[[Path], Runtime]
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/data"),
    show_default=True,
    envvar="MARKETPLACE_DATA",
    help="Folder of the database, the search index and the papers.",
)


@dataclass(frozen=True)
class Carried:
    """What the group hands to its commands."""

    open_runtime: Opener
    say: Words


@click.group()
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.pass_context
def accounts(context: click.Context, lang: str) -> None:
    """Organisations and people."""
    context.obj = Carried(context.obj, Words(lang))


@accounts.command("import")
@click.option("--organisations", type=FILE, help="Sheet of organisations.")
@click.option("--people", type=FILE, help="Sheet of people.")
@click.option("--whole-of", metavar="CODE", help="The people are all there are below it.")
@click.option("--leaving", type=int, default=0, help="How many may leave because they are missing.")
@click.option("--check", is_flag=True, help="Only look: write nothing in any case.")
@data_option
@click.pass_obj
def import_files(
    carried: Carried,
    *,
    organisations: Path | None,
    people: Path | None,
    whole_of: str | None,
    leaving: int,
    check: bool,
    data: Path,
) -> None:
    """Take sheets in, all or nothing. Exit code 1 when a row is wrong."""
    given = [path for path in (organisations, people) if path]
    try:
        with carried.open_runtime(data).work() as w:
            sheets = Sheets(
                organisations=organisations.read_bytes() if organisations else b"",
                people=people.read_bytes() if people else b"",
                names=" · ".join(path.name for path in given),
                whole_of=queries.by_code(w.session, whole_of).id if whole_of else None,
            )
            if check:
                plan = service.compare(w, sheets)
            else:
                plan = service.import_sheets(w, sheets, leaving=leaving)
    except MarketplaceError as fault:
        raise click.ClickException(" ".join(error_words(fault, carried.say))) from fault
    _tell(plan, carried.say)
    if plan.has_problems:
        raise SystemExit(1)


@accounts.command("return")
@click.argument("number")
@data_option
@click.pass_obj
def come_back(carried: Carried, number: str, *, data: Path) -> None:
    """Somebody who left is employed again; roles come with the next sheet."""
    try:
        with carried.open_runtime(data).work() as w:
            person = service.come_back(w, queries.by_number(w.session, number).id)
            click.echo(person.name)
    except MarketplaceError as fault:
        raise click.ClickException(" ".join(error_words(fault, carried.say))) from fault


def _tell(plan: Plan, say: Words) -> None:
    for problem in (*plan.organisation_problems, *plan.people_problems, *plan.notices):
        one = told(problem, say)
        row = say("第 %(row)s 行", row=one.row) if one.row else say("整个文件")
        click.echo(f"{row}\t{one.column}\t{one.value}\t{one.what} {one.remedy}")
    for name, count in ((say("单位表格"), plan.organisations), (say("人员表格"), plan.people)):
        counted = {"n": count.created, "u": count.updated, "s": count.unchanged, "r": count.refused}
        click.echo(f"{name}：" + say("新增 %(n)s，更新 %(u)s，未变 %(s)s，拒绝 %(r)s", **counted))
    click.echo(
        say("离职 %(n)s 人，其中名单上没有的 %(m)s 人", n=len(plan.leaving), m=len(plan.missing))
    )


@accounts.command("invite")
@click.argument("organisation")
@click.option("--role", type=click.Choice([r.value for r in Role if r is not Role.SYSTEM]),
              required=True)  # fmt: skip
@click.option("--new", "kind", type=click.Choice([k.value for k in OrganisationKind]),
              help="Make the organisation when there is none of this name.")  # fmt: skip
@click.option("--pieces", default=1, show_default=True)
@click.option("--days", default=14, show_default=True)
@data_option
@click.pass_obj
def invite(
    carried: Carried, organisation: str, *, role: str, kind: str | None,
    pieces: int, days: int, data: Path,
) -> None:  # fmt: skip
    """Print invitations for ORGANISATION; whoever uses one gets a code by text message."""
    try:
        with carried.open_runtime(data).work() as w:
            place = _place(w, organisation, kind)
            _batch, codes = service.invite(w, place.id, Role(role), pieces=pieces, days=days)
    except MarketplaceError as fault:
        raise click.ClickException(" ".join(error_words(fault, carried.say))) from fault
    click.echo("\n".join(codes))


@accounts.command("add")
@click.argument("name")
@click.argument("mobile")
@click.option("--organisation", required=True)
@click.option("--role", type=click.Choice([r.value for r in Role if r is not Role.SYSTEM]),
              required=True)  # fmt: skip
@click.option("--new", "kind", type=click.Choice([k.value for k in OrganisationKind]),
              help="Make the organisation when there is none of this name.")  # fmt: skip
@data_option
@click.pass_obj
def add(
    carried: Carried, name: str, mobile: str, *, organisation: str, role: str, kind: str | None,
    data: Path,
) -> None:  # fmt: skip
    """Let NAME sign in with MOBILE and a password that is asked for: the first manager."""
    password = click.prompt("密码 / password", hide_input=True, confirmation_prompt=True)
    runtime = carried.open_runtime(data)
    try:
        checked = service.checked_password(runtime.tools.config, password, name, mobile)
        with runtime.work() as w:
            place = _place(w, organisation, kind)
            person = service.add_person_with(w, name, checked.hash, mobile=mobile)
            w.session.flush()  # gives the person the id that the role names
            service.grant(w, person.id, place.id, Role(role))
    except MarketplaceError as fault:
        raise click.ClickException(" ".join(error_words(fault, carried.say))) from fault
    finally:
        runtime.engine.dispose()
    click.echo(f"{name}: {mobile}")


def _place(w: Work, name: str, kind: str | None) -> Organisation:
    """The organisation of this name, made where `kind` says so. Raises ClickException."""
    place = queries.by_name(w.session, name)
    if place is None and kind:
        place = service.add_organisation(w, name, OrganisationKind(kind))
    if place is None:
        raise click.ClickException(f"没有这个单位 / no organisation {name!r}")
    return place


@accounts.command("new-phone")
@click.argument("login")
@data_option
@click.pass_obj
def new_phone(carried: Carried, login: str, *, data: Path) -> None:
    """Drop the second factor of LOGIN, who lost phone and recovery codes."""
    with carried.open_runtime(data).work() as w:
        person = queries.person_by_login(w.session, login, w.now)
        if person is None:
            raise click.ClickException(f"没有这个人 / nobody signs in as {login!r}")
        service.drop_second(w, person.id)
    click.echo(f"{person.name}: 下次登录时重新设置 / sets up a new one at the next sign-in")
