"""Whoever changes the lists behind the back of the services is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from marketplace.regions import queries, service
from marketplace.regions.models import Designation, ListVersion
from marketplace.work import Work
from tests.regions.conftest import NOON
from tests.regions.test_list_versions import SOURCE, hong, ming, sheet

__all__ = ["hong", "ming"]  # fixtures of that file


def test_lists_that_grew_by_the_services_have_no_faults(ming: Work, hong: Work) -> None:
    for county in ("静宁县", "通渭县"):
        service.confirm(hong, service.propose_file(ming, "key-160", sheet(county), SOURCE).id)
    service.propose_file(ming, "key-160", sheet("静宁县"), SOURCE)
    assert list(queries.faults(ming.session)) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE mp_designation SET holds_until = '2020-01-01 00:00:00' WHERE seq = 7",
         "does not hold when it says"),
        ("UPDATE mp_designation SET qualifies = 0 WHERE county_code = '653129'",
         "does not hold when it says"),
        ("DELETE FROM mp_designation WHERE county_code = '653129' AND list_slug = '832'",
         "831 entries, 832 are said to be known"),
        ("UPDATE mp_list_version SET ends_at = '2026-01-01 00:00:00' WHERE list_slug = '832'",
         "ends and nothing follows"),
        ("UPDATE mp_list_version SET decided_by = NULL WHERE list_slug = '832'",
         "nobody else confirmed it"),
    ],
)  # fmt: skip
def test_a_change_behind_the_back_is_found(w: Work, change: str, told: str) -> None:
    if w.session.get_bind().dialect.name != "sqlite":
        pytest.skip("written in the words of SQLite; the check is the same")
    w.session.execute(text(change))
    w.session.expire_all()
    assert any(told in fault for fault in queries.faults(w.session))


def test_a_gap_between_versions_is_found(ming: Work, hong: Work) -> None:
    made = service.propose_file(ming, "key-160", sheet("静宁县"), SOURCE)
    service.confirm(hong, made.id)
    ming.session.execute(
        update(ListVersion)
        .where(ListVersion.id == made.id)
        .values(starts_at=NOON + timedelta(days=1))
    )
    ming.session.expire_all()
    found = list(queries.faults(ming.session))
    assert any("version 1 does not end where 2 begins" in fault for fault in found)


def test_a_proposal_that_counts_is_found(ming: Work) -> None:
    made = service.propose_file(ming, "key-160", sheet("静宁县"), SOURCE)
    ming.session.execute(
        update(Designation).where(Designation.version_id == made.id).values(holds_from=NOON)
    )
    assert any("nobody confirmed" in fault for fault in queries.faults(ming.session))
