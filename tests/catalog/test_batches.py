"""Batches: entered by their supplier, papered, and recalled as a whole."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.catalog import queries, service
from marketplace.catalog.models import Batch, Listing
from marketplace.catalog.rules import batch_papers
from marketplace.catalog.rules.batches import rules_of
from marketplace.catalog.states import BatchState, ListingState
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, WrongState
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers import service as papers
from marketplace.suppliers.rules.reading import BrokenFile
from marketplace.suppliers.states import PaperKind, Processing
from tests.fixtures import People
from tests.makers.batches import a_batch, a_batch_paper, a_good_batch, a_new_batch
from tests.makers.catalog import a_listing
from tests.makers.suppliers import a_paper, an_approved_supplier

COMMITMENT = PaperKind.CONFORMITY_COMMITMENT


@pytest.fixture
def melon(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people)


def missing(people: People, batch: Batch) -> tuple[PaperKind, ...]:
    with people.runtime.work(people.actor("supplier")) as w:
        return queries.batch_view(w.session, w.actor, batch.id, w.now).standing.missing


@pytest.mark.parametrize(
    ("category", "title", "kinds"),
    [  # as they are sold: raw, unless the title says more
        ("fruit", "示例 伽师瓜", [COMMITMENT]),
        ("vegetables", "示例 土豆", [COMMITMENT]),
        ("eggs", "示例 土鸡蛋", [COMMITMENT]),
        ("fish", "示例 鲈鱼", [COMMITMENT]),
        ("tea", "示例 明前茶鲜叶", [COMMITMENT]),
        ("tea", "示例 绿茶", []),
        ("meat", "示例 羊肉", [PaperKind.ANIMAL_QUARANTINE]),
        ("meat", "示例 黑猪肉", [PaperKind.ANIMAL_QUARANTINE, PaperKind.MEAT_INSPECTION]),
        ("meat", "示例 活禽 老母鸡", [COMMITMENT, PaperKind.ANIMAL_QUARANTINE]),
        ("honey", "示例 土蜂蜜", []),
    ],
)
def test_which_papers_a_batch_needs_is_data(
    category: str, title: str, kinds: list[PaperKind]
) -> None:
    assert list(batch_papers(category, title, Processing.RAW)) == kinds


@pytest.mark.parametrize(
    ("category", "processing", "needs"),
    [("fruit", Processing.GRADED, True), ("fruit", Processing.DRIED, False),
     ("vegetables", Processing.CUT, False), ("eggs", Processing.DEEP, False),
     ("meat", Processing.CUT, True), ("meat", Processing.DEEP, False)],
)  # fmt: skip  # made food leaves by its production licence
def test_how_far_a_good_is_from_the_field_decides_too(
    category: str, processing: Processing, needs: bool
) -> None:
    assert bool(batch_papers(category, "示例", processing)) == needs


@pytest.mark.parametrize(
    ("papers", "reason"),
    [
        ('categories = ["stones"]\npapers = ["animal_quarantine"]', "stones"),
        ('categories = ["meat"]\npapers = ["licence"]', "no paper of a batch"),
        ('categories = ["meat"]\npapers = []', "papers"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_reason(papers: str, reason: str) -> None:
    with pytest.raises(BrokenFile, match=reason) as refusal:
        rules_of(f'[[rule]]\n{papers}\nprocessing = ["raw"]\nsource = "x"')
    assert refusal.value.line > 0


def test_a_batch_lacks_its_paper_until_it_is_handed_in_and_then_counts_at_once(
    people: People, melon: Listing
) -> None:
    batch = a_batch(people, melon)
    assert missing(people, batch) == (COMMITMENT,)
    with people.runtime.work(people.actor("supplier")) as w:
        paper = service.paper_batch(w, batch.id, a_batch_paper(COMMITMENT))
    assert paper.goods_id == batch.id
    assert missing(people, batch) == ()


def test_a_paper_that_a_reviewer_refuses_counts_no_longer(people: People, melon: Listing) -> None:
    batch = a_good_batch(people, melon)
    with people.runtime.reading() as session:
        (paper,) = suppliers.submissions_of_goods(session, batch.id)
    with people.runtime.work(people.actor("reviewer")) as w:
        papers.refuse_paper(w, paper.id, "示例：没有红章")
    assert missing(people, batch) == (COMMITMENT,)


def test_a_mixed_batch_needs_a_paper_of_its_own(people: People, melon: Listing) -> None:
    first, second = a_good_batch(people, melon, "L-1"), a_good_batch(people, melon, "L-2")
    mixed = a_batch(people, melon, "L-3", parts=(first.id, second.id))
    assert missing(people, mixed) == (COMMITMENT,)


def test_a_batch_takes_papers_of_batches_only(people: People, melon: Listing) -> None:
    batch = a_batch(people, melon)
    with (
        people.runtime.work(people.actor("supplier")) as w,
        pytest.raises(Invalid, match="not_of_a_batch"),
    ):
        service.paper_batch(w, batch.id, a_paper(PaperKind.LICENCE))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": "  "}, "batch_number_malformed"),
        ({"number": "9" * 41}, "batch_number_malformed"),
        ({"packed_on": date(2030, 1, 1)}, "packed_in_future"),
        ({"made_on": date(2026, 11, 21)}, "made_after_packed"),
        ({"note": "长" * 201}, "batch_note_too_long"),
    ],
)
def test_a_malformed_batch_is_refused(
    people: People, melon: Listing, changes: dict[str, object], code: str
) -> None:
    with people.runtime.work(people.actor("supplier")) as w, pytest.raises(Invalid, match=code):
        service.open_batch(w, melon.id, a_new_batch(**changes))  # type: ignore[arg-type]  # by name


def test_a_number_stands_for_one_batch_of_a_good(people: People, melon: Listing) -> None:
    a_batch(people, melon)
    with pytest.raises(Refused, match="batch_number_taken"):
        a_batch(people, melon)


def test_a_strangers_batch_is_missing(people: People, melon: Listing) -> None:
    """P18: to look at, to paper, to close, to mix and to recall."""
    batch = a_batch(people, melon)
    an_approved_supplier(people, "second_supplier", 2)
    own = a_listing(people, "second_supplier", "B-1")
    with people.runtime.work(people.actor("second_supplier")) as w:
        for act in (
            lambda: queries.batch_view(w.session, w.actor, batch.id, w.now),
            lambda: service.paper_batch(w, batch.id, a_batch_paper(COMMITMENT)),
            lambda: service.use_batch(w, batch.id, "close"),
            lambda: service.recall(w, batch.id, "示例", withdraw_goods=False),
            lambda: service.open_batch(w, own.id, a_new_batch("M", parts=(batch.id,))),
            lambda: service.open_batch(w, melon.id, a_new_batch("M")),
        ):
            with pytest.raises(Missing):
                act()


def test_a_recall_takes_along_every_batch_that_it_went_into_and_the_listing_if_wanted(
    people: People, melon: Listing
) -> None:
    first = a_good_batch(people, melon, "L-1")
    mixed = a_batch(people, melon, "L-2", parts=(first.id,))
    again = a_batch(people, melon, "L-3", parts=(mixed.id,))
    other = a_good_batch(people, melon, "L-4")
    with people.runtime.work(people.actor("reviewer")) as w:
        service.recall(w, first.id, "示例：农残超标", withdraw_goods=True)
    with people.runtime.reading() as session:
        states = [session.get_one(Batch, one.id).state for one in (first, mixed, again, other)]
        listing = session.get_one(Listing, melon.id)
    assert states == [BatchState.RECALLED] * 3 + [BatchState.OPEN]
    assert listing.state is ListingState.WITHDRAWN


def test_a_supplier_recalls_its_own_and_the_listing_may_stay(
    people: People, melon: Listing
) -> None:
    batch = a_good_batch(people, melon)
    with people.runtime.work(people.actor("supplier")) as w:
        service.recall(w, batch.id, "示例：标签印错", withdraw_goods=False)
    with people.runtime.reading() as session:
        assert session.get_one(Listing, melon.id).state is ListingState.ON_SALE
        found = session.get_one(Batch, batch.id)
    assert found.recall_reason == "示例：标签印错"
    assert found.recalled_by == people.ids["supplier"]


def test_a_recall_needs_a_reason_and_is_for_good(people: People, melon: Listing) -> None:
    batch = a_good_batch(people, melon)
    with people.runtime.work(people.actor("auditor")) as w, pytest.raises(Forbidden):
        service.recall(w, batch.id, "示例", withdraw_goods=False)
    with people.runtime.work(people.actor("supplier")) as w:
        with pytest.raises(Invalid, match="recall_reason_missing"):
            service.recall(w, batch.id, " ", withdraw_goods=False)
        service.recall(w, batch.id, "示例", withdraw_goods=False)
        with pytest.raises(WrongState):
            service.recall(w, batch.id, "示例", withdraw_goods=False)
        with pytest.raises(WrongState):
            service.use_batch(w, batch.id, "reopen")
        with pytest.raises(Refused, match="batch_recalled"):
            service.paper_batch(w, batch.id, a_batch_paper(COMMITMENT))
        with pytest.raises(Refused, match="part_recalled"):
            service.open_batch(w, melon.id, a_new_batch("M", parts=(batch.id,)))
