"""`demo`: fills a folder with the demonstration when it is empty, and serves it."""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.commands.demo import DATABASE, build
from marketplace.commands.demo import people as everybody
from marketplace.commands.opening import open_app, open_existing, runtime_of
from marketplace.commands.serving import run
from marketplace.kernel.clock import SystemClock
from marketplace.standalone import DEMO_PASSWORD, logs


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Folder of the demonstration; filled when it is empty.",
)
@click.option("--serve", is_flag=True, help="Serve it afterwards, worker included.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--people", is_flag=True, help="Only print who can sign in, as JSON.")
def demo(data: Path, serve: bool, host: str, port: int, people: bool) -> None:
    """Fill a folder with demonstration data, once; with --serve, serve it."""
    if people:
        click.echo(json.dumps(people_told(), ensure_ascii=False, indent=2))
        return
    prepare(data)
    if serve:
        logs.to_stderr()
        app = open_app(data, demo=True)
        run(runtime_of(app), app, host, port)


def prepare(data: Path) -> None:
    """Fill the folder unless it holds the demonstration. Raises ClickException for a stranger's."""
    if (data / DATABASE).exists():
        _is_ours(data)
        click.echo(f"演示数据已在 / already filled: {data}", err=True)
        return
    if data.exists() and any(data.iterdir()):
        raise click.ClickException(f"文件夹不是空的 / the folder is not empty: {data}")
    click.echo(f"正在准备演示数据 / filling {data} …", err=True)
    build(data, SystemClock().now())


def people_told() -> list[dict[str, object]]:
    """Everybody of the demonstration with what they sign in with."""
    known = everybody()
    places = {one.key: one.name for one in known.organisation}
    return [
        {
            "name": person.name,
            "roles": [role.value for role in person.roles],
            "login": person.login,
            "password": DEMO_PASSWORD,
            "organisation": places[person.organisation],
        }
        for person in known.person
    ]


def _is_ours(data: Path) -> None:
    """Real data would be served with a password that everybody knows: never."""
    runtime = open_existing(data)
    try:
        first = everybody().person[0]
        with runtime.reading() as session:
            known = session.scalar(
                select(Person.id).where(Person.mobile == first.mobile, Person.name == first.name)
            )
    finally:
        runtime.engine.dispose()
    if known is None:
        raise click.ClickException(f"这不是演示数据 / not a demonstration database: {data}")
