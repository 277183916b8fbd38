"""What is on sale stands as it is until an edit of it is through as a whole."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import ChangeSet, Listing
from marketplace.catalog.states import ChangeState, ListingState
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.kernel.money import Money
from marketplace.regions import service as regions
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.catalog import a_listing, a_sheet, some_goods
from tests.makers.suppliers import COUNTY, an_approved_supplier


@pytest.fixture
def melon(people: People) -> Listing:
    """A good on sale for 59.00."""
    an_approved_supplier(people)
    return a_listing(people)


def now(people: People, listing: Listing) -> Listing:
    with people.runtime.reading() as session:
        return session.get_one(Listing, listing.id)


def edited(people: People, listing: Listing, **changes: object) -> ChangeSet | None:
    with people.runtime.work(people.actor("supplier")) as w:
        return service.revise(w, listing.id, some_goods(**changes))


def proposed(people: People, listing: Listing, **changes: object) -> ChangeSet:
    made = edited(people, listing, **changes)
    assert made is not None
    assert made.state is ChangeState.PROPOSED
    return made


def seen(change: ChangeSet) -> str:
    return rules.seen_of(change.base, change.fingerprint)


def approved(people: People, change: ChangeSet) -> None:
    with people.runtime.work(people.actor("reviewer")) as w:
        service.approve_change(w, change.id, seen(change))


def all_changes(people: People) -> list[ChangeSet]:
    with people.runtime.reading() as session:
        return list(session.scalars(select(ChangeSet).order_by(ChangeSet.at, ChangeSet.state)))


def test_a_good_on_sale_stays_as_it_is_until_its_edit_is_approved(
    people: People, melon: Listing
) -> None:
    """P16: nothing of a proposal is seen or bought, and the good never leaves the zone."""
    change = proposed(people, melon, title="示例 伽师瓜 特大")
    stands = now(people, melon)
    assert (stands.state, stands.title) == (ListingState.ON_SALE, "示例 伽师瓜 2 个装")
    assert (stands.fingerprint, stands.version) == (melon.fingerprint, melon.version)
    with people.runtime.reading() as session:
        assert queries.offer(session, melon.id, people.runtime.clock.now())
    approved(people, change)
    after = now(people, melon)
    assert (after.state, after.title) == (ListingState.ON_SALE, "示例 伽师瓜 特大")
    assert after.fingerprint == change.fingerprint


def test_an_approved_edit_brings_all_of_it_villages_included(
    people: People, melon: Listing
) -> None:
    with people.runtime.work() as w:
        regions.add_village(w, COUNTY, "示例村")
    change = proposed(people, melon, villages=("示例村",), storage="冷藏", sale_price=Money(70_00))
    assert set(change.fields) == {"villages", "storage", "sale_price"}
    approved(people, change)
    after = now(people, melon)
    assert (after.storage, after.sale_price) == ("冷藏", Money(70_00))
    with people.runtime.reading() as session:
        assert [v.name for v in queries.villages(session, melon.id)] == ["示例村"]
        assert rules.fingerprint_of(queries.content(session, after)) == after.fingerprint


def test_a_price_cut_counts_at_once_and_stands_on_record(people: People, melon: Listing) -> None:
    change = edited(people, melon, sale_price=Money(49_00))
    assert change is not None
    assert (change.state, change.rules) == (ChangeState.APPROVED, ["price-cut"])
    assert change.decided_by is None
    assert now(people, melon).sale_price == Money(49_00)
    with people.runtime.reading() as session:
        verbs = session.scalars(
            select(TrailEntry.verb).order_by(TrailEntry.number.desc()).limit(2)
        ).all()
    assert set(verbs) == {"pass", "edit"}


def test_a_price_may_rise_by_its_share_and_not_by_more(people: People, melon: Listing) -> None:
    assert edited(people, melon, sale_price=Money(64_90)).rules == ["small-rise"]  # type: ignore[union-attr]  # an edit
    proposed(people, melon, sale_price=Money(64_91))
    assert now(people, melon).sale_price == Money(64_90)


def test_small_rises_do_not_add_up_to_a_large_one(people: People, melon: Listing) -> None:
    for price in (60_00, 62_00, 64_00, 64_90):
        edited(people, melon, sale_price=Money(price))
    assert now(people, melon).sale_price == Money(64_90)
    said = {"storage": "阴凉"}  # who approves this is not asked about the price
    approved(people, proposed(people, melon, sale_price=Money(64_90), **said))
    change = proposed(people, melon, sale_price=Money(65_00), **said)
    approved(people, change)  # but here: it is measured from now on
    assert edited(people, melon, sale_price=Money(71_00), **said).rules == ["small-rise"]  # type: ignore[union-attr]  # an edit


def test_an_edit_that_is_partly_harmless_waits_as_a_whole(people: People, melon: Listing) -> None:
    proposed(people, melon, title="示例 别的瓜", sale_price=Money(49_00), dispatch_hours=24)
    stands = now(people, melon)
    assert (stands.sale_price, stands.dispatch_hours) == (Money(59_00), None)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"dispatch_hours": 24}, "dispatch"),
        ({"no_delivery_to": "西藏"}, "dispatch"),
        ({"title": "示例  伽师瓜 ２ 个装"}, "same-words"),
    ],
)
def test_low_risk_edits_go_through_by_a_named_rule(
    people: People, melon: Listing, changes: dict[str, object], rule: str
) -> None:
    change = edited(people, melon, **changes)
    assert change is not None
    assert (change.state, change.rules) == (ChangeState.APPROVED, [rule])


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "示例 甜瓜"},
        {"spec": "3个/箱"},
        {"category": "蔬菜"},
        {"county": "会泽县"},
        {"supply_price": Money(50_00)},
        {"freight_included": True},
        {"made_to_order": True},
        {"production_licence": "SC10811310111839"},
    ],
)
def test_texts_origin_and_prices_wait_for_a_person(
    people: People, melon: Listing, changes: dict[str, object]
) -> None:
    assert proposed(people, melon, **changes).rules == []


def test_a_newer_proposal_takes_the_place_of_the_older_one(people: People, melon: Listing) -> None:
    first = proposed(people, melon, title="示例 瓜 甲")
    second = proposed(people, melon, title="示例 瓜 乙")
    assert {one.id: one.state for one in all_changes(people)} == {
        first.id: ChangeState.SUPERSEDED,
        second.id: ChangeState.PROPOSED,
    }
    with pytest.raises(WrongState):
        approved(people, first)


def test_two_proposals_of_one_listing_never_stand_together(people: People, melon: Listing) -> None:
    first = proposed(people, melon, title="示例 瓜 甲")
    again = {c.key: getattr(first, c.key) for c in ChangeSet.__mapper__.column_attrs}
    with people.runtime.work() as w:  # beside one that is decided about, it may stand
        decided = {"id": uuid.uuid4(), "state": ChangeState.REFUSED}
        w.session.add(ChangeSet(**{**again, **decided}))
    with pytest.raises(IntegrityError) as refusal, people.runtime.work() as w:
        w.session.add(ChangeSet(**{**again, "id": uuid.uuid4()}))
    assert re.search(r"ix_mp_change_set_open|mp_change_set\.listing_id", str(refusal.value.orig))


def test_the_same_proposal_again_changes_nothing(people: People, melon: Listing) -> None:
    first = proposed(people, melon, title="示例 瓜 甲")
    assert proposed(people, melon, title="示例 瓜 甲").id == first.id
    assert len(all_changes(people)) == 1


def test_saying_again_what_is_on_sale_takes_the_proposal_back(
    people: People, melon: Listing
) -> None:
    proposed(people, melon, title="示例 瓜 甲")
    assert edited(people, melon) is None
    assert [one.state for one in all_changes(people)] == [ChangeState.WITHDRAWN]


def test_only_what_was_shown_is_approved(people: People, melon: Listing) -> None:
    """P15: what was looked at is what comes on sale."""
    change = proposed(people, melon, title="示例 瓜 甲")
    with pytest.raises(Refused) as refusal, people.runtime.work(people.actor("reviewer")) as w:
        service.approve_change(w, change.id, rules.seen_of(change.base, "0" * 64))
    assert refusal.value.code == "change_changed"
    assert now(people, melon).title == "示例 伽师瓜 2 个装"


def test_an_edit_is_not_applied_to_a_listing_that_has_moved(people: People, melon: Listing) -> None:
    change = proposed(people, melon, title="示例 瓜 甲")
    with people.runtime.work() as w:  # by a hand that knows of no change-sets
        w.session.get_one(Listing, melon.id).fingerprint = "f" * 64
    with pytest.raises(Refused) as refusal:
        approved(people, change)
    assert refusal.value.code == "change_changed"


def test_a_price_cut_while_an_edit_waits_is_carried_into_it(people: People, melon: Listing) -> None:
    change = proposed(people, melon, title="示例 瓜 甲")
    shown = seen(change)
    with people.runtime.work(people.actor("supplier")) as w:
        done = service.reprice(w, melon.id, Money(40_00), Money(50_00))
    assert done is not None
    assert done.rules == ["price-cut"]
    assert now(people, melon).sale_price == Money(50_00)
    with pytest.raises(Refused), people.runtime.work(people.actor("reviewer")) as w:
        service.approve_change(w, change.id, shown)  # it was shown with the old price
    with people.runtime.reading() as session:
        carried = queries.open_change(session, melon.id)
    assert carried is not None
    assert (carried.id, carried.fields) == (change.id, ["title"])
    approved(people, carried)
    after = now(people, melon)
    assert (after.title, after.sale_price) == ("示例 瓜 甲", Money(50_00))


def test_a_large_rise_by_the_price_form_joins_the_edit_that_waits(
    people: People, melon: Listing
) -> None:
    proposed(people, melon, title="示例 瓜 甲")
    with people.runtime.work(people.actor("supplier")) as w:
        joined = service.reprice(w, melon.id, Money(45_00), Money(99_00))
    assert joined is not None
    assert (joined.state, joined.fields) == (ChangeState.PROPOSED, ["title", "sale_price"])
    assert now(people, melon).sale_price == Money(59_00)


def test_an_edit_is_refused_with_the_reason_and_changes_nothing(
    people: People, melon: Listing
) -> None:
    change = proposed(people, melon, title="示例 瓜 甲")
    with pytest.raises(Invalid), people.runtime.work(people.actor("reviewer")) as w:
        service.refuse_change(w, change.id, "  ")
    with people.runtime.work(people.actor("reviewer")) as w:
        service.refuse_change(w, change.id, "品名要写明品种")
    (kept,) = all_changes(people)
    assert (kept.state, kept.note) == (ChangeState.REFUSED, "品名要写明品种")
    assert now(people, melon).title == "示例 伽师瓜 2 个装"


def test_nobody_decides_about_an_edit_of_their_own(people: People, melon: Listing) -> None:
    change = proposed(people, melon, title="示例 瓜 甲")
    changed_sides = replace(people.actor("reviewer"), person_id=people.ids["supplier"])
    for actor in (people.both("supplier", "reviewer"), changed_sides):
        with pytest.raises(SamePerson), people.runtime.work(actor) as w:
            service.approve_change(w, change.id, seen(change))
        with pytest.raises(SamePerson), people.runtime.work(actor) as w:
            service.refuse_change(w, change.id, "不行")


def test_a_stranger_finds_no_edit(people: People, melon: Listing) -> None:
    """P18: another supplier's proposal is missing, and so is its listing."""
    change = proposed(people, melon, title="示例 瓜 甲")
    for name in ("second_supplier", "employee"):
        actor = people.actor(name)
        with pytest.raises(Missing), people.runtime.work(actor) as w:
            service.withdraw_change(w, change.id)
        with pytest.raises((Missing, Forbidden)), people.runtime.work(actor) as w:
            service.approve_change(w, change.id, seen(change))
        with pytest.raises(Missing), people.runtime.work(actor) as w:
            service.reprice(w, melon.id, Money(1_00), Money(2_00))


def test_a_supplier_takes_an_edit_back(people: People, melon: Listing) -> None:
    change = proposed(people, melon, title="示例 瓜 甲")
    with people.runtime.work(people.actor("supplier")) as w:
        service.withdraw_change(w, change.id)
    with pytest.raises(WrongState):
        approved(people, change)


def test_an_edit_falls_with_the_listing_that_leaves_the_zone(
    people: People, melon: Listing
) -> None:
    change = proposed(people, melon, title="示例 瓜 甲")
    with people.runtime.work(people.actor("supplier")) as w:
        service.withdraw(w, melon.id)
    assert [one.state for one in all_changes(people)] == [ChangeState.SUPERSEDED]
    with pytest.raises(WrongState):
        approved(people, change)


def test_an_edit_to_a_county_that_left_the_lists_is_not_approved(
    people: People, melon: Listing
) -> None:
    change = proposed(people, melon, county="会泽县")
    with people.runtime.work() as w:
        kept = w.session.get_one(ChangeSet, change.id)
        kept.content = {**kept.content, "county": "510107"}
        kept.fingerprint = rules.fingerprint_of(kept.content)
    with pytest.raises(service.NotForZone):
        approved(people, kept)


def test_a_stock_number_taken_meanwhile_stops_the_edit(people: People, melon: Listing) -> None:
    change = proposed(people, melon, sku="SL-0002", title="示例 瓜 甲")
    a_listing(people, sku="SL-0002")
    with pytest.raises(Refused) as refusal:
        approved(people, change)
    assert refusal.value.code == "sku_taken"


def test_who_held_the_old_listing_in_hand_looks_again(people: People, melon: Listing) -> None:
    """Failure 39: a good that was edited while it was bought is not sold as it was."""
    change = proposed(people, melon, title="示例 瓜 甲", sale_price=Money(80_00))
    approved(people, change)
    assert now(people, melon).version > melon.version
    with people.runtime.work(people.actor("employee")) as w:
        ends_at = w.now + timedelta(minutes=30)
        service.hold(w, melon.id, 1, ends_at)
        bought = w.session.get_one(Listing, melon.id)
        assert (bought.title, bought.sale_price) == ("示例 瓜 甲", Money(80_00))


def imported(people: People, *rows: dict[str, str]) -> rules.ImportReport:
    with people.runtime.work(people.actor("supplier")) as w:
        supplier_id = w.session.scalars(select(Listing.supplier_id)).first()
        assert supplier_id is not None
        return service.import_sheet(w, supplier_id, a_sheet(*rows), "商品.csv")


def test_a_sheet_proposes_what_a_form_would_and_counts_every_row(people: People) -> None:
    """P23: created + updated + unchanged + refused is what was read, for goods on sale as well."""
    an_approved_supplier(people)
    for n in (1, 2, 3):
        a_listing(people, sku=f"SL-000{n}", net_content="5千克")
    rows = (
        {"品名": "示例 另一种瓜"},  # waits
        {"售价": "49.00"},  # a cut: at once
        {},  # as it is
        {"品名": "示例 新的瓜"},  # new
    )
    report = imported(people, *rows)
    assert (report.created, report.updated, report.unchanged, report.refused) == (1, 2, 1, 0)
    assert sorted(one.state for one in all_changes(people)) == ["approved", "proposed"]
    with people.runtime.reading() as session:
        found = session.execute(
            select(Listing.title, Listing.sale_price, Listing.state)
            .where(Listing.state == ListingState.ON_SALE)
            .order_by(Listing.sku)
        ).all()
    assert [row.sale_price.fen for row in found] == [59_00, 49_00, 59_00]
    assert {row.title for row in found} == {"示例 伽师瓜 2 个装"}


def test_the_same_sheet_twice_changes_nothing_also_while_its_edits_wait(people: People) -> None:
    """Failure 38: what waits from the first time is not proposed again."""
    an_approved_supplier(people)
    a_listing(people, net_content="5千克")
    imported(people, {"品名": "示例 另一种瓜"})
    with people.runtime.reading() as session:
        rows = session.scalar(select(func.count()).select_from(ChangeSet))
    report = imported(people, {"品名": "示例 另一种瓜"})
    assert (report.updated, report.unchanged) == (0, 1)
    assert len(all_changes(people)) == rows == 1


def test_a_newer_sheet_supersedes_and_a_cut_in_it_is_carried(people: People) -> None:
    an_approved_supplier(people)
    listing = a_listing(people, net_content="5千克")
    imported(people, {"品名": "示例 另一种瓜"})
    imported(people, {"售价": "50.00"})  # the old title, a lower price: at once
    assert now(people, listing).sale_price == Money(50_00)
    with people.runtime.reading() as session:
        waits = queries.open_change(session, listing.id)
    assert waits is not None
    assert waits.fields == ["title"]
    imported(people, {"品名": "示例 第三种瓜", "售价": "50.00"})
    assert sorted(one.state for one in all_changes(people)) == [
        "approved",
        "proposed",
        "superseded",
    ]
    with people.runtime.work() as w:
        waits = queries.open_change(w.session, listing.id)
    assert waits is not None
    approved(people, waits)
    assert now(people, listing).title == "示例 第三种瓜"
