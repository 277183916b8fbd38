"""A price is shown beside the median of its kind; one that is far from it needs a reason."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import Listing
from marketplace.catalog.queries import Fairness
from marketplace.catalog.rules.weights import grams
from marketplace.catalog.service import Elsewhere
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, WrongState
from marketplace.kernel.money import Money
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.work.models import TrailEntry
from tests.fixtures import PASSWORD, People, post
from tests.makers.catalog import a_draft_listing, a_listing, a_sheet, some_goods
from tests.makers.suppliers import SCAN, an_approved_supplier

SEEN = Elsewhere("示例市场", Money(12_00), "500克", date(2026, 11, 20))


@pytest.mark.parametrize(
    ("text", "unit", "weight"),
    [
        ("5kg", "箱", 5000),
        ("500g×10", "箱", 5000),
        ("10斤", "箱", 5000),
        ("2.5 千克/箱", "箱", 2500),
        ("250克/袋，2袋/盒", "盒", 500),
        ("2袋/盒，250克/袋", "盒", 500),
        ("净含量：1.5公斤", "箱", 1500),
        ("500g/袋×10袋", "箱", 5000),
        ("10袋*500g", "箱", 5000),
        ("５００克", "袋", 500),
        ("2两", "包", 100),
        ("500克/盒，2盒", "份", 1000),
        ("12.5克", "袋", Fraction(25, 2)),
    ],
)
def test_a_plain_weight_is_read(text: str, unit: str, weight: int) -> None:
    assert grams(text, unit) == weight


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2个/箱",
        "4-5斤",
        "约5斤",
        "500ml",
        "500克±5克",
        "1,500克",
        "2.5千克/袋",
        "250克/袋，2袋/盒",
        "500克，2袋/盒",
        "500g/袋×10盒",
        "0克",
        "9999999千克",
        "特级果",
        "500g，500g",
        "5kg 装",
    ],
)
def test_what_is_not_plain_is_unknown_and_never_guessed(text: str) -> None:
    assert grams(text, "箱") is None


def test_the_price_of_500_g_is_rounded_once() -> None:
    said = {"net_content": "3千克", "spec": "", "unit": "箱", "sale_price": 100_01}
    assert rules.per_500g(said) == 16_67
    assert rules.per_500g({**said, "net_content": "", "spec": "3千克/箱"}) == 16_67
    assert rules.per_500g({**said, "net_content": "一大箱", "spec": "3千克/箱"}) is None


def weighed(people: People, sku: str, yuan: int, name: str = "supplier") -> Listing:
    """On sale, 500 g for so much."""
    prices = {"sale_price": Money(yuan * 100), "supply_price": Money(1)}
    return a_listing(people, name, sku, net_content="500克", **prices)


@pytest.fixture
def market(people: People) -> People:
    """Three suppliers with one good on sale each, 500 g for 40, 50 and 60; one good whose weight
    is unknown."""
    with people.runtime.work() as w:
        third = accounts.add_organisation(w, "示例合作社丙", OrganisationKind.SUPPLIER)
        person = accounts.add_person(w, "示例丙", PASSWORD, mobile="13700000099")
        accounts.grant(w, person.id, third.id, Role.SUPPLIER_STAFF)
    people.ids["third_supplier"] = str(person.id)
    for serial, (name, yuan) in enumerate(
        (("supplier", 40), ("second_supplier", 50), ("third_supplier", 60)), start=1
    ):
        an_approved_supplier(people, name, serial)
        weighed(people, f"M-{serial}", yuan, name)
    a_listing(people, sku="M-9", net_content="一大箱", sale_price=Money(999_00))
    return people


def fair(people: People, listing: Listing) -> Fairness:
    with people.runtime.reading() as session:
        found = session.get_one(Listing, listing.id)
        config = people.runtime.tools.config
        return queries.fairness(session, config, found.category, queries.said(found))


def test_the_median_is_of_goods_on_sale_whose_weight_is_known(market: People) -> None:
    with market.runtime.reading() as session:
        assert queries.median(session, "fruit") == queries.Median(3, Money(50_00))
        assert queries.median(session, "tea") == queries.Median(0, None)


def median(people: People) -> queries.Median:
    with people.runtime.reading() as session:
        return queries.median(session, "fruit")


def test_nobody_sets_the_median_by_offering_many_goods(market: People) -> None:
    more = [weighed(market, f"M-{place}", 58) for place in range(4, 9)]
    assert median(market) == queries.Median(3, Money(58_00)), "its own median counts once"
    with market.runtime.work(market.actor("supplier")) as w:
        for one in more:
            service.withdraw(w, one.id)
    assert median(market) == queries.Median(3, Money(50_00))


def test_a_suspended_supplier_is_no_market(market: People) -> None:
    with market.runtime.reading() as session:
        asked = select(Supplier.id).where(Supplier.legal_name == "示例合作社2")
        second = session.scalars(asked).one()
    for verb, found in ((suppliers.suspend, (2, 40_00)), (suppliers.restore, (3, 50_00))):
        with market.runtime.work(market.actor("reviewer")) as w:
            verb(w, second, "示例")
        assert median(market) == queries.Median(found[0], Money(found[1]))


@pytest.mark.parametrize(
    ("yuan", "percent", "is_far"), [(75, 50, False), (76, 52, True), (24, -52, True)]
)
def test_far_is_beyond_the_distance(market: People, yuan: int, percent: int, is_far: bool) -> None:
    listing = a_draft_listing(
        market, sku="N", net_content="500克", sale_price=Money(yuan * 100), supply_price=Money(1)
    )
    told = fair(market, listing)
    assert (told.percent, told.is_far) == (percent, is_far)


def test_few_goods_are_no_market(people: People) -> None:
    an_approved_supplier(people)
    weighed(people, "A", 10)
    dear = weighed(people, "B", 100)
    told = fair(people, dear)
    assert (told.percent, told.is_far, told.price) == (None, False, Money(100_00))


def test_a_price_far_from_others_is_handed_in_with_its_reason_only(market: People) -> None:
    listing = a_draft_listing(market, sku="N", net_content="500克", sale_price=Money(90_00))
    staff = market.actor("supplier")
    with pytest.raises(Invalid) as refusal, market.runtime.work(staff) as w:
        service.submit(w, listing.id)
    assert refusal.value.code == "price_reason_missing"
    assert refusal.value.data["percent"] == "+80"
    with pytest.raises(Invalid), market.runtime.work(staff) as w:
        service.explain_price(w, listing.id, "  ")
    with market.runtime.work(staff) as w:
        service.explain_price(w, listing.id, "示例 手工挑选")
        service.submit(w, listing.id)


def test_a_reason_given_for_one_price_covers_none_that_is_farther(market: People) -> None:
    """But for a cut, which comes nearer to the others."""
    listing = a_draft_listing(market, sku="N", net_content="500克", sale_price=Money(90_00))
    staff = market.actor("supplier")
    with market.runtime.work(staff) as w:
        service.explain_price(w, listing.id, "示例 手工挑选")

    def priced(yuan: int) -> None:
        said = some_goods("N", net_content="500克", sale_price=Money(yuan * 100))
        with market.runtime.work(staff) as w:
            service.revise(w, listing.id, said)
            service.submit(w, listing.id)

    priced(85)
    with pytest.raises(Invalid, match="price_reason_missing"):
        priced(95)
    with market.runtime.work(staff) as w:
        service.revise(w, listing.id, some_goods("N", net_content="500克", sale_price=Money(95_00)))
        service.explain_price(w, listing.id, "示例 今年减产")
    priced(95)


def test_an_edit_of_what_is_on_sale_asks_for_the_reason_too(market: People) -> None:
    listing = weighed(market, "N", 60)
    staff = market.actor("supplier")
    with pytest.raises(Invalid) as refusal, market.runtime.work(staff) as w:
        service.reprice(w, listing.id, Money(1), Money(90_00))
    assert refusal.value.code == "price_reason_missing"
    goods = some_goods("N", net_content="100克", sale_price=Money(60_00), supply_price=Money(1))
    with pytest.raises(Invalid), market.runtime.work(staff) as w:
        service.revise(w, listing.id, goods)  # the same price for less
    with market.runtime.work(staff) as w:
        service.explain_price(w, listing.id, "示例 手工挑选")
        assert service.reprice(w, listing.id, Money(1), Money(90_00)) is not None


def test_a_sheet_gives_no_reason_so_a_price_far_from_others_waits(market: People) -> None:
    """P23: also a cut, which else counts at once."""
    listing = weighed(market, "N", 60)
    said = {
        "货号": "N",
        "净含量": "500克",
        "供货价": "0.01",
        "加工程度": "原样",
        "包装方式": "散装",
    }
    actor = market.actor("supplier")
    with market.runtime.work(actor) as w:
        supplier = listing.supplier_id
        for yuan, waits in (("55", False), ("0.02", True)):
            sheet = a_sheet({**said, "售价": yuan})
            assert service.import_sheet(w, supplier, sheet, "商品.csv").updated == 1
            assert (queries.open_change(w.session, listing.id) is not None) is waits
    with market.runtime.reading() as session:
        assert session.get_one(Listing, listing.id).sale_price == Money(55_00)


def test_a_sheet_keeps_the_price_of_500_g_as_well(people: People) -> None:
    supplier = an_approved_supplier(people)
    with people.runtime.work(people.actor("supplier")) as w:
        service.import_sheet(w, supplier.id, a_sheet({}), "商品.csv")
        (one,) = w.session.scalars(queries.mine(supplier.id)).all()
        assert one.per_500g == Money(5_90)


def test_prices_elsewhere_are_attached_with_source_and_day(market: People) -> None:
    listing = weighed(market, "N", 60)
    for name in ("supplier", "reviewer"):
        with market.runtime.work(market.actor(name)) as w:
            made = service.compare_price(w, listing.id, SEEN)
            assert made.per_500g == Money(12_00)
    for name in ("second_supplier", "employee", "auditor"):
        with pytest.raises(Missing), market.runtime.work(market.actor(name)) as w:
            service.compare_price(w, listing.id, SEEN)
    with market.runtime.reading() as session:
        assert len(queries.comparisons(session, listing.id)) == 2


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        (Elsewhere("示例", Money(0), "500克", date(2026, 11, 20)), "price_not_positive"),
        (Elsewhere("示例", Money(1), "500克", date(2026, 11, 24)), "day_to_come"),
    ],
)
def test_a_price_elsewhere_is_above_zero_and_of_the_past(
    market: People, seen: Elsewhere, code: str
) -> None:
    listing = weighed(market, "N", 60)
    with pytest.raises(Invalid) as refusal, market.runtime.work(market.actor("reviewer")) as w:
        service.compare_price(w, listing.id, seen)
    assert refusal.value.code == code


def test_pages_show_the_comparison_and_take_reason_and_prices(
    market: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """Failure 31: where a price was seen is a text; nothing is fetched from it."""
    listing = weighed(market, "N", 60)
    form = {"source": "http://127.0.0.1:1/", "price": "12.00", "amount": "500克"}
    for name, page in (("supplier", "supplier/listings"), ("reviewer", "desk/listings")):
        client, here = client_as(name), f"/{page}/{listing.id}"
        for change, status in (({}, 303), ({"price": "x"}, 422), ({"day": "2027-01-01"}, 422)):
            said = {**form, "day": "2026-11-20", **change}
            assert post(client, f"{here}/comparisons", on=here, **said).status_code == status
        told = client.get(here).text
        assert "同类中位数" in told
        assert "http://127.0.0.1:1/" in told
        assert 'href="http://127.0.0.1:1/' not in told
    client, here = client_as("supplier"), f"/supplier/listings/{listing.id}"
    assert post(client, f"{here}/price-reason", on=here, price_reason="手工挑选").status_code == 303
    assert "手工挑选" in client_as("reviewer").get(f"/desk/listings/{listing.id}").text


def test_what_is_attached_to_a_price_elsewhere_is_served_as_private_papers_are(
    market: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """To the good's own supplier and to reviewers, as a download that nobody keeps; each reading is
    written. A file that is none leaves nothing, nor does one of a refused form."""
    listing = weighed(market, "N", 60)
    said = {"source": "示例店", "price": "12.00", "amount": "500克", "day": "2026-11-20"}
    storage = market.runtime.tools.storage

    def attached(name: str, page: str, data: bytes, **other: str) -> int:
        client, here = client_as(name), f"/{page}/{listing.id}"
        file = (io.BytesIO(data), "截图.png")
        given = {**said, **other, "scan": file}
        status: int = post(client, f"{here}/comparisons", on=here, **given).status_code
        return status

    assert attached("supplier", "supplier/listings", b"MZ\x00 no picture") == 422
    assert attached("supplier", "supplier/listings", SCAN, day="2027-01-01") == 422
    assert [one for one in storage.listed() if one.key.startswith("comparisons/")] == []
    for name, page in (("supplier", "supplier/listings"), ("reviewer", "desk/listings")):
        assert attached(name, page, SCAN) == 303
    with market.runtime.reading() as session:
        found = queries.comparisons(session, listing.id)
        assert {one.file_sha256 for one in found} == {hashlib.sha256(SCAN).hexdigest()}
    here = f"/supplier/comparisons/{found[0].id}/file"
    for name in ("supplier", "reviewer"):
        answer = client_as(name).get(here)
        assert (answer.data, answer.headers["Cache-Control"]) == (SCAN, "no-store")
        assert answer.headers["Content-Disposition"].startswith("attachment")
    for name, status in (("second_supplier", 404), ("auditor", 403), ("employee", 403)):
        assert client_as(name).get(here).status_code == status
    assert "下载附件" in client_as("reviewer").get(f"/desk/listings/{listing.id}").text
    assert "下载附件" not in client_as("auditor").get(f"/desk/listings/{listing.id}").text
    with market.runtime.reading() as session:
        asked = select(func.count(TrailEntry.number)).where(TrailEntry.verb == "read_file")
        assert session.scalar(asked) == 2


def test_what_left_the_zone_is_not_repriced(people: People) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    with people.runtime.work(people.actor("supplier")) as w:
        service.withdraw(w, listing.id)
    with pytest.raises(WrongState), people.runtime.work(people.actor("supplier")) as w:
        service.reprice(w, listing.id, Money(45_00), Money(99_00))
