"""Loaded by tests/conftest.py: what goes wrong is told at once, so that a run which is stopped from
outside has said it."""

from __future__ import annotations

import pytest

MOST = 30  # lines of one failure; the rest stands at the end of the run


class Telling:
    """Prints each failure as it comes in; with several workers their reports arrive here too."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            tell = self._config.get_terminal_writer().line
            tell()
            tell(f"failed just now ({report.when}): {report.nodeid}", red=True)
            for line in report.longreprtext.splitlines()[-MOST:]:
                tell(f"    {line}")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Telling(config), "telling")
