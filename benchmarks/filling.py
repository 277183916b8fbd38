"""A shop of so many listings, all of them on sale: made by the services, as people would."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.places import Grounds, Place, mark
from catalog_import import write_csv
from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.adapters.scans import Look
from marketplace.catalog import queries as catalog_queries
from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.catalog.states import ListingState
from marketplace.extension import bring_up, make_runtime
from marketplace.kernel.actor import Actor, Grant, Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.credit_code import completed
from marketplace.orders import service as orders
from marketplace.regions import queries as regions
from marketplace.regions import service as region_facts
from marketplace.suppliers import queries as supplier_queries
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.rules.checks.numbers import check_digit
from marketplace.suppliers.states import PaperKind, SupplierKind
from marketplace.work import Runtime

OF_ONE = 50  # listings of one supplier
IN_VILLAGES = 5  # every so many-th listing names a village
STOCK = 5_000
PASSWORD = "correct-horse-battery"  # noqa: S105  # of invented people
BUYERS = 4
HEADINGS = ("货号", "品名", "类目", "原产县", "供货价", "售价", "单位", "库存", "规格", "净含量",
            "保质期", "村庄", "发货时效")  # fmt: skip
GOODS = (
    ("苹果", "水果"), ("大米", "大米"), ("木耳", "木耳"), ("核桃", "坚果"), ("绿茶", "茶叶"),
    ("蜂蜜", "蜂蜜"), ("土豆", "蔬菜"), ("香菇", "香菇"), ("红枣", "坚果"), ("花椒", "调料"),
)  # fmt: skip
WAYS = ("高山", "生态", "农家", "手工", "原味", "精选", "山泉", "富硒")
# the smallest real PNG: one white pixel
SCAN = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
)
SEEN = Look(hashlib.sha256(SCAN).hexdigest(), "image/png", b"")  # without a process for each


def filled(grounds: Grounds, kind: str, listings: int) -> Place:
    """A database with so many visible listings, kept from an earlier run or filled now."""
    place = grounds.place(kind, f"{listings}-{mark(Path(__file__))}")
    ready = place.folder / "ready"
    if not ready.exists():
        grounds.make(place)
        runtime = make_runtime(place.config)
        bring_up(runtime)
        fill(runtime, listings)
        runtime.engine.dispose()
        ready.touch()
    return place


def login(number: int) -> str:
    """The mobile number of the n-th buyer."""
    return f"1350000{number:04d}"


def fill(runtime: Runtime, listings: int) -> None:
    """Suppliers with papers from designated counties, their goods approved, buyers with an address,
    and the index of all of it. Raises RuntimeError when not everything is visible afterwards."""
    codes = counties(runtime)
    who = reviewer(runtime)
    for number, start in enumerate(range(0, listings, OF_ONE)):
        county = codes[number * 7 % len(codes)]
        village = f"示例村{number}"
        with runtime.work() as w:
            region_facts.add_village(
                w, county, village, households=None, story="", craft="", is_example=True
            )
        many = min(OF_ONE, listings - start)
        supplier(runtime, who, number, county)
        _goods(runtime, who, number, (county, village, many))
    _buyers(runtime)
    with runtime.reading() as session:
        seen = catalog_queries.on_sale(runtime.clock.now()).subquery()
        visible = session.scalar(select(func.count()).select_from(seen))
    if visible != listings:
        raise RuntimeError(f"{visible} of {listings} listings are visible")
    catalog.rebuild_search(runtime.tools.search, runtime.reading)
    while runtime.deliver():  # nothing is left for the worker of the measured server
        pass


def counties(runtime: Runtime) -> list[str]:
    """Every county that stands on a list today."""
    with runtime.reading() as session:
        return sorted(regions.lists_by_county(session, runtime.clock.now()))


def reviewer(runtime: Runtime) -> Actor:
    """The first of two who let suppliers in."""
    with runtime.work() as w:
        person = accounts.add_person(w, "示例审核员", PASSWORD, employee_number="R1")
    return Actor(str(person.id), person.name, frozenset({Grant(Role.REVIEWER, uuid.uuid4())}))


def supplier(runtime: Runtime, first: Actor, number: int, county: str) -> uuid.UUID:
    """Registered, with its papers, let in by two persons."""
    name = f"示例合作社{number}"
    with runtime.work() as w:
        of = accounts.add_organisation(w, name, OrganisationKind.SUPPLIER)
    staff = Actor(_staff(number), "示例员工", frozenset({Grant(Role.SUPPLIER_STAFF, of.id)}))
    today = local_day(runtime.clock.now())
    with runtime.work(staff) as w:
        made = suppliers.register(
            w,
            of.id,
            suppliers.Application(
                kind=SupplierKind.COOPERATIVE,
                legal_name=name,
                credit_code=completed(f"93{county}MA{number:06d}"),
                county=county,
                address="示例乡示例村 1 号",
                contact_name="示例联系人",
                contact_mobile="13900000001",
            ),
        )
        for kind in (PaperKind.LICENCE, PaperKind.INSPECTION_REPORT, PaperKind.FOOD_PRODUCTION):
            suppliers.hand_in(w, made.id, paper(kind, made, today))
        suppliers.declare(w, made.id, suppliers.all_good("integrity"))
        suppliers.submit(w, made.id)
    second = replace(first, person_id="bench-second")
    for who, verb in ((first, suppliers.check), (second, suppliers.approve)):
        with runtime.work(who) as w:
            shown = supplier_queries.dossier(w.session, w.actor, made.id, w.now)
            verb(w, made.id, shown.seen)
    return made.id


def paper(kind: PaperKind, of: Supplier, today: date) -> suppliers.HandedIn:
    is_licence = kind is PaperKind.LICENCE
    report = {"sample": "示例", "cma": "240020349901", "standard": "示例", "conclusion": "pass"}
    code = of.credit_code or ""
    made = f"114{of.county_code}{code[12:16]}"  # of tea, by the supplier's own county and number
    numbers = {PaperKind.LICENCE: code, PaperKind.FOOD_PRODUCTION: f"SC{made}{check_digit(made)}"}
    details = {PaperKind.LICENCE: {}, PaperKind.FOOD_PRODUCTION: {"categories": "茶叶及相关制品"}}
    return suppliers.HandedIn(
        kind=kind,
        number=numbers.get(kind, f"示例 {of.legal_name}"),
        holder=of.legal_name,
        issuer="示例机关",
        valid_from=today - timedelta(days=300),
        valid_until=None if is_licence else today + timedelta(days=3_000),
        scan_name="扫描件.png",
        scan=SCAN,
        details=details.get(kind, report),
        look=SEEN,
    )


def _goods(runtime: Runtime, who: Actor, number: int, where: tuple[str, str, int]) -> None:
    with runtime.reading() as session:
        known = supplier_queries.all_suppliers(session)
    mine = next(one for one in known if one.legal_name == f"示例合作社{number}")
    staff = Actor(
        _staff(number), "示例员工", frozenset({Grant(Role.SUPPLIER_STAFF, mine.organisation_id)})
    )
    with runtime.work(staff) as w:
        report = catalog.import_sheet(
            w, mine.id, write_csv(HEADINGS, _rows(number, where)), "目录.csv"
        )
        if report.problems:
            raise RuntimeError(f"the sheet is refused: {report.problems[:3]}")
        catalog.submit_all(w)
    with runtime.work(who) as w:
        waiting = w.session.scalars(
            select(Listing).where(
                Listing.supplier_id == mine.id, Listing.state == ListingState.SUBMITTED
            )
        )
        catalog.approve_many(w, {one.id: one.fingerprint for one in waiting})


def _staff(number: int) -> str:
    return f"bench-staff-{number}"


def _rows(number: int, where: tuple[str, str, int]) -> Iterator[tuple[str, ...]]:
    """Goods of ten kinds with names and prices of their own; by weight all cost alike."""
    county, village, many = where
    for place in range(many):
        good, kind = GOODS[place % len(GOODS)]
        way = WAYS[(place + number) % len(WAYS)]
        supply = 500 + (number * 50 + place) * 7919 % 20_000
        yield (
            f"SL-{place:04d}", f"示例 {way}{good} {number}-{place}号", kind, county,
            f"{supply / 100:.2f}", f"{(supply + 900) / 100:.2f}", "箱", str(STOCK),
            f"{place % 9 + 1}个/箱", f"{(supply + 900) // 5}克", "12个月",
            "" if place % IN_VILLAGES else village, "48",
        )  # fmt: skip  # in the order of the headings


def _buyers(runtime: Runtime) -> None:
    """Employees who can sign in, each with an address."""
    with runtime.work() as w:
        group = accounts.add_organisation(w, "示例银行", OrganisationKind.GROUP)
        for number in range(BUYERS):
            person = accounts.add_person(
                w, f"示例买家{number}", PASSWORD, mobile=login(number), employee_number=f"E{number}"
            )
            accounts.grant(w, person.id, group.id, Role.EMPLOYEE)
            buyer = Actor(str(person.id), person.name, frozenset({Grant(Role.EMPLOYEE, group.id)}))
            given = orders.NewAddress("示例收件人", "13800000000", "653129", "示例路 1 号")
            orders.add_address(replace(w, actor=buyer), given)
