"""Lists grow by versions: proposed, compared, confirmed by somebody else, never rewritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text

from catalog_import import Problem
from marketplace.kernel.actor import Actor, Grant, Role
from marketplace.kernel.clock import local_day, start_of_day
from marketplace.kernel.errors import Forbidden, Invalid, Refused, SamePerson, WrongState
from marketplace.regions import queries, service
from marketplace.regions.models import Division, ListVersion
from marketplace.regions.rules import versions
from marketplace.regions.service import ListRefused, NewList, Proposal
from marketplace.regions.states import Standing, VersionState
from marketplace.work import Work
from tests.regions.conftest import NOON

TODAY = local_day(NOON)
SOURCE = Proposal(source="示例文件〔2026〕1号", effective_day=TODAY)
OPERATOR = UUID("00000000-0000-0000-0000-00000000000a")


def manager(name: str) -> Actor:
    return Actor(name, name, frozenset({Grant(Role.MANAGER, OPERATOR)}))


def sheet(*rows: str, heading: str = "县,片区,起始日期,截止日期") -> bytes:
    """One county a row; cells that are not given are empty."""
    width = heading.count(",")
    padded = [row + "," * (width - row.count(",")) for row in rows]
    return "\n".join((heading, *padded)).encode()


@pytest.fixture
def ming(w: Work) -> Work:
    return replace(w, actor=manager("ming"))


@pytest.fixture
def hong(w: Work) -> Work:
    return replace(w, actor=manager("hong"))


def on(w: Work, county: str, slug: str, at: datetime) -> bool:
    column = select(Division.code).where(
        Division.code == county,
        Division.until_year.is_(None),
        queries.designated(Division.code, at, lists=[slug]),
    )
    by_predicate = w.session.scalar(column) is not None
    facts = queries.designations_of(w.session, county, at)
    assert (slug in {fact.slug for fact in facts}) is by_predicate
    return by_predicate


def test_a_proposal_counts_for_nothing_until_somebody_else_confirms_it(
    ming: Work, hong: Work
) -> None:
    made = service.propose_file(ming, "key-160", sheet("静宁县"), SOURCE)
    assert not on(ming, "620826", "key-160", NOON)
    with pytest.raises(SamePerson):
        service.confirm(ming, made.id)
    service.confirm(hong, made.id)
    assert on(ming, "620826", "key-160", NOON)
    assert made.decided_by == "hong"
    with pytest.raises(WrongState):
        service.confirm(hong, made.id)


def test_what_was_true_before_is_still_answered_after_a_newer_version(
    ming: Work, hong: Work
) -> None:
    """P16: a county dropped by a newer version was designated until that instant, not after."""
    dropped = "513226"  # 金川县
    later = replace(SOURCE, effective_day=TODAY + timedelta(days=10))
    service.confirm(hong, service.propose_file(ming, "key-160", sheet("静宁县"), later).id)
    begins = start_of_day(later.effective_day)
    for at, county, expected in (
        (NOON, dropped, True),
        (begins - timedelta(seconds=1), dropped, True),
        (begins, dropped, False),
        (begins - timedelta(seconds=1), "620826", False),
        (begins, "620826", True),
    ):
        assert on(ming, county, "key-160", at) is expected
    assert len(queries.counties_on(ming.session, "key-160", NOON)) == 92
    assert len(queries.counties_on(ming.session, "key-160", begins)) == 1


def test_a_version_never_begins_before_it_was_confirmed(ming: Work, hong: Work) -> None:
    made = service.propose_file(ming, "key-160", sheet("静宁县"), SOURCE)
    evening = NOON + timedelta(hours=6)
    service.confirm(replace(hong, now=evening), made.id)
    assert made.starts_at == evening
    assert on(ming, "513226", "key-160", evening - timedelta(seconds=1))
    assert not on(ming, "620826", "key-160", evening - timedelta(seconds=1))


def test_a_day_that_is_over_is_no_effective_day(ming: Work) -> None:
    past = replace(SOURCE, effective_day=TODAY - timedelta(days=1))
    with pytest.raises(Invalid, match="effective_day_past"):
        service.propose_file(ming, "key-160", sheet("静宁县"), past)


def test_the_dates_of_an_entry_and_of_its_version_both_count(ming: Work, hong: Work) -> None:
    rows = sheet("静宁县,,2026-12-01,2026-12-31")
    service.confirm(hong, service.propose_file(ming, "key-160", rows, SOURCE).id)
    first, last = start_of_day(date(2026, 12, 1)), start_of_day(date(2027, 1, 1))
    for at, expected in (
        (first - timedelta(seconds=1), False),
        (first, True),
        (last - timedelta(seconds=1), True),
        (last, False),
    ):
        assert on(ming, "620826", "key-160", at) is expected


def test_the_difference_names_what_was_added_removed_changed_renamed_and_moved(
    ming: Work, hong: Work
) -> None:
    new = service.add_list(ming, NewList("示例名录", "Example list"))
    head = "县,名录中的名称,摘帽年份"
    first = sheet(
        "653129,伽师县,2020", "621121,通渭县,2020", "520221,水城县,2020", "530827,孟连县,2019",
        "532932,鹤庆县,2018", heading=head,
    )  # fmt: skip
    with pytest.raises(ListRefused):  # 520221 was split: it stands for no one county
        service.propose_file(ming, new.slug, first, SOURCE)
    first = first.replace(b"520221", b"520204")
    service.confirm(hong, service.propose_file(ming, new.slug, first, SOURCE).id)
    second = sheet(
        "653129,伽师县,2020", "621121,通渭县,2019", "520201,水城县,2020",
        "530827,孟连傣族拉祜族佤族自治县,2019", "431227,新晃县,2018", heading=head,
    )  # fmt: skip
    made = service.propose_file(ming, new.slug, second, SOURCE)
    found = queries.difference(ming.session, made)
    assert [entry.name for entry in found.added] == ["新晃县"]
    assert [entry.name for entry in found.removed] == ["鹤庆县"]
    assert [(c.after.name, c.fields) for c in found.changed] == [("通渭县", ("exit_year",))]
    assert [c.before.name for c in found.renamed] == ["孟连县"]
    assert [(c.before.county, c.after.county) for c in found.moved] == [("520204", "520201")]
    assert found.same == 1
    assert set(found.counties) == {"431227", "532932", "621121", "530827", "520204", "520201"}


def test_a_broken_sheet_is_refused_whole_with_every_row_and_reason(ming: Work) -> None:
    before = len(queries.versions_of(ming.session, "832"))
    rows = sheet(
        "伽师县,,2026-13-01", "城关区", "火星县", "云南省", "静宁县,,2026-05-01,2026-04-01",
        "通渭县", "621121",
    )  # fmt: skip
    with pytest.raises(ListRefused) as refusal:
        service.propose_file(ming, "832", rows, SOURCE)
    told = [(p.row, p.code if isinstance(p, Problem) else p.fault.code)
            for p in refusal.value.problems]  # fmt: skip
    assert told == [
        (2, "day_unclear"),
        (3, "county_ambiguous"),
        (4, "county_unknown"),
        (5, "county_too_wide"),
        (6, "ends_before_start"),
        (8, "county_twice"),
    ]
    assert len(queries.versions_of(ming.session, "832")) == before


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"name\n", b"PK\x03\x04"])
def test_what_is_no_sheet_is_refused_with_a_reason(ming: Work, content: bytes) -> None:
    with pytest.raises(ListRefused) as refusal:
        service.propose_file(ming, "832", content, SOURCE)
    assert refusal.value.problems


def test_the_same_list_again_is_no_proposal(ming: Work, hong: Work) -> None:
    service.confirm(hong, service.propose_file(ming, "key-160", sheet("静宁县"), SOURCE).id)
    with pytest.raises(Refused, match="list_unchanged"):
        service.propose_file(ming, "key-160", sheet("静宁县"), SOURCE)


def test_of_two_proposals_only_one_is_confirmed_against_the_version_it_was_compared_with(
    ming: Work, hong: Work
) -> None:
    """P15: what was shown is what takes effect; a newer version voids the comparison."""
    one = service.propose_file(ming, "key-160", sheet("静宁县"), SOURCE)
    other = service.propose_file(ming, "key-160", sheet("通渭县"), SOURCE)
    service.confirm(hong, one.id)
    with pytest.raises(Refused, match="list_changed_since"):
        service.confirm(hong, other.id)
    service.discard(ming, other.id)
    assert other.state is VersionState.DISCARDED


def test_a_version_cannot_come_before_one_that_begins_later(ming: Work, hong: Work) -> None:
    later = replace(SOURCE, effective_day=TODAY + timedelta(days=10))
    service.confirm(hong, service.propose_file(ming, "key-160", sheet("静宁县"), later).id)
    sooner = service.propose_file(ming, "key-160", sheet("通渭县"), SOURCE)
    with pytest.raises(Refused, match="starts_before_newest"):
        service.confirm(hong, sooner.id)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER, Role.SYSTEM}))
def test_only_managers_propose_and_confirm_lists(w: Work, ming: Work, role: Role) -> None:
    somebody = replace(w, actor=Actor("x", "x", frozenset({Grant(role, OPERATOR)})))
    made = service.propose_file(ming, "832", sheet("静宁县"), SOURCE)
    for deed in (
        lambda: service.propose_file(somebody, "832", sheet("通渭县"), SOURCE),
        lambda: service.propose_counties(somebody, "832", "通渭县", SOURCE),
        lambda: service.propose_again(somebody, "832", SOURCE),
        lambda: service.add_list(somebody, NewList("甲", "A")),
        lambda: service.confirm(somebody, made.id),
        lambda: service.discard(somebody, made.id),
    ):
        with pytest.raises(Forbidden):
            deed()


def test_an_own_list_opens_the_zone_only_when_that_was_chosen_and_confirmed(
    ming: Work, hong: Work
) -> None:
    kunshan = "320583"
    own = service.add_list(ming, NewList("示例银行定点帮扶县", "Example Bank's own counties",
                                         owner_name="示例银行"))  # fmt: skip
    service.confirm(hong, service.propose_counties(ming, own.slug, "昆山市\n伽师县\n", SOURCE).id)
    assert on(ming, kunshan, own.slug, NOON)
    assert not queries.is_designated(ming.session, kunshan, NOON)
    chosen = replace(SOURCE, qualifies=True)
    later = NOON + timedelta(hours=1)
    opened = service.propose_again(ming, own.slug, chosen)
    service.confirm(replace(hong, now=later), opened.id)
    assert not queries.is_designated(ming.session, kunshan, NOON)
    assert queries.is_designated(ming.session, kunshan, later)
    predicate = select(Division.code).where(
        Division.code == kunshan, queries.designated(Division.code, NOON)
    )
    assert ming.session.scalar(predicate) is None
    deeds = [(d.verb, d.data["list"], d.actor) for d in ming.deeds if d.data]
    assert ("propose", own.slug, "ming") in deeds
    assert ("confirm", own.slug, "hong") in deeds


def test_a_list_known_in_part_never_says_that_a_county_is_not_on_it(w: Work) -> None:
    """Jingning in Gansu may be on the list of 160; Jiangsu and Sichuan are known whole."""
    for county, expected in (
        ("513226", Standing.ON),
        ("510105", Standing.NOT_ON),  # of Sichuan, complete
        ("320583", Standing.NOT_ON),  # of Jiangsu, which has none
        ("620826", Standing.UNKNOWN),  # of Gansu
        ("530827", Standing.UNKNOWN),  # of Yunnan, 11 of 27
        ("610722", Standing.UNKNOWN),  # Shaanxi
    ):
        answers = {a.about.slug: a.standing for a in queries.standings(w.session, county, NOON)}
        assert answers["key-160"] is expected, county
        assert answers["832"] is not Standing.UNKNOWN


def test_completeness_per_province_is_kept_as_data(w: Work) -> None:
    key = queries.list_in_force(w.session, "key-160", NOON)
    whole = {code for code, (has, known) in key.provinces.items() if has == known}
    assert whole == {"150000", "450000", "500000", "510000", "520000"}
    assert key.known_in_part == {
        "530000": (27, 11), "610000": (11, 2), "620000": (23, 0), "630000": (15, 0),
        "640000": (5, 0),
    }  # fmt: skip
    assert sum(has for has, _known in key.provinces.values()) == key.entries == 160


@pytest.mark.parametrize(
    ("provinces", "entries", "code"),
    [
        ({"甘肃": 2, "云南": 3}, 6, "provinces_do_not_add_up"),
        ({"火星": 6}, 6, "province_unknown"),
        ({"云南": 6}, 6, "province_has_more"),
        ({}, 0, "entries_too_few"),
    ],
)
def test_numbers_that_do_not_add_up_are_refused_beside_their_field(
    ming: Work, provinces: dict[str, int], entries: int, code: str
) -> None:
    said = replace(SOURCE, entries=entries, provinces=provinces)
    with pytest.raises(Invalid) as refusal:
        service.propose_file(ming, "key-160", sheet("静宁县"), said)
    assert refusal.value.code == code
    assert refusal.value.data["field"] in {"provinces", "entries"}


def test_provinces_of_a_partial_list_may_be_said_by_name(ming: Work, hong: Work) -> None:
    said = replace(SOURCE, entries=3, provinces={"甘肃": 2, "云南省": 1})
    service.confirm(hong, service.propose_file(ming, "key-160", sheet("静宁县"), said).id)
    found = queries.list_in_force(ming.session, "key-160", NOON)
    assert found.provinces == {"530000": (1, 0), "620000": (2, 1)}
    assert not found.is_certain("620123")
    assert found.is_certain("513226")


def test_a_newer_package_does_not_overwrite_an_operators_newer_list(
    ming: Work, hong: Work, tables: Path
) -> None:
    service.confirm(hong, service.propose_file(ming, "key-160", sheet("静宁县"), SOURCE).id)
    table = tables / "designations.csv"
    table.write_text(table.read_text("utf-8").replace("2021-08-27", "2021-08-28"), "utf-8")
    service.load_facts(ming, tables)
    assert [fact.county_name for fact in queries.counties_on(ming.session, "key-160", NOON)] == [
        "静宁县"
    ]
    waiting = [v for v in queries.proposals(ming.session) if v.list_slug == "key-160"]
    assert [v.origin for v in waiting] == ["packaged"]
    service.load_facts(ming, tables)  # again: not proposed twice
    assert len(queries.proposals(ming.session)) == len(waiting)


def test_a_newer_package_makes_a_new_version_and_keeps_the_old_one(w: Work, tables: Path) -> None:
    table = tables / "designations.csv"
    kept = table.read_text("utf-8").splitlines()
    table.write_text("\n".join(row for row in kept if not row.startswith("832,1,")) + "\n")
    lists = tables / "lists.csv"
    lists.write_text(lists.read_text("utf-8").replace(",832,832,", ",831,831,", 1), "utf-8")
    later = replace(w, now=NOON + timedelta(days=1))
    service.load_facts(later, tables)
    assert on(w, "130631", "832", NOON)
    assert not on(w, "130631", "832", later.now)
    assert [v.number for v in queries.versions_of(w.session, "832")] == [2, 1]


def test_every_confirmed_version_is_one_link_of_an_unbroken_chain(ming: Work, hong: Work) -> None:
    for county in ("静宁县", "通渭县"):
        service.confirm(hong, service.propose_file(ming, "key-160", sheet(county), SOURCE).id)
    chain = sorted(
        ming.session.scalars(select(ListVersion).where(ListVersion.list_slug == "key-160")),
        key=lambda version: version.number,
    )
    assert chain[0].starts_at == versions.BEGINNING
    assert [v.ends_at for v in chain] == [*(v.starts_at for v in chain[1:]), versions.FOREVER]


def test_before_any_entry_began_a_list_says_nothing_yet(w: Work) -> None:
    answers = queries.standings(w.session, "653129", datetime(2014, 1, 1, tzinfo=UTC))
    assert {a.standing for a in answers if a.about.slug == "832"} == {Standing.NOT_ON}


@pytest.mark.parametrize("slugs", [(), ("832",), ("832", "key-160")])
def test_the_predicate_of_every_page_is_answered_from_one_index(
    w: Work, slugs: tuple[str, ...]
) -> None:
    """SQLite's own word: neither the table of entries nor that of versions is opened."""
    if w.session.get_bind().dialect.name != "sqlite":
        pytest.skip("the words of a plan are each database's own; the index is the same")
    wanted = select(Division.code).where(queries.designated(Division.code, NOON, lists=slugs))
    plain = wanted.compile(w.session.get_bind(), compile_kwargs={"literal_binds": True})
    steps = [row[3] for row in w.session.execute(text(f"EXPLAIN QUERY PLAN {plain}"))]
    assert any("COVERING INDEX ix_mp_designation_county" in step for step in steps)
    assert not any("mp_list_version" in step for step in steps)


def test_lists_of_the_same_name_have_addresses_of_their_own(ming: Work) -> None:
    names = [
        service.add_list(ming, NewList("甲", text)).slug for text in ("Our own", "Our own!", "甲")
    ]
    assert names == ["our-own", "our-own-2", "list"]
