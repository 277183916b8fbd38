"""Nothing comes on sale before somebody else has looked at it, and while its reasons hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from marketplace.catalog import queries, service
from marketplace.catalog.models import Listing
from marketplace.catalog.states import ListingState
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.kernel.money import Money
from marketplace.ports.search import Question
from marketplace.suppliers import service as suppliers
from marketplace.work import Runtime
from tests.fixtures import People
from tests.makers.catalog import a_draft_listing, a_listing, a_submitted_listing, some_goods
from tests.makers.onboarding import a_colleague
from tests.makers.suppliers import a_draft_supplier, an_approved_supplier


def is_visible(runtime: Runtime, listing_id: UUID) -> bool:
    now = runtime.clock.now()
    with runtime.reading() as session:
        found = session.scalars(queries.on_sale(now).where(Listing.id == listing_id)).all()
        assert (listing_id in queries.offers(session, [listing_id], now)) is bool(found)
        return bool(found)


def test_an_approved_listing_is_seen_with_who_sells_it_and_where_it_is_from(
    people: People,
) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    with people.runtime.reading() as session:
        offer = queries.offer(session, listing.id, people.runtime.clock.now())
    assert offer.county.name == "伽师县"
    assert offer.supplier.legal_name == "示例合作社1"
    assert {fact.slug for fact in offer.designations}


@pytest.mark.parametrize("maker", [a_draft_listing, a_submitted_listing])
def test_what_is_not_approved_is_not_seen(people: People, maker) -> None:  # type: ignore[no-untyped-def]  # either maker
    an_approved_supplier(people)
    listing = maker(people)
    assert not is_visible(people.runtime, listing.id)
    with pytest.raises(Missing), people.runtime.reading() as session:
        queries.offer(session, listing.id, people.runtime.clock.now())


def test_goods_are_gone_at_the_instant_a_paper_runs_out(people: People, clock: SetClock) -> None:
    an_approved_supplier(people, until=date(2026, 12, 31))
    listing = a_listing(people)
    end = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    clock.at = end - timedelta(seconds=1)
    assert is_visible(people.runtime, listing.id)
    clock.at = end
    assert not is_visible(people.runtime, listing.id)
    with pytest.raises(service.NotForSale), people.runtime.work() as w:
        service.hold(w, listing.id, 1, end + timedelta(minutes=30))


def test_goods_of_a_supplier_that_is_not_approved_wait(people: People) -> None:
    a_draft_supplier(people)
    listing = a_submitted_listing(people)
    with (
        pytest.raises(service.NotForZone) as refusal,
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.approve(w, listing.id, listing.fingerprint)
    assert refusal.value.code == "supplier_not_approved"


def test_goods_of_a_supplier_without_valid_papers_wait(people: People, clock: SetClock) -> None:
    an_approved_supplier(people, until=date(2026, 12, 31))
    listing = a_submitted_listing(people)
    clock.at = datetime(2027, 1, 2, tzinfo=UTC)
    with (
        pytest.raises(service.NotForZone) as refusal,
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.approve(w, listing.id, listing.fingerprint)
    assert refusal.value.code == "supplier_papers_not_in_force"


def test_goods_from_a_county_on_no_list_are_not_approved(people: People) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    with people.runtime.work() as w:  # a list may end between handing in and deciding
        w.session.get_one(Listing, listing.id).county_code = "510107"
    with (
        pytest.raises(service.NotForZone) as refusal,
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.approve(w, listing.id, listing.fingerprint)
    assert refusal.value.code == "county_not_designated"


def test_nobody_approves_goods_of_their_own_supplier(people: People) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    both = people.both("supplier", "reviewer")
    with pytest.raises(SamePerson), people.runtime.work(both) as w:
        service.approve(w, listing.id, listing.fingerprint)


def test_nobody_approves_what_they_submitted_in_an_earlier_job(people: People) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    changed_sides = replace(people.actor("reviewer"), person_id=people.ids["supplier"])
    with pytest.raises(SamePerson), people.runtime.work(changed_sides) as w:
        service.approve(w, listing.id, listing.fingerprint)


def test_nobody_approves_or_returns_goods_of_their_own_supplier_that_a_colleague_submitted(
    people: People,
) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    both = people.both("reviewer", "supplier")
    with pytest.raises(SamePerson), people.runtime.work(both) as w:
        service.approve(w, listing.id, listing.fingerprint)
    with pytest.raises(SamePerson), people.runtime.work(both) as w:
        service.send_back(w, listing.id, "示例")


def test_nobody_returns_what_they_only_submitted_in_an_earlier_job(people: People) -> None:
    """P15: a colleague had written it."""
    an_approved_supplier(people)
    listing, name = a_draft_listing(people), a_colleague(people)
    with people.runtime.work(people.actor(name)) as w:
        service.submit(w, listing.id)
    changed_sides = replace(people.actor("reviewer"), person_id=people.ids[name])
    with pytest.raises(SamePerson), people.runtime.work(changed_sides) as w:
        service.send_back(w, listing.id, "示例")


@pytest.mark.parametrize("name", ["auditor", "manager"])
def test_who_only_reads_does_not_approve(people: People, name: str) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    with pytest.raises(Forbidden), people.runtime.work(people.actor(name)) as w:
        service.approve(w, listing.id, listing.fingerprint)


def test_a_stranger_finds_no_listing_to_submit(people: People) -> None:
    a_draft_supplier(people)
    listing = a_draft_listing(people)
    for name in ("second_supplier", "reviewer", "employee"):
        with pytest.raises(Missing), people.runtime.work(people.actor(name)) as w:
            service.submit(w, listing.id)


def test_a_listing_is_sent_back_with_the_reason(people: People) -> None:
    a_draft_supplier(people)
    listing = a_submitted_listing(people)
    reviewer = people.actor("reviewer")
    with pytest.raises(Invalid), people.runtime.work(reviewer) as w:
        service.send_back(w, listing.id, "  ")
    with people.runtime.work(reviewer) as w:
        returned = service.send_back(w, listing.id, "规格与品名不符")
    assert (returned.state, returned.note) == (ListingState.RETURNED, "规格与品名不符")


def test_the_same_words_again_leave_goods_on_sale(people: People) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    with people.runtime.work(people.actor("supplier")) as w:
        service.revise(w, listing.id, some_goods())
    assert is_visible(people.runtime, listing.id)


def test_withdrawn_goods_are_gone_and_may_be_offered_anew(people: People) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    with people.runtime.work(people.actor("supplier")) as w:
        service.withdraw(w, listing.id)
    assert not is_visible(people.runtime, listing.id)
    with people.runtime.work(people.actor("supplier")) as w:
        assert service.revise(w, listing.id, some_goods()) is None
        assert w.session.get_one(Listing, listing.id).state is ListingState.DRAFT


def test_whoever_wrote_goods_does_not_judge_them_after_leaving_their_supplier(
    people: People,
) -> None:
    """P15: also when a colleague has handed them in."""
    an_approved_supplier(people)
    listing = a_draft_listing(people)
    with people.runtime.work(people.actor(a_colleague(people))) as w:
        service.submit(w, listing.id)
    former = replace(people.actor("reviewer"), person_id=people.ids["supplier"])
    for verb in ("approve", "return"):
        with pytest.raises(SamePerson), people.runtime.work(former) as w:
            service.use(w, listing.id, verb, note="示例", seen=listing.fingerprint)
    with people.runtime.work(people.actor("reviewer")) as w:
        assert service.approve(w, listing.id, listing.fingerprint).state is ListingState.ON_SALE


def test_many_are_approved_each_for_itself(people: People) -> None:
    an_approved_supplier(people)
    good = a_submitted_listing(people, sku="A")
    draft = a_draft_listing(people, sku="B")
    with people.runtime.work(people.actor("reviewer")) as w:
        approved, refused = service.approve_many(
            w, {one.id: one.fingerprint for one in (good, draft)}
        )
    assert [one.id for one in approved] == [good.id]
    assert [(one.id, type(fault)) for one, fault in refused] == [(draft.id, WrongState)]
    assert is_visible(people.runtime, good.id)


def test_a_number_is_not_used_twice_by_one_supplier(people: People) -> None:
    a_draft_supplier(people)
    a_draft_supplier(people, "second_supplier", 2)
    a_draft_listing(people)
    a_draft_listing(people, "second_supplier")
    with pytest.raises(Refused, match="sku_taken"):
        a_draft_listing(people)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"county": "江苏省"}, "province_not_designated", "county"),
        ({"category": "手机"}, "category_unknown", "category"),
        ({"villages": ("没有的村",)}, "village_unknown", "villages"),
        ({"supply_price": Money(60_00)}, "supply_above_sale", "supply_price"),
        ({"sale_price": Money(0)}, "price_not_positive", "sale_price"),
    ],
)
def test_goods_that_do_not_hold_are_refused_at_their_field(
    people: People, changes: dict[str, object], code: str, field: str
) -> None:
    a_draft_supplier(people)
    with pytest.raises(Invalid) as refusal:
        a_draft_listing(people, **changes)  # type: ignore[arg-type]  # named by the case
    assert (refusal.value.code, refusal.value.data["field"]) == (code, field)


def test_search_finds_goods_while_they_may_be_seen(people: People) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    people.runtime.deliver()
    search = people.runtime.tools.search
    assert list(search.find(Question("伽师")).ids) == [listing.id]
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.suspend(w, listing.supplier_id, "抽检不合格")
    people.runtime.deliver()
    assert list(search.find(Question("伽师")).ids) == []
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.restore(w, listing.supplier_id, "复检合格")
    people.runtime.deliver()
    assert list(search.find(Question("伽师")).ids) == [listing.id]
