"""The wheel, built as anybody would (through the source distribution), works on its own."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.house.places import ROOT

WALK = """
import sys
from importlib.metadata import entry_points
from pathlib import Path
import marketplace
from marketplace.standalone import create_app

assert Path(marketplace.__file__).is_relative_to(sys.prefix), marketplace.__file__
data = Path(sys.argv[1])
app = create_app({"MARKETPLACE_DATA": data, "SECRET_KEY": "k" * 32, "TRUSTED_HOSTS": "localhost"})
app.extensions["marketplace"].runtime.create_tables()
client = app.test_client()
for address in ("/sign-in", *sys.argv[2:]):
    answer = client.get(address)
    print(address, answer.status_code, len(answer.data))
    assert answer.status_code == 200 and answer.data, address
for group in ("payments", "search", "storage"):
    assert [point.load() for point in entry_points(group=f"marketplace.{group}")], group
"""

# the host of docs/mounting.md: its page with ours inside, and every sheet the page asks for
MOUNT = """
import re, sys
from pathlib import Path
import marketplace
from mall import create_mall

assert Path(marketplace.__file__).is_relative_to(sys.prefix), marketplace.__file__
app = create_mall(Path(sys.argv[1]))
client = app.test_client()
page = client.get("/aid/").get_data(as_text=True)
assert 'class="mp guest"' in page and "<title>" in page and "- Mall</title>" in page, page
sheets = re.findall(r'rel="stylesheet" href="(/aid/static/marketplace/[^"]+)"', page)
assert len(sheets) > 5, sheets
for sheet in sheets:
    with client.get(sheet) as answer:
        assert answer.status_code == 200 and len(answer.get_data()) > 100, sheet
print(len(sheets), "sheets")
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program apart from this checkout; its output, or a failure that shows it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV"))}
    seen = subprocess.run(  # noqa: S603 - our own interpreter and tools
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert seen.returncode == 0, seen.stdout + seen.stderr
    return seen.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Source distribution first, the wheel out of it."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    assert len(list(out.glob("*.tar.gz"))) == 1
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def fresh(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel; what it needs is lent by this one, so nothing is fetched.

    A path line lends packages only: the editable checkout of this environment stays behind.
    """
    home = tmp_path_factory.mktemp("fresh")
    run(sys.executable, "-m", "venv", "--without-pip", home / "venv", cwd=home)
    python = home / "venv" / "bin" / "python"
    run(
        sys.executable, "-m", "uv", "--no-config", "pip", "install",
        "--offline", "--no-deps", "--python", python, wheel, cwd=home,
    )  # fmt: skip
    own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home)
    Path(own.strip(), "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return python


def test_the_wheel_carries_pages_assets_and_licences_and_nothing_of_the_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {
        "catalog_import/__init__.py",
        "marketplace/py.typed",
        "marketplace/static/vendor/htmx.min.js",
        "marketplace/static/vendor/icons.svg",
        "marketplace/static/vendor/licences/lucide-static.txt",
        "marketplace/static/css/guest.css",
        "marketplace/suppliers/schemes/zone.toml",
        "marketplace/templates/marketplace/frame.html",
        "marketplace/templates/marketplace/guest.html",
        "marketplace/translations/en/suppliers.po",
    } <= names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "catalog_import",
        "marketplace",
    }
    assert not [name for name in names if "axe" in name or "__pycache__" in name]


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    kept = {
        path.relative_to(ROOT).as_posix()
        for package in ("marketplace", "catalog_import")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert kept - names == set()


def test_the_installed_wheel_serves_a_page_and_its_assets(fresh: Path, tmp_path: Path) -> None:
    sheets = sorted((ROOT / "static" / "css").glob("*.css"))
    addresses = [f"/static/marketplace/css/{sheets[0].name}",
                 "/static/marketplace/vendor/htmx.min.js"]  # fmt: skip
    run(fresh, "-W", "error", "-c", WALK, tmp_path, *addresses, cwd=tmp_path)


def test_the_installed_wheel_mounts_in_the_host_of_the_document(
    fresh: Path, tmp_path: Path
) -> None:
    document = (ROOT / "docs" / "mounting.md").read_text("utf-8")
    source = document.split("```python\n", 1)[1].split("```", 1)[0]
    (tmp_path / "mall.py").write_text(source, "utf-8")
    (tmp_path / "try.py").write_text(MOUNT, "utf-8")
    assert "sheets" in run(fresh, "-W", "error", "try.py", tmp_path / "data", cwd=tmp_path)


def test_the_installed_wheel_brings_its_command(fresh: Path, tmp_path: Path) -> None:
    told = run(fresh.parent / "marketplace", "--help", cwd=tmp_path)
    assert "demo" in told
    assert "verify" in told
