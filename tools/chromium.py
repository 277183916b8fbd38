"""Find a Chromium for the browser tests; `--install` fetches one from the system's packages.

Installs only where the user may (root, or sudo without a password), with a Chinese font when the
machine has none; otherwise says in one line what to type. Browser tests call `find()`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# the shell draws the same pages without a browser's windows, for little more than half the work
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONT_PACKAGE = "fonts-noto-cjk"
OS_RELEASE = Path("/etc/os-release")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
FONT_FILES = ("*CJK*", "wqy-*", "SourceHan*", "NotoSansSC*", "NotoSerifSC*")


def find() -> str | None:
    """The path of a Chromium that answers, or None. `CHROMIUM` in the environment goes first."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        path = shutil.which(name) if name else None
        if path and answers(path):
            return path
    return None


def answers(path: str) -> bool:
    """Whether it starts: some systems carry a stub that only tells where to find the real one."""
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def has_chinese_font() -> bool:
    return any(
        next(folder.rglob(pattern), None) is not None
        for folder in FONT_FOLDERS
        if folder.is_dir()
        for pattern in FONT_FILES
    )


def browser_package() -> str:
    """What this system calls it: Debian has the shell by itself, Ubuntu `chromium-browser`."""
    known = OS_RELEASE.read_text("utf-8").splitlines() if OS_RELEASE.is_file() else []
    return {"ID=debian": SHELL, "ID=ubuntu": "chromium-browser"}.get(
        next((line for line in known if line.startswith("ID=")), ""), "chromium"
    )


def wanted() -> list[str]:
    """The system packages that are missing here."""
    packages = [] if find() else [browser_package()]
    return packages if has_chinese_font() else [*packages, FONT_PACKAGE]


def lighter() -> list[str]:
    """The shell, where this system has it beside another browser: good to have, no need."""
    return [SHELL] if browser_package() == SHELL and not shutil.which(SHELL) else []


def privilege() -> list[str] | None:
    """What stands before apt-get here; None when this user may not install."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], check=False).returncode == 0:
        return sudo
    return None


def install(packages: list[str]) -> None:
    """From the system's packages. What happened is judged by looking again, not by exit codes."""
    before = privilege()
    if before is None:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    alone = ["install", "-y", "-qq", "--no-install-recommends"]  # one unknown name stops no other
    for verb in (["update", "-qq"], *([*alone, package] for package in packages)):
        subprocess.run([*before, "apt-get", *verb], env=quiet, check=False)


def main(arguments: list[str]) -> int:
    missing = wanted()
    if "--install" in arguments and (asked := dict.fromkeys([*lighter(), *missing])):
        install(list(asked))
        missing = wanted()
    if missing:
        print(
            f"The browser tests need {' and '.join(missing)}; type:  "
            f"sudo apt-get update && sudo apt-get install -y {' '.join(missing)}",
            file=sys.stderr,
        )
        return 1
    print(f"chromium: {find()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
