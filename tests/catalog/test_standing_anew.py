"""Goods find their place at the gate anew: by papers of their own, or after the scheme changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import update

from marketplace.catalog import queries
from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.catalog.rules import seen_of
from marketplace.catalog.service import NotForZone
from marketplace.commands import main
from marketplace.commands.verifying import check_all
from marketplace.kernel.errors import Invalid, Missing
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers import rules, service
from marketplace.suppliers.models import Profile, Standing
from marketplace.suppliers.states import PaperKind
from tests.databases import Place
from tests.fixtures import People
from tests.makers.catalog import a_draft_listing, a_listing, some_goods
from tests.makers.suppliers import a_draft_supplier, a_paper, an_approved_supplier


def standing(people: People, listing: Listing) -> str:
    with people.runtime.reading() as session:
        return session.get_one(Listing, listing.id).standing


def sells(people: People, listing: Listing) -> bool:
    with people.runtime.reading() as session:
        found = session.get_one(Listing, listing.id)
        at = people.runtime.clock.now()
        return suppliers.sells(session, found.supplier_id, at, found.standing)


def test_an_accepted_paper_of_its_own_opens_the_gate_for_that_good_in_the_same_commit(
    people: People,
) -> None:
    supplier = an_approved_supplier(people)
    jam, other = (
        a_draft_listing(people, sku=sku, processing="深加工", packaging="预包装")
        for sku in ("SL-1", "SL-2")
    )
    with people.runtime.work(people.actor("supplier")) as w:
        licence = a_paper(PaperKind.FOOD_PRODUCTION, goods_id=jam.id)
        paper = service.hand_in(w, supplier.id, licence)
    assert not sells(people, jam)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.accept_paper(w, paper.id)
    assert standing(people, jam) == jam.id.hex
    assert sells(people, jam)
    assert not sells(people, other), "it is not a paper of that one"
    with people.runtime.reading() as session:
        assert list(queries.gate_faults(session)) == []
        assert list(suppliers.standing_faults(session)) == []


def test_after_a_changed_scheme_check_and_verify_name_the_command_that_reckons(
    people: People, place: Place
) -> None:
    """As if all of it had been kept by an earlier version, whose scheme asked less of jam."""
    an_approved_supplier(people)
    jam = a_draft_listing(people, processing="深加工", packaging="预包装")
    with people.runtime.work() as w:
        w.session.execute(update(Listing).values(standing=rules.WHOLE))
        w.session.execute(update(Profile).values(scheme="an older one"))
        w.session.execute(update(Standing).values(ends_at=None))
    assert sells(people, jam), "by the older scheme"
    with people.runtime.reading() as session:
        told = check_all(session, people.runtime.clock.now())["the gate stands where papers say"]
    assert len([one for one in told if one.endswith("type  marketplace reckon")]) >= 2
    environment = {"MARKETPLACE_DATABASE_URL": place.url, "TRUSTED_HOSTS": "shop.example"}
    if place.url:
        environment["SECRET_KEY"] = "k" * 32
    run = CliRunner()
    found = run.invoke(main, ["check", "--data", str(place.folder)], env=environment)
    assert "marketplace reckon" in found.output
    done = run.invoke(main, ["reckon", "--data", str(place.folder)], env=environment)
    assert "1 件商品" in done.output, done.output
    assert not sells(people, jam), "it needs its production licence"
    with people.runtime.reading() as session:
        outcome = check_all(session, people.runtime.clock.now())
    assert [fault for faults in outcome.values() for fault in faults] == []
    again = run.invoke(main, ["reckon", "--data", str(place.folder)], env=environment)
    assert "0 件商品" in again.output


@pytest.mark.parametrize("stage", ["draft", "on sale"])
def test_the_page_of_a_good_says_why_it_is_not_on_sale_and_what_to_do(
    people: People, client_as: Callable[[str], FlaskClient], stage: str
) -> None:
    supplier = an_approved_supplier(people)
    if stage == "draft":
        listing = a_draft_listing(people, stock=0, processing="深加工", packaging="预包装")
        told = ["商品还没有提交审核", "可售库存是 0", "还缺：食品生产许可（深加工食品）"]
    else:
        listing = a_listing(people)
        with people.runtime.work(people.actor("supplier")) as w:
            made = service.all_good("integrity", {"penalty": "示例处罚"})
            service.declare(w, supplier.id, made)
        told = ["质量诚信承诺与利益冲突声明已交，等审核人员核对"]
    for who, page in (("supplier", "/supplier/listings"), ("reviewer", "/desk/listings")):
        shown = client_as(who).get(f"{page}/{listing.id}").text
        assert [one for one in told if one not in shown] == [], who


def test_an_edit_for_which_a_good_with_papers_of_its_own_lacks_one_is_not_approved(
    people: People,
) -> None:
    """Its key stays the same, what is asked of it does not."""
    supplier = an_approved_supplier(people)
    melon = a_listing(people)
    with people.runtime.work(people.actor("supplier")) as w:
        own = a_paper(PaperKind.INSPECTION_REPORT, goods_id=melon.id)
        paper = service.hand_in(w, supplier.id, own)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.accept_paper(w, paper.id)
    with people.runtime.work(people.actor("supplier")) as w:
        found = catalog.revise(w, melon.id, some_goods(title="示例 有机 瓜"))
    assert found is not None
    with people.runtime.work(people.actor("reviewer")) as w, pytest.raises(NotForZone) as refusal:
        catalog.approve_change(w, found.id, seen_of(found.base, found.fingerprint))
    assert refusal.value.code == "goods_papers_missing"


def test_a_paper_of_one_good_opens_the_gate_for_it_alone(people: People) -> None:
    """P16: handed in from its page, by its own supplier, of a kind that goods have."""
    an_approved_supplier(people)
    a_draft_supplier(people, "second_supplier", 2)
    melon = a_draft_listing(people, title="示例 有机伽师瓜")
    paper = a_paper(PaperKind.ORGANIC)
    with pytest.raises(Missing), people.runtime.work(people.actor("second_supplier")) as w:
        catalog.paper_goods(w, melon.id, paper)
    with (
        pytest.raises(Invalid, match="not_of_a_good"),
        people.runtime.work(people.actor("supplier")) as w,
    ):
        catalog.paper_goods(w, melon.id, a_paper(PaperKind.LICENCE))
    with people.runtime.work(people.actor("supplier")) as w:
        handed_in = catalog.paper_goods(w, melon.id, paper)
    assert not sells(people, melon)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.accept_paper(w, handed_in.id)
    assert sells(people, melon)
    other = a_draft_listing(people, sku="SL-0002", title="示例 有机伽师瓜")
    assert not sells(people, other), "it is of that good alone"
