"""Take each guard of tests/guards/ out once, in a copy of the project: a test must turn red.

`python tools/guards.py` runs all of them, `python tools/guards.py basket stock` those whose name or
file says so. RED: the test noticed. GREEN: nobody watches this guard. BROKEN: nothing was learned,
and why. Ends with 1 unless all are red. Writes nothing into the project.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
LISTS = ROOT / "tests" / "guards"
LEFT = (".git", ".venv", "node_modules", "var", "build", "__pycache__", ".*_cache")
LONGEST = 180  # seconds of one test; one that only hangs has told nothing
# what a snippet that was cut wrongly leaves behind: no guard was tested then
MISTAKES = re.compile(
    r"\b(?:NameError|UnboundLocalError|SyntaxError|IndentationError|ImportError)\b"
)
PASSED, FAILED = 0, 1  # exit codes of pytest; all others say that no test was run


@dataclass(frozen=True, slots=True)
class Guard:
    """`snippet` stands once in `file`; `without` is the same with the guard taken out; `test` is
    red then, on `database`. `keeps`: the promise, failure or issue that it belongs to."""

    name: str
    file: str
    snippet: str
    without: str
    test: str
    keeps: str
    database: str = "sqlite"

    @property
    def path(self) -> str:
        """Of the file below the root; the one migration is named by a pattern."""
        return next(p.relative_to(ROOT).as_posix() for p in ROOT.glob(self.file))

    @property
    def choice(self) -> str:
        """For -k: not the other database; a test that runs on one alone has no such name."""
        return "not sqlite]" if self.database == "postgresql" else "not postgresql]"


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one guard; `why` is empty for RED."""

    guard: Guard
    outcome: str
    why: str
    seconds: float


def guards() -> list[Guard]:
    """All entries, in the order of the files and of their rows. Raises TypeError for a key that is
    missing or unknown."""
    return [
        Guard(**row)
        for path in sorted(LISTS.glob("*.toml"))
        for row in tomllib.loads(path.read_text("utf-8"))["guard"]
    ]


class Copy:
    """The project once more, in a folder of its own, where guards may be taken out."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(*LEFT), symlinks=True)
        self._turns = 0
        self._green: dict[tuple[str, str], str] = {}
        ours = {name: said for name, said in os.environ.items() if not name.startswith("PYTEST_")}
        self._environment = {**ours, "PYTHONPATH": str(self.root)}
        found = self._run("-c", "import marketplace; print(marketplace.__file__)").stdout.strip()
        if not Path(found).is_relative_to(self.root):
            raise SystemExit(f"guards: the copy would test another package: {found}")

    def see(self, guard: Guard) -> Seen:
        """Run the test with the guard and without it; the file stands as before afterwards."""
        began = time.monotonic()
        file = self.root / guard.path
        whole = file.read_text("utf-8")
        if (times := whole.count(guard.snippet)) != 1:
            return Seen(guard, "BROKEN", f"the snippet stands {times} times", 0)
        self._write(file, whole.replace(guard.snippet, guard.without))
        try:
            outcome, why = self._judged(guard)
        finally:
            self._write(file, whole)
        return Seen(guard, outcome, why, time.monotonic() - began)

    def fault(self, guard: Guard) -> str:
        """Why the test says nothing even with its guard; empty when it is green. Asked once."""
        key = (guard.test, guard.database)
        if key not in self._green:
            report = self._report(guard)
            is_green = report.code == PASSED and report.ran
            self._green[key] = "" if is_green else f"with the guard: {report.said or 'no test'}"
        return self._green[key]

    def _judged(self, guard: Guard) -> tuple[str, str]:
        report = self._report(guard)
        if report.code == PASSED and report.ran:
            return "GREEN", "no test noticed"
        if report.code != FAILED or not report.failed:
            return "BROKEN", report.said or "no test was run"
        if mistake := MISTAKES.search(report.told):
            return "BROKEN", f"{mistake[0]}: {report.said}"
        if "Timeout" in report.said:
            return "BROKEN", f"did not end: {report.said}"
        return "RED", ""

    def _report(self, guard: Guard) -> Report:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "report.xml"
            ran = self._run(
                *("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--durations=0"),
                *("-o", f"timeout={LONGEST}", f"--junitxml={file}", "-k", guard.choice),
                guard.test,
            )
            return Report.read(file, ran)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def _write(self, file: Path, text: str) -> None:
        """Each time with a second of its own: Python knows a compiled file by it."""
        self._turns += 1
        file.write_text(text, "utf-8")
        os.utime(file, (time.time(), 1_000_000_000 + self._turns))


@dataclass(frozen=True, slots=True)
class Report:
    """What pytest wrote of one run: `failed` are tests, not their fixtures nor their imports."""

    code: int
    ran: int
    failed: bool
    said: str  # in one line
    told: str  # all of it

    @classmethod
    def read(cls, file: Path, ran: subprocess.CompletedProcess[str]) -> Report:
        if not file.exists():
            last = (ran.stderr or ran.stdout).strip().splitlines()[-1:]
            return cls(ran.returncode, 0, failed=False, said="".join(last), told="")
        found = ElementTree.parse(file).getroot()  # noqa: S314  # pytest wrote it just now
        cases = list(found.iter("testcase"))
        skipped = sum(1 for case in cases if case.find("skipped") is not None)
        faults = [fault for case in cases for fault in case if fault.tag in {"failure", "error"}]
        said = faults[0].get("message", "").splitlines()[:1] if faults else []
        told = "\n".join(ElementTree.tostring(fault, "unicode") for fault in faults)
        failed = any(fault.tag == "failure" for fault in faults)
        return cls(ran.returncode, len(cases) - skipped, failed, "".join(said)[:200], told)


def seen(wanted: list[Guard], jobs: int, *, whole: bool) -> Iterator[Seen]:
    """Each guard once, in `jobs` copies side by side; told as they come."""
    with tempfile.TemporaryDirectory(prefix="mp-guards-") as folder:
        copies: Queue[Copy] = Queue()
        for number in range(jobs):
            copies.put(Copy(Path(folder) / str(number)))

        def see(guard: Guard) -> Seen:
            copy = copies.get()
            try:
                why = copy.fault(guard) if whole else ""
                return Seen(guard, "BROKEN", why, 0) if why else copy.see(guard)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(see, wanted)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("words", nargs="*", help="only guards whose name, file or test says one")
    asked.add_argument("--jobs", type=int, default=1, help="so many copies side by side")
    asked.add_argument("--quick", action="store_true", help="do not ask first whether it is green")
    given = asked.parse_args()
    wanted = [
        guard
        for guard in guards()
        if not given.words
        or any(word in f"{guard.name} {guard.file} {guard.test}" for word in given.words)
    ]
    counts: Counter[str] = Counter()
    for one in seen(wanted, given.jobs, whole=not given.quick):
        counts[one.outcome] += 1
        test = one.guard.test.removeprefix("tests/")
        print(f"{one.outcome:6} {one.seconds:5.1f} s  {one.guard.name}  ->  {test}", flush=True)
        if one.why:
            print(f"       {one.guard.file}: {one.why}", flush=True)
    print("  ".join(f"{outcome} {count}" for outcome, count in sorted(counts.items())))
    return 0 if set(counts) <= {"RED"} else 1


if __name__ == "__main__":
    sys.exit(main())
