"""`backup` and `restore`: one folder with the database, the private files and the trail's anchor;
what was restored is verified before anybody is told that it is there."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import click

from marketplace import __version__
from marketplace.commands.opening import data_option, open_bare, open_existing
from marketplace.commands.verifying import check_all
from marketplace.work import Runtime, copying, schema
from marketplace.work.models import TrailHead
from marketplace.work.trail import HEAD

MANIFEST = "manifest.json"
ANCHOR = "trail.anchor"
PAPERS = "papers"
KEY = "secret_key"


@click.command()
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@data_option
def backup(target: Path, data: Path) -> None:
    """Write everything into the new folder TARGET while the shop goes on selling."""
    if target.exists():
        raise click.ClickException(f"已存在 / already there: {target}")
    runtime = open_existing(data)
    draft = target.with_name(f".{target.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    os.umask(0o077)  # it holds everything: nobody else on this machine reads it
    draft.mkdir(parents=True)
    try:
        number = _write(runtime, data, draft)
        draft.rename(target)
    except (copying.CannotCopy, OSError) as fault:
        raise click.ClickException(str(fault)) from fault
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        runtime.engine.dispose()
    click.echo(f"已备份 / backed up: {target} (trail {number})")


@click.command()
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@data_option
def restore(source: Path, data: Path) -> None:
    """Put the backup SOURCE into an empty data folder (and an empty database), then verify it."""
    _intact(source)
    if data.exists() and any(data.iterdir()):
        raise click.ClickException(f"文件夹不是空的 / the folder is not empty: {data}")
    runtime = open_bare(data)
    url, programs = runtime.tools.config.url, runtime.tools.config.pg_bin
    try:
        copying.copy_in(runtime.engine, url, source / copying.file_name(url), programs=programs)
    except (copying.CannotCopy, OSError) as fault:
        raise click.ClickException(str(fault)) from fault
    try:
        outcome = _settle(runtime, source, data)
    except (schema.WrongTables, OSError) as fault:
        raise click.ClickException(f"已恢复，但 / restored, but {fault}") from fault
    finally:
        runtime.engine.dispose()
    told = [fault for found in outcome.values() for fault in found]
    for line in told:
        click.echo(line, err=True)
    if told:
        raise SystemExit(1)
    click.echo(f"已恢复并核对 / restored and verified: {data}")


def _settle(runtime: Runtime, source: Path, data: Path) -> dict[str, list[str]]:
    """The files beside the restored database; answers what `verify` says. Raises WrongTables."""
    for name in (PAPERS, KEY):
        _copy(source / name, data / name)
    is_known = runtime.anchor.path.exists()  # of the database that this one takes the place of
    if not is_known:
        _copy(source / ANCHOR, runtime.anchor.path)
    schema.require(runtime.engine)
    with runtime.reading() as session:
        if is_known:  # nothing is taken away from it: a line says what was put back
            runtime.anchor.note(session, runtime.clock.now(), restored=True)
        return check_all(session, runtime.clock.now(), anchor=runtime.anchor)


def _write(runtime: Runtime, data: Path, draft: Path) -> int:
    """The anchor first, so that it names nothing newer than the database; the files last, so that
    all that the database names are there."""
    url = runtime.tools.config.url
    with runtime.reading() as session:
        runtime.anchor.note(session, runtime.clock.now())
        head = session.get_one(TrailHead, HEAD)
    _copy(runtime.anchor.path, draft / ANCHOR)
    copying.copy_out(url, draft / copying.file_name(url), programs=runtime.tools.config.pg_bin)
    for name in (PAPERS, KEY):
        _copy(data / name, draft / name)
    files = {path.relative_to(draft).as_posix(): _sum(path) for path in _files(draft)}
    told = {
        "version": __version__,
        "at": runtime.clock.now().isoformat(),
        "database": copying.file_name(url),
        "files": files,
    }
    (draft / MANIFEST).write_text(json.dumps(told, indent=2), "utf-8")
    return head.number


def _intact(source: Path) -> None:
    """Every file as it was written. Raises ClickException."""
    try:
        told = json.loads((source / MANIFEST).read_text("utf-8"))
        expected: dict[str, str] = dict(told["files"])
    except (OSError, ValueError, KeyError) as fault:
        raise click.ClickException(f"不是备份 / not a backup: {source}") from fault
    for name, sum_ in expected.items():
        path = source / name
        if not path.is_file() or _sum(path) != sum_:
            raise click.ClickException(f"备份已损坏 / the backup is damaged: {name}")


def _copy(source: Path, target: Path) -> None:
    """A file or a folder; what goes away meanwhile was not needed any more."""
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        for inner in list(source.iterdir()):
            if inner.suffix != ".partial":
                _copy(inner, target / inner.name)
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(source, target)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
