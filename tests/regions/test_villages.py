"""Villages lie in a county in use; what was made for the demonstration says so."""

from __future__ import annotations

from uuid import uuid4

import pytest

from marketplace.kernel.errors import Invalid, Missing
from marketplace.regions import queries, service
from marketplace.work import Work


def test_a_village_is_kept_with_todays_code_of_its_county(w: Work) -> None:
    village = service.add_village(w, "542421", "示例村", households=86, is_example=True)
    assert queries.village(w.session, village.id).county_code == "540602"
    assert [v.name for v in queries.villages_of(w.session, "540602")] == ["示例村"]
    assert village.is_example


@pytest.mark.parametrize("code", ["321100", "999999", "130103"])
def test_a_village_in_a_prefecture_or_nowhere_is_refused(w: Work, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        service.add_village(w, code, "示例村")
    assert refusal.value.data["field"] == "county"


@pytest.mark.parametrize(
    ("name", "households", "field"), [("  ", None, "name"), ("村", 0, "households")]
)
def test_a_village_without_name_or_with_no_households_is_refused(
    w: Work, name: str, households: int | None, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        service.add_village(w, "653129", name, households=households)
    assert refusal.value.data["field"] == field


def test_an_unknown_village_is_missing(w: Work) -> None:
    with pytest.raises(Missing):
        queries.village(w.session, uuid4())
