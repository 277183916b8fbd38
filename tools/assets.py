"""Assemble `static/vendor/` from the npm packages in package.json: nothing of them is committed.

`python tools/assets.py` makes what the application serves and the wheel carries: htmx, one sprite
of signs, the drawings, each package's licence and `manifest.json` with versions and SHA-256 sums.
`--tests` also brings axe-core into `node_modules/`. Uses the machine's npm; where there is none,
npm from the hash-locked PyPI package in requirements/node.txt. Quick when nothing changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
DRAFT = ROOT / "build" / "vendor"  # assembled here, then put in place at once
SOURCES = ("package.json", "package-lock.json", "tools/icons.toml", "tools/assets.py")
TEST_PACKAGES = ("axe-core",)
INNER_SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
STROKES = (
    'fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round"'
)


class Unfit(Exception):
    """Assets cannot be assembled; the text says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Package:
    """One installed npm package."""

    name: str
    version: str
    licence: str

    @property
    def folder(self) -> Path:
        return MODULES / self.name

    @property
    def slug(self) -> str:
        """Its name as a file name."""
        return self.name.removeprefix("@").replace("/", "-")


def main(arguments: list[str]) -> int:
    """Assemble what is missing or out of date; 1 and one clear line when that is impossible."""
    with_tests = "--tests" in arguments
    made = fingerprint()
    fresh = is_current(made)
    try:
        if not fresh or (with_tests and not has_test_packages()):
            install(with_tests=with_tests)
        if not fresh:
            assemble(made)
    except Unfit as fault:
        print(f"assets: {fault}", file=sys.stderr)
        return 1
    print("assets: static/vendor/ " + ("is current" if fresh else "assembled"))
    return 0


def fingerprint() -> str:
    """A sum over everything that decides what the folder holds."""
    total = hashlib.sha256()
    for name in SOURCES:
        total.update((ROOT / name).read_bytes())
    return total.hexdigest()


def is_current(made: str) -> bool:
    """Whether the folder was made from today's sources and every file is whole."""
    try:
        manifest = json.loads((VENDOR / "manifest.json").read_text("utf-8"))
        return manifest["made_from"] == made and all(
            digest(VENDOR / path) == expected for path, expected in manifest["files"].items()
        )
    except (OSError, ValueError, KeyError):
        return False


def has_test_packages() -> bool:
    return all((MODULES / name / "package.json").is_file() for name in TEST_PACKAGES)


def install(*, with_tests: bool) -> None:
    """`npm ci`: exactly the lock, sums checked, no script of any package run."""
    npm, path = find_npm()
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    command += ["--no-update-notifier", "--loglevel=error"]
    if not with_tests:
        command.append("--omit=dev")
    if subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path}, check=False).returncode:
        raise Unfit("npm ci failed (its own words stand above); is the package registry reachable?")


def find_npm() -> tuple[str, str]:
    """npm and the PATH to run it with: the machine's, else one installed beside this Python."""
    path = os.environ.get("PATH", os.defpath)
    if shutil.which("npm") and shutil.which("node"):
        return str(shutil.which("npm")), path
    beside = str(Path(sys.executable).parent)
    if not shutil.which("npm", path=beside):
        lock = ROOT / "requirements" / "node.txt"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r"]
        if subprocess.run([*pip, str(lock)], check=False).returncode:
            raise Unfit("there is no npm here and requirements/node.txt could not be installed")
    found = shutil.which("npm", path=beside)
    if found is None:
        raise Unfit("there is no npm here: install Node.js 20 or newer")
    return found, beside + os.pathsep + path


def assemble(made: str) -> None:
    """Fill the draft folder, then put it in the place of the old one."""
    chosen = tomllib.loads((ROOT / "tools" / "icons.toml").read_text("utf-8"))
    shutil.rmtree(DRAFT, ignore_errors=True)
    (DRAFT / "pic").mkdir(parents=True)
    (DRAFT / "licences").mkdir()
    shutil.copyfile(MODULES / "htmx.org" / "dist" / "htmx.min.js", DRAFT / "htmx.min.js")
    draw_pictures(chosen["pictures"]["package"], chosen["pictures"]["names"])
    draw_signs(chosen["signs"]["package"], chosen["signs"]["names"])
    packages = [package(name) for name in wanted_packages()]
    for each in packages:
        (DRAFT / "licences" / f"{each.slug}.txt").write_text(licence_text(each), "utf-8")
    write_manifest(made, packages)
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.parent.mkdir(exist_ok=True)
    DRAFT.rename(VENDOR)


def wanted_packages() -> list[str]:
    """What package.json names for the application itself."""
    named: dict[str, str] = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    return sorted(named)


def package(name: str) -> Package:
    facts = json.loads((MODULES / name / "package.json").read_text("utf-8"))
    return Package(name, facts["version"], facts["license"])


def draw_pictures(source: str, names: list[str]) -> None:
    """One SVG file for each drawing."""
    icons = json.loads((MODULES / source / "icons.json").read_text("utf-8"))
    width, height = icons["width"], icons["height"]
    for name in names:
        if name not in icons["icons"]:
            raise Unfit(f"{source} has no drawing {name!r}: mend tools/icons.toml")
        body = icons["icons"][name]["body"]
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{body}</svg>'
        (DRAFT / "pic" / f"{name}.svg").write_text(svg + "\n", "utf-8")


def draw_signs(source: str, names: list[str]) -> None:
    """All signs as symbols of one sprite, drawn in the colour of the text around them."""
    symbols = []
    for name in names:
        path = MODULES / source / "icons" / f"{name}.svg"
        found = INNER_SVG.search(path.read_text("utf-8")) if path.is_file() else None
        if found is None:
            raise Unfit(f"{source} has no sign {name!r}: mend tools/icons.toml")
        body = " ".join(found[1].split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24" {STROKES}>{body}</symbol>')
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (DRAFT / "icons.svg").write_text(sprite, "utf-8")


def licence_text(each: Package) -> str:
    """The package's own; for an MIT set without one, the MIT text in its author's name."""
    for name in ("LICENSE", "LICENSE.md", "LICENSE.txt", "license.txt"):
        if (each.folder / name).is_file():
            return (each.folder / name).read_text("utf-8")
    facts = json.loads((each.folder / "info.json").read_text("utf-8"))
    if each.licence != "MIT" or facts["license"]["spdx"] != "MIT":
        raise Unfit(f"{each.name} carries no licence text")
    ours = (ROOT / "LICENSE").read_text("utf-8")
    return re.sub(r"Copyright \(c\) .*", f"Copyright (c) {facts['author']['name']}", ours)


def write_manifest(made: str, packages: list[Package]) -> None:
    files = {
        path.relative_to(DRAFT).as_posix(): digest(path)
        for path in sorted(DRAFT.rglob("*"))
        if path.is_file()
    }
    rows = [
        {
            "name": p.name,
            "version": p.version,
            "licence": p.licence,
            "text": f"licences/{p.slug}.txt",
        }
        for p in packages
    ]
    manifest = {"made_from": made, "packages": rows, "files": files}
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (DRAFT / "manifest.json").write_text(text + "\n", "utf-8")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
