"""`verify` finds what somebody changed behind the services' back, and names it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from click.testing import CliRunner

from marketplace.commands import main
from marketplace.commands.demo import DATABASE


def verify(data: Path, *options: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(main, ["verify", "--data", str(data), *options])
    return outcome.exit_code, outcome.stdout


@contextmanager
def behind_the_back(data: Path) -> Iterator[sqlite3.Connection]:
    """Straight at the file, as an intruder or a careless hand would."""
    with closing(sqlite3.connect(data / DATABASE)) as found, found:
        yield found


def test_the_demonstration_is_in_order(filled: Path) -> None:
    """P36: every check of one run, on the whole demonstration."""
    code, told = verify(filled)
    assert code == 0
    assert "✗" not in told


def test_its_outcome_can_be_read_by_machines(filled: Path) -> None:
    """P36: as JSON, with an exit code."""
    code, told = verify(filled, "--json")
    outcome = json.loads(told)
    assert code == 0
    assert outcome["ok"] is True
    assert set(map(tuple, outcome["checks"].values())) == {()}


def test_a_changed_ledger_entry_is_found(copied: Path) -> None:
    """P1, P36: by verify."""
    with behind_the_back(copied) as file:
        entry, key = file.execute(
            "SELECT e.id, t.key FROM mp_journal_entry e"
            " JOIN mp_journal_transaction t ON t.id = e.transaction_id"
            " WHERE t.key LIKE 'order-paid:%' ORDER BY t.key LIMIT 1"
        ).fetchone()
        file.execute("DROP TRIGGER mp_journal_entry_no_update")
        file.execute("UPDATE mp_journal_entry SET amount = amount + 1 WHERE id = ?", (entry,))
    code, told = verify(copied)
    assert code == 1
    assert key in told


def test_a_changed_stock_count_is_found(copied: Path) -> None:
    """P10, P36: by verify."""
    with behind_the_back(copied) as file:
        file.execute(
            "UPDATE mp_listing SET available = available - 3, sold = sold + 3 WHERE sku = 'XJ-001'"
        )
    code, told = verify(copied)
    assert code == 1
    assert "XJ-001" in told


def test_a_changed_row_of_the_trail_is_found(copied: Path) -> None:
    """P30, P36: by verify."""
    with behind_the_back(copied) as file:
        file.execute("DROP TRIGGER mp_trail_no_update")
        file.execute("UPDATE mp_trail SET actor = 'somebody else' WHERE number = 77")
    code, told = verify(copied)
    assert code == 1
    assert "row 77" in told


def test_a_listing_whose_county_lost_its_designation_is_found(copied: Path) -> None:
    with behind_the_back(copied) as file:
        file.execute("DELETE FROM mp_designation WHERE county_code = '611026'")
    code, told = verify(copied)
    assert code == 1
    assert "SX-001" in told
    assert "611026" in told


def test_the_faults_stand_in_the_json_under_their_check(copied: Path) -> None:
    with behind_the_back(copied) as file:
        file.execute(
            "UPDATE mp_listing SET sold = sold - 1, reserved = reserved + 1 WHERE sku = 'YN-010'"
        )
    code, told = verify(copied, "--json")
    outcome = json.loads(told)
    assert code == 1
    assert outcome["ok"] is False
    assert any("YN-010" in fault for fault in outcome["checks"]["stock adds up"])
    assert outcome["checks"]["the trail is unbroken"] == []
